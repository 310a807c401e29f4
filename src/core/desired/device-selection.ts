import type { GpuDevice, Inventory } from '../observed/inventory.ts';
import { type Criterion, type DeviceCriteria, matchEntry, presentCriteria } from './device-criteria.ts';

/** `spec.devices`: a device is allowed if it matches some allow entry (or there is no allow list) and no deny entry. */
export interface DeviceSelector {
	readonly allow?: readonly DeviceCriteria[] | undefined;
	readonly deny?: readonly DeviceCriteria[] | undefined;
}

/** The entry that decided, and its criteria. */
export interface DecidingEntry {
	readonly list: 'allow' | 'deny';
	readonly index: number;
	readonly criteria: readonly Criterion[];
}

/** What a policy says of one device, with the reason that is shown to people. */
export interface DeviceVerdict {
	readonly device: GpuDevice;
	readonly verdict: 'allowed' | 'forbidden' | 'unknown';
	/** `denied: productName matches deny[0]`, `allowed: allow[0] productName, minMemory`, `matches no allow entry`, … */
	readonly reason: string;
	/** Absent where no entry decided: no allow entry matched, the policy names no devices, or a fact is missing. */
	readonly by?: DecidingEntry;
}

/**
 * Judges every device of an inventory, in index order. Deny wins over allow. A fact that is missing makes the verdict
 * unknown only where it could change it, and a lost device is never called allowed.
 */
export function judgeDevices(selector: DeviceSelector | undefined, inventory: Inventory): readonly DeviceVerdict[] {
	return inventory.devices.map((device) => judgeDevice(selector ?? {}, device, inventory.devices));
}

function judgeDevice(selector: DeviceSelector, device: GpuDevice, all: readonly GpuDevice[]): DeviceVerdict {
	const denied = firstMatch('deny', selector.deny ?? [], device, all);
	if (denied.by) {
		return {
			device,
			verdict: 'forbidden',
			reason: `denied: ${denied.by.criteria.join(', ')} matches deny[${denied.by.index}]`,
			by: denied.by,
		};
	}
	const allowed = selector.allow === undefined ? null : firstMatch('allow', selector.allow, device, all);
	if (allowed !== null && !allowed.by && allowed.open === undefined) {
		return { device, verdict: 'forbidden', reason: 'matches no allow entry' };
	}
	const open = device.lost === null ? (denied.open ?? (allowed?.by ? undefined : allowed?.open)) : `lost: ${device.lost}`;
	if (open !== undefined) return { device, verdict: 'unknown', reason: `unknown: ${open}` };
	if (!allowed?.by) return { device, verdict: 'allowed', reason: 'allowed: matches no deny entry' };
	return {
		device,
		verdict: 'allowed',
		reason: `allowed: allow[${allowed.by.index}] ${allowed.by.criteria.join(', ')}`,
		by: allowed.by,
	};
}

/** The first entry that matches; `open` says why some entry could not be judged where none matches. */
function firstMatch(
	list: DecidingEntry['list'],
	entries: readonly DeviceCriteria[],
	device: GpuDevice,
	all: readonly GpuDevice[],
): { readonly by?: DecidingEntry; readonly open?: string } {
	let open: string | undefined;
	for (const [index, entry] of entries.entries()) {
		const match = matchEntry(entry, device, all);
		if (match.is === 'yes') return { by: { list, index, criteria: presentCriteria(entry) } };
		if (match.is === 'unknown') open ??= `${list}[${index}]: ${match.why}`;
	}
	return open === undefined ? {} : { open };
}
