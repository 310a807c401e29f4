import type { DeviceCriteria } from '../desired/device-criteria.ts';
import type { DeviceSelector } from '../desired/device-selection.ts';

/**
 * Whether a UUID, or a prefix of one, can only be that of one device. An entry of a ResourceSlice is judged by itself, so that no other one can be
 * asked; eight hex digits are taken to be enough, as they are in messages.
 */
export function tellsOneDevice(uuid: string): boolean {
	return /^(gpu|mig)-(gpu-)?[0-9a-f]{8}/i.test(uuid);
}

/** The criteria of a policy that cannot be judged on every device by what NVIDIA's DRA driver publishes, each with what comes of it. */
export function untoldCriteria({ allow = [], deny = [] }: DeviceSelector): readonly string[] {
	return [
		...deny.flatMap((entry, index) => untoldOf(entry, `deny[${index}]`, false)),
		...allow.flatMap((entry, index) => untoldOf(entry, `allow[${index}]`, true)),
	];
}

function untoldOf(entry: DeviceCriteria, at: string, allows: boolean): string[] {
	const { pciDeviceId, uuid, minMemory, maxMemory } = entry;
	const notes: string[] = [];
	if (pciDeviceId !== undefined) {
		const effect = allows ? 'the entry allows nothing' : 'claims get only devices that another criterion of the entry rules out';
		notes.push(`${at}.pciDeviceId: the driver does not publish it; ${effect}`);
	}
	if (uuid !== undefined && allows && !tellsOneDevice(uuid)) {
		notes.push(`${at}.uuid: ${uuid} may be the beginning of several; the entry allows nothing until it has eight hex digits`);
	}
	if (uuid !== undefined && /^mig-/i.test(uuid)) {
		notes.push(
			allows
				? `${at}.uuid: claims get that MIG device and no other of its GPU`
				: `${at}.uuid: which MIG devices stand on its GPU is not published; claims get none, unless another criterion of the entry rules them out`,
		);
	}
	if (minMemory !== undefined || maxMemory !== undefined) {
		const name = minMemory === undefined ? 'maxMemory' : 'minMemory';
		const effect = allows ? 'the entry allows none' : 'claims get none that no other criterion of the entry rules out';
		notes.push(`${at}.${name}: of MIG devices the driver publishes only their own share; ${effect}`);
	}
	return notes;
}
