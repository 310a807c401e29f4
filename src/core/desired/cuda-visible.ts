import { type Unknown, unknown } from '../observed/fact.ts';
import type { GpuDevice, Inventory } from '../observed/inventory.ts';

/** What CUDA makes of a value of CUDA_VISIBLE_DEVICES. */
export interface VisibleResolution {
	readonly state: 'known';
	/** In the order in which CUDA numbers them: `cuda:0` is the first. */
	readonly devices: readonly GpuDevice[];
	/** The entry at which CUDA stopped reading, and why; what follows it is not visible. */
	readonly stoppedAt?: { readonly entry: string; readonly why: string };
}

/**
 * Resolves a value of CUDA_VISIBLE_DEVICES as CUDA does (CUDA C++ Programming Guide, "CUDA Environment Variables"): a list of
 * indexes or UUID prefixes that stops at the first invalid entry; empty is none; an index follows CUDA's own order, which is
 * the inventory's only if `order` (CUDA_DEVICE_ORDER) is PCI_BUS_ID or there is one device. `undefined` values are unset.
 */
export function resolveVisible(
	value: string | undefined,
	order: string | undefined,
	inventory: Inventory,
): VisibleResolution | Unknown {
	const { devices } = inventory;
	const gone = devices.find(({ lost }) => lost !== null);
	if (gone) return unknown('DependsOnUnknown', `device ${gone.index} is lost, and CUDA may count without it: ${gone.lost}`);
	const entries = value === undefined ? devices.map(({ index }) => String(index)) : value.trim() === '' ? [] : value.split(',');
	const visible: GpuDevice[] = [];
	for (const raw of entries) {
		const entry = raw.trim();
		const found = /^\d+$/.test(entry) ? byIndex(entry, order, devices) : byUuid(entry, devices);
		if ('state' in found) return found;
		if ('why' in found) return { state: 'known', devices: visible, stoppedAt: { entry, why: found.why } };
		if (visible.includes(found.device))
			return unknown(
				'DependsOnUnknown',
				`${JSON.stringify(entry)} names device ${found.device.index} a second time; what CUDA does then is not documented`,
			);
		visible.push(found.device);
	}
	return { state: 'known', devices: visible };
}

type Found = { readonly device: GpuDevice } | { readonly why: string } | Unknown;

function byIndex(entry: string, order: string | undefined, devices: readonly GpuDevice[]): Found {
	const device = devices[Number(entry)];
	if (!device) return { why: `there are ${devices.length} devices` };
	if (order !== 'PCI_BUS_ID' && devices.length > 1) {
		return unknown(
			'DependsOnUnknown',
			`index ${entry} follows CUDA's order, fastest first, unless CUDA_DEVICE_ORDER is PCI_BUS_ID`,
		);
	}
	return { device };
}

function byUuid(entry: string, devices: readonly GpuDevice[]): Found {
	if (/^MIG-/i.test(entry)) return unknown('DependsOnUnknown', `${entry} is a MIG device, which CUDA shows alone`);
	if (!/^GPU-/i.test(entry)) return { why: 'it is neither an index nor a UUID' };
	const fitting = devices.filter(({ uuid }) => uuid.toLowerCase().startsWith(entry.toLowerCase()));
	const [device] = fitting;
	if (!device) return { why: 'no device has this UUID' };
	return fitting.length === 1 ? { device } : { why: `${fitting.length} devices have UUIDs that begin so` };
}
