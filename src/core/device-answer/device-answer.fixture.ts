import type { AnsweredDevice, DeviceAnswer } from './device-answer.ts';

export const allowedUuid = 'GPU-3f3f3f3f-aaaa-bbbb-cccc-000000000001';
export const forbiddenUuid = 'GPU-91919191-aaaa-bbbb-cccc-000000000002';

export function device(uuid: string, index: number, over: Partial<AnsweredDevice> = {}): AnsweredDevice {
	const pciBusId = `00000000:0${index + 1}:00.0`;
	return { uuid, index, pciBusId, parent: null, verdict: 'Allowed', policy: 'rtx3090-only', reason: 'allow[0]', ...over };
}

/** One GPU allowed, one forbidden, by a policy in mode Enforce. */
export function answer(over: Partial<DeviceAnswer> = {}): DeviceAnswer {
	return {
		version: 1,
		node: 'gpu-node-1',
		at: '2026-11-21T10:41:02.000Z',
		policies: [{ name: 'rtx3090-only', digest: '5f1c', mode: 'Enforce' }],
		devices: [
			device(allowedUuid, 0),
			device(forbiddenUuid, 1, { verdict: 'Forbidden', reason: 'deny[0]: NVIDIA GeForce RTX 5060 Ti' }),
		],
		env: [],
		...over,
	};
}
