import type { GpuDevice } from '../observed/inventory.ts';
import { type CapabilityBounds, inCapabilityRange, parseCapabilityRange } from './capability-range.ts';
import { matchesNamePattern } from './name-pattern.ts';
import { normalizePciBusId, normalizePciDeviceId } from './pci-address.ts';
import { parseQuantity } from './quantity.ts';

/** One entry of `spec.devices.allow` or `.deny`: all criteria that are present must hold. */
export interface DeviceCriteria {
	readonly productName?: string | undefined;
	/** Glob over the product name. */
	readonly productNamePattern?: string | undefined;
	/** Full UUID or a prefix that only one device has; a MIG UUID means the device that holds it. */
	readonly uuid?: string | undefined;
	readonly pciBusId?: string | undefined;
	readonly pciDeviceId?: string | undefined;
	/** Lowest and highest capability, both included, or a range such as `>=8.0 <9.0`, `8.x`. */
	readonly computeCapability?: string | CapabilityBounds | undefined;
	/** Kubernetes quantity. */
	readonly minMemory?: string | number | undefined;
	/** Kubernetes quantity. */
	readonly maxMemory?: string | number | undefined;
	readonly mig?: 'Enabled' | 'Disabled' | undefined;
}

export type Criterion = keyof DeviceCriteria;

/** In the order in which messages name them. */
const criteria: readonly Criterion[] = [
	'productName',
	'productNamePattern',
	'uuid',
	'pciBusId',
	'pciDeviceId',
	'computeCapability',
	'minMemory',
	'maxMemory',
	'mig',
];

/** `unknown` carries what is missing. */
export type Match = { readonly is: 'yes' } | { readonly is: 'no' } | { readonly is: 'unknown'; readonly why: string };

/** Three-valued: a criterion that fails decides; one that cannot be judged leaves the entry unknown. */
export function matchEntry(entry: DeviceCriteria, device: GpuDevice, all: readonly GpuDevice[]): Match {
	let open: Match | undefined;
	for (const name of presentCriteria(entry)) {
		const match = judges[name](entry, device, all);
		if (match.is === 'no') return match;
		if (match.is === 'unknown') open ??= match;
	}
	return open ?? { is: 'yes' };
}

/** Names of the criteria that an entry holds. */
export function presentCriteria(entry: DeviceCriteria): readonly Criterion[] {
	return criteria.filter((name) => entry[name] !== undefined);
}

type Judge = (entry: DeviceCriteria, device: GpuDevice, all: readonly GpuDevice[]) => Match;

const judges: Readonly<Record<Criterion, Judge>> = {
	productName: (entry, { productName }) =>
		productName === '' ? unread('productName') : decided(productName === entry.productName),
	productNamePattern: ({ productNamePattern = '' }, { productName }) =>
		productName === '' ? unread('productName') : decided(matchesNamePattern(productNamePattern, productName)),
	uuid: ({ uuid = '' }, device, all) => {
		if (device.uuid === '') return unread('uuid');
		if (!hasPrefix(device, uuid)) {
			const partition = uuid.toLowerCase().startsWith('mig-');
			return partition && device.unread?.['migDevices'] !== undefined ? unread('MIG devices') : decided(false);
		}
		const others = all.filter((other) => hasPrefix(other, uuid)).length - 1;
		return others === 0 ? decided(true) : { is: 'unknown', why: `uuid prefix ${uuid} fits ${others + 1} devices` };
	},
	pciBusId: ({ pciBusId = '' }, device) =>
		compare('pciBusId', normalizePciBusId(device.pciBusId), normalizePciBusId(pciBusId), pciBusId),
	pciDeviceId: ({ pciDeviceId = '' }, device) =>
		compare('pciDeviceId', normalizePciDeviceId(device.pciDeviceId), normalizePciDeviceId(pciDeviceId), pciDeviceId),
	computeCapability: ({ computeCapability = '' }, device) => {
		const range = parseCapabilityRange(computeCapability);
		if (range === null) return unreadable('computeCapability', JSON.stringify(computeCapability));
		const inside = device.computeCapability === null ? null : inCapabilityRange(device.computeCapability, range);
		return inside === null ? unread('computeCapability') : decided(inside);
	},
	minMemory: ({ minMemory = 0 }, device) => compareMemory('minMemory', minMemory, device, (actual, wanted) => actual >= wanted),
	maxMemory: ({ maxMemory = 0 }, device) => compareMemory('maxMemory', maxMemory, device, (actual, wanted) => actual <= wanted),
	mig: ({ mig }, device) =>
		device.unread?.mig === undefined && device.lost === null
			? decided((device.mig.enabled === true) === (mig === 'Enabled'))
			: unread('mig'),
};

function hasPrefix(device: GpuDevice, prefix: string): boolean {
	const wanted = prefix.toLowerCase();
	return [device, ...device.mig.children].some(({ uuid }) => uuid.toLowerCase().startsWith(wanted));
}

function compare(field: string, actual: string | null, wanted: string | null, written: string): Match {
	if (wanted === null) return unreadable(field, written);
	return actual === null ? unread(field) : decided(actual === wanted);
}

function compareMemory(
	field: string,
	written: string | number,
	{ memoryBytes }: GpuDevice,
	holds: (actual: bigint, wanted: bigint) => boolean,
): Match {
	const wanted = parseQuantity(written);
	if (wanted === null) return unreadable(field, JSON.stringify(written));
	return memoryBytes === null ? unread('memory') : decided(holds(BigInt(memoryBytes), wanted));
}

function decided(holds: boolean): Match {
	return holds ? { is: 'yes' } : { is: 'no' };
}

function unread(field: string): Match {
	return { is: 'unknown', why: `its ${field} could not be read` };
}

function unreadable(field: string, written: string): Match {
	return { is: 'unknown', why: `${field} ${written} cannot be understood` };
}
