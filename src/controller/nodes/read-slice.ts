import { type GpuSlice, gpuDriver, type SliceDevice } from '../../core/nodes/slice-facts.ts';
import type { ApiObject } from '../../core/ports/cluster.ts';

interface Attribute {
	readonly string?: string;
	readonly version?: string;
}

interface DeviceObject {
	readonly name: string;
	readonly nodeName?: string;
	/** v1beta1 puts all further fields in here. */
	readonly basic?: Omit<DeviceObject, 'name'>;
	readonly attributes?: Readonly<Record<string, Attribute>>;
	readonly capacity?: Readonly<Record<string, { readonly value?: string } | string>>;
	readonly taints?: readonly { readonly effect?: string }[];
}

interface SliceSpec {
	readonly driver?: string;
	readonly nodeName?: string;
	readonly pool?: { readonly name?: string; readonly generation?: number; readonly resourceSliceCount?: number };
	readonly devices?: readonly DeviceObject[];
}

/** What is kept of a ResourceSlice; `null` for those of other drivers. */
export function readSlice(object: ApiObject): GpuSlice | null {
	const spec = (object['spec'] ?? {}) as SliceSpec;
	if (spec.driver !== gpuDriver) return null;
	return {
		name: object.metadata.name,
		nodeName: spec.nodeName ?? '',
		pool: spec.pool?.name ?? '',
		generation: spec.pool?.generation ?? 0,
		sliceCount: spec.pool?.resourceSliceCount ?? 1,
		devices: (spec.devices ?? []).map(readDevice),
	};
}

/** Nodes that a slice tells about. */
export function nodesOf(slice: GpuSlice): readonly string[] {
	if (slice.nodeName !== '') return [slice.nodeName];
	return [...new Set(slice.devices.flatMap(({ nodeName }) => nodeName ?? []))];
}

function readDevice({ basic, ...own }: DeviceObject): SliceDevice {
	const { attributes = {}, capacity = {}, taints = [], nodeName } = basic ?? own;
	// Names without a domain are the driver's own.
	const attribute = (...names: string[]): string | undefined => {
		for (const name of names) {
			const found = attributes[name] ?? attributes[`${gpuDriver}/${name}`];
			const value = found?.string ?? found?.version;
			if (value !== undefined) return value;
		}
		return undefined;
	};
	const memory = capacity['memory'] ?? capacity[`${gpuDriver}/memory`];
	const texts = {
		nodeName,
		type: attribute('type'),
		uuid: attribute('uuid'),
		parentUuid: attribute('parentUUID'),
		profile: attribute('profile'),
		productName: attribute('productName'),
		pciBusId: attribute('resource.kubernetes.io/pciBusID', 'pcieBusID', 'pciBusID'),
		computeCapability: attribute('cudaComputeCapability'),
		driverVersion: attribute('driverVersion'),
		memory: typeof memory === 'string' ? memory : memory?.value,
	};
	const told = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)) as Omit<
		SliceDevice,
		'name' | 'tainted'
	>;
	return { name: own.name, ...told, tainted: taints.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute') };
}

interface ClaimStatus {
	readonly allocation?: {
		readonly devices?: {
			readonly results?: readonly {
				readonly driver: string;
				readonly pool: string;
				readonly device: string;
				readonly adminAccess?: boolean;
			}[];
		};
	};
}

/** Devices of NVIDIA's driver that a ResourceClaim was given, as `pool/device`. Administrators look at a device without holding it. */
export function readClaim(object: ApiObject): readonly string[] {
	const { allocation } = (object['status'] ?? {}) as ClaimStatus;
	return (allocation?.devices?.results ?? [])
		.filter(({ driver, adminAccess }) => driver === gpuDriver && adminAccess !== true)
		.map(({ pool, device }) => `${pool}/${device}`);
}
