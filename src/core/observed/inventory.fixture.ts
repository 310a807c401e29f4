import type { GpuDevice, Inventory } from './inventory.ts';

/** A device as the driver describes it, with what a test wants otherwise. */
export function device(index: number, changes: Partial<GpuDevice> = {}): GpuDevice {
	return {
		index,
		uuid: `GPU-${index}000000${index}-1111-2222-3333-44444444444${index}`,
		productName: 'NVIDIA GeForce RTX 3090',
		pciBusId: `00000000:0${index + 1}:00.0`,
		pciDeviceId: '0x220410DE',
		memoryBytes: 24576 * 2 ** 20,
		usedMemoryBytes: 0,
		computeCapability: '8.6',
		mig: { enabled: null, children: [] },
		ecc: null,
		xids: [],
		throttleReasons: [],
		processes: [],
		lost: null,
		...changes,
	};
}

/** The card of the example that must never be used. */
export function rtx5060(index: number, changes: Partial<GpuDevice> = {}): GpuDevice {
	return device(index, {
		productName: 'NVIDIA GeForce RTX 5060 Ti',
		pciDeviceId: '0x2D0410DE',
		memoryBytes: 16311 * 2 ** 20,
		computeCapability: '12.0',
		...changes,
	});
}

export function inventory(...devices: readonly GpuDevice[]): Inventory {
	return { source: 'NVML', driverVersion: '580.65.06', cudaVersion: '13.0', observedAt: '2026-01-02T03:04:05.678Z', devices };
}
