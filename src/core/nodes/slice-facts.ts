import { parseQuantity } from '../desired/quantity.ts';
import type { GpuDevice } from '../observed/inventory.ts';
import { type Exposure, type NodeFacts, type ObservedDevice, observe, type PublishedDevice, partialDevice } from './facts.ts';

/** Driver name of NVIDIA's DRA driver for GPUs. */
export const gpuDriver = 'gpu.nvidia.com';

/** A device of a ResourceSlice, with the attributes of NVIDIA's driver. What it does not publish is `undefined`. */
export interface SliceDevice {
	readonly name: string;
	/** The node, where each device of the slice names its own. */
	readonly nodeName?: string;
	/** `gpu`, `mig` or `vfio`. */
	readonly type?: string;
	readonly uuid?: string;
	readonly parentUuid?: string;
	readonly profile?: string;
	readonly productName?: string;
	readonly pciBusId?: string;
	/** A version: `8.6.0`. */
	readonly computeCapability?: string;
	readonly driverVersion?: string;
	/** A quantity. */
	readonly memory?: string;
	/** The driver itself keeps claims from it. */
	readonly tainted: boolean;
}

/** A ResourceSlice of NVIDIA's driver. */
export interface GpuSlice {
	readonly name: string;
	/** Empty where each device names its own. */
	readonly nodeName: string;
	readonly pool: string;
	readonly generation: number;
	/** Slices that the pool has in this generation. */
	readonly sliceCount: number;
	readonly devices: readonly SliceDevice[];
}

/** Facts of NVIDIA's DRA driver about one node. `held`: whether a claim was given the device. `null` where it publishes nothing. */
export function sliceFacts(
	node: string,
	slices: readonly GpuSlice[],
	held: (device: PublishedDevice) => boolean,
): NodeFacts | null {
	if (slices.length === 0) return null;
	const pools = new Map<string, GpuSlice[]>();
	for (const slice of slices) pools.set(slice.pool, [...(pools.get(slice.pool) ?? []), slice]);
	const members: Member[] = [];
	for (const [pool, all] of pools) {
		const generation = Math.max(...all.map((slice) => slice.generation));
		const current = all.filter((slice) => slice.generation === generation);
		const expected = Math.max(...current.map(({ sliceCount }) => sliceCount));
		// With one node a device the other slices of the pool may belong to other nodes.
		if (current.length < expected && current.every(({ nodeName }) => nodeName !== '')) {
			const message = `the driver is rewriting its ResourceSlices: ${current.length} of ${expected} of pool ${pool}`;
			return { state: 'missing', why: 'Unreadable', source: 'ResourceSlice', message };
		}
		for (const slice of current) {
			for (const device of slice.devices) {
				if ((slice.nodeName || device.nodeName) !== node) continue;
				members.push({ device, at: { driver: gpuDriver, pool, device: device.name } });
			}
		}
	}
	const versions = new Set(members.flatMap(({ device }) => device.driverVersion ?? []));
	return {
		state: 'known',
		source: 'ResourceSlice',
		through: `ResourceSlice${versions.size > 0 ? ` (driver ${[...versions].sort().join(', ')})` : ''}`,
		devices: physical(members, held),
		verdicts: new Map(),
		namesAsLabels: false,
		others: null,
		denyUnknown: null,
	};
}

interface Member {
	readonly device: SliceDevice;
	readonly at: PublishedDevice;
}

/** One entry a physical device, by UUID: MIG devices are published beside their parent or instead of it. */
function physical(members: readonly Member[], held: (device: PublishedDevice) => boolean): ObservedDevice[] {
	const byUuid = new Map<string, Member[]>();
	for (const member of members) {
		const { type, uuid, parentUuid } = member.device;
		const key = (type === 'mig' ? parentUuid : uuid) ?? `${member.at.pool}/${member.at.device}`;
		byUuid.set(key, [...(byUuid.get(key) ?? []), member]);
	}
	return [...byUuid]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([, group], index) => {
			const published = group.map(({ at }) => at).sort((a, b) => (`${a.pool}/${a.device}` < `${b.pool}/${b.device}` ? -1 : 1));
			return observe(merge(index, group), exposureOf(group, held), published);
		});
}

function exposureOf(group: readonly Member[], held: (device: PublishedDevice) => boolean): Exposure {
	if (group.some(({ at }) => held(at))) return 'Exposed';
	return group.every(({ device }) => device.tainted) ? 'NotExposed' : 'Claimable';
}

function merge(index: number, group: readonly Member[]): GpuDevice {
	const whole = group.find(({ device }) => device.type !== 'mig')?.device;
	const parts = group.flatMap(({ device }) => (device.type === 'mig' ? [device] : []));
	const any = whole ?? parts[0];
	const memory = whole?.memory === undefined ? null : parseQuantity(whole.memory);
	// Beside its parent a MIG device is one that can be made, not one that is.
	const mig = parts.length === 0 ? false : whole === undefined ? true : null;
	return partialDevice(index, {
		uuid: whole?.uuid ?? parts[0]?.parentUuid ?? '',
		productName: any?.productName ?? '',
		pciBusId: any?.pciBusId ?? '',
		memoryBytes: memory === null ? null : Number(memory),
		computeCapability: any?.computeCapability?.split('.').slice(0, 2).join('.') ?? null,
		mig: {
			enabled: mig,
			children: parts.flatMap(({ uuid, profile = '', memory: size }) => {
				const bytes = size === undefined ? null : parseQuantity(size);
				return uuid === undefined ? [] : [{ uuid, profile, memoryBytes: bytes === null ? null : Number(bytes) }];
			}),
		},
		...(mig === null
			? { unread: { mig: 'published beside its MIG devices', migDevices: 'published beside its MIG devices' } }
			: {}),
	});
}
