import { type StubDevice, twoDevices } from '../nvml-stub/index.ts';

const [forbidden, allowed] = twoDevices;

/** The card that must never be used. */
export const rtx5060 = forbidden;

/** The card that must always be used, with nothing on it yet. */
export const rtx3090: StubDevice = { ...allowed, processes: [] };

/** Spec of a policy for a machine with both: one card is for use, the other is not. */
export const policyFor = (allowed: { readonly name: string }, denied: { readonly name: string }): object => ({
	mode: 'Enforce',
	devices: { allow: [{ productName: allowed.name }], deny: [{ productName: denied.name }] },
	env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }],
	workloads: { containers: { scope: 'RequestingGpu' } },
	nodes: { onForbiddenDevice: 'Taint' },
});
