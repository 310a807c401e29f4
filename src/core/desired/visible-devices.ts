import { type Unknown, unknown } from '../observed/fact.ts';
import type { DeviceVerdict } from './device-selection.ts';

/** How `valueFrom.devices.as` names devices in CUDA_VISIBLE_DEVICES. */
export type DeviceNaming = 'Index' | 'UUID';

/** A value of CUDA_VISIBLE_DEVICES, or why there is none. */
export type VisibleDevices = { readonly state: 'known'; readonly value: string } | Unknown;

/**
 * The value of CUDA_VISIBLE_DEVICES that shows exactly the allowed devices, in index order. Indexes hold only under
 * CUDA_DEVICE_ORDER=PCI_BUS_ID.
 *
 * Unknown where a verdict is unknown, and `NoneAllowed` where no device of the machine is allowed: the value would be empty
 * and hide every GPU, which nobody asked for. By index it is unknown too while a device is lost or in MIG mode, because CUDA
 * then counts other devices than the driver does.
 */
export function visibleDevices(verdicts: readonly DeviceVerdict[], as: DeviceNaming): VisibleDevices {
	const open = verdicts.find(({ verdict }) => verdict === 'unknown');
	if (open) return unknown('DependsOnUnknown', `device ${open.device.index} (${nameOf(open)}): ${open.reason}`);
	const allowed = verdicts.filter(({ verdict }) => verdict === 'allowed');
	if (allowed.length === 0) {
		const counted = verdicts.length === 1 ? 'the only device is' : `all ${verdicts.length} devices are`;
		const why = verdicts.length === 0 ? 'this machine has no GPU' : `${counted} forbidden (${verdicts[0]?.reason})`;
		return unknown('NoneAllowed', `no device can be made visible: ${why}`);
	}
	const mig = (as === 'Index' ? verdicts : allowed).find(({ device }) => device.mig.enabled === true);
	if (mig) {
		return unknown(
			'DependsOnUnknown',
			`device ${mig.device.index} (${nameOf(mig)}) is in MIG mode, where CUDA counts MIG devices; write the MIG UUID as value`,
		);
	}
	const lost = as === 'Index' ? verdicts.find(({ device }) => device.lost !== null) : undefined;
	if (lost) {
		return unknown(
			'DependsOnUnknown',
			`device ${lost.device.index} (${nameOf(lost)}) is lost, so indexes may have moved: ${lost.device.lost}`,
		);
	}
	const names = allowed.map(({ device }) => (as === 'Index' ? String(device.index) : device.uuid));
	return { state: 'known', value: names.join(',') };
}

function nameOf({ device }: DeviceVerdict): string {
	return device.productName || device.uuid || device.pciBusId || 'not identified';
}
