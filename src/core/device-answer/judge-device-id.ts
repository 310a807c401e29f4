import { normalizePciBusId } from '../desired/pci-address.ts';
import type { AnsweredDevice, DeviceAnswer } from './device-answer.ts';

/** Why a device must not be handed out. */
export interface DeviceRefusal {
	/** `null` where no policy decides. */
	readonly policy: string | null;
	readonly reason: string;
}

/** Judges the ids that a device plugin gives its devices: `null` is allowed. */
export type DeviceJudge = (id: string) => DeviceRefusal | null;

/** Without a policy that enforces, every device passes, known or not. */
export function deviceJudge(answer: DeviceAnswer): DeviceJudge {
	if (!enforces(answer)) return () => null;
	const find = deviceFinder(answer.devices);
	return (id) => {
		const device = find(id);
		if (device === undefined) return { policy: null, reason: `unknown device: no GPU of this node is ${JSON.stringify(id)}` };
		if (device.verdict === 'Allowed') return null;
		const { policy, reason, verdict } = device;
		return { policy, reason: verdict === 'Unknown' ? `unknown whether it is allowed: ${reason}` : reason };
	};
}

/** Whether a policy is in force on the node; else everything passes unchanged. */
export function enforces({ policies }: DeviceAnswer): boolean {
	return policies.some(({ mode }) => mode === 'Enforce');
}

/**
 * The device that an id of a plugin stands for. Plugins name a device by its UUID, a MIG device by its own, others by PCI bus id or index, and put a
 * number behind it for each share: `GPU-…::2` is NVIDIA's, `GPU-…-2` is HAMi's.
 */
export function deviceFinder(devices: readonly AnsweredDevice[]): (id: string) => AnsweredDevice | undefined {
	const byUuid = new Map(devices.map((device) => [device.uuid.toLowerCase(), device]));
	// Of a MIG device both are those of its GPU.
	// Of two with one place the first counts: those that are gone, and kept in mind, stand behind those that are there.
	const gpus = devices.filter(({ parent }) => parent === null).reverse();
	const byBusId = new Map(gpus.map((device) => [normalizePciBusId(device.pciBusId), device]));
	const byIndex = new Map(gpus.map((device) => [String(device.index), device]));
	const whole = (id: string): AnsweredDevice | undefined => {
		const busId = wholeBusId.test(id) ? normalizePciBusId(id) : null;
		return (
			byUuid.get(id.toLowerCase()) ??
			byUuid.get(gpuOfOldMigName(id)) ??
			(busId === null ? undefined : byBusId.get(busId)) ??
			byIndex.get(id)
		);
	};
	return (id) => {
		const shared = id.replace(/::\d+$/, '');
		return whole(shared) ?? whole(shared.replace(numberedUuid, '$1'));
	};
}

/** `1:0` is a MIG device by index, not the address of a GPU. */
export const wholeBusId = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i;

/** Drivers before R470 name a MIG device by its GPU, GPU instance and compute instance. */
function gpuOfOldMigName(id: string): string {
	return /^mig-(gpu-[0-9a-f-]{36})\/\d+\/\d+$/.exec(id.toLowerCase())?.[1] ?? '';
}

/** A whole UUID with a number behind it. */
const numberedUuid = /^((?:GPU|MIG)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-\d+$/i;
