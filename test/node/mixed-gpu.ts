import type { StubDevice } from '../nvml-stub/index.ts';

const gib = 1024 ** 3;
/** The card that must never be used. */
export const rtx5060 = {
	uuid: 'GPU-91a3d2f4-0c5e-4b7a-9a41-5060ffffffff',
	name: 'NVIDIA GeForce RTX 5060 Ti',
	bus: [0, 1, 0],
	pciDeviceId: 0x2d0410de,
	memory: { total: 16 * gib, used: 0 },
	capability: [12, 0],
} as const satisfies StubDevice;
/** The card that must always be used. */
export const rtx3090 = {
	uuid: 'GPU-3f5e8c11-7d0b-4e65-b1a2-3090ffffffff',
	name: 'NVIDIA GeForce RTX 3090',
	bus: [0, 2, 0],
	pciDeviceId: 0x220410de,
	memory: { total: 24 * gib, used: 0 },
	capability: [8, 6],
} as const satisfies StubDevice;

/** Spec of a policy for a machine with both: one card is for use, the other is not. */
export const policyFor = (allowed: { readonly name: string }, denied: { readonly name: string }): object => ({
	mode: 'Enforce',
	devices: { allow: [{ productName: allowed.name }], deny: [{ productName: denied.name }] },
	env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }],
	workloads: { containers: { scope: 'RequestingGpu' } },
	nodes: { onForbiddenDevice: 'Taint' },
});
