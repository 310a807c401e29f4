import type { GpuDevice, MigDevice } from '../../core/observed/inventory.ts';

/** Compute capability by UUID, from `--query-gpu=uuid,compute_cap --format=csv,noheader`. */
export function parseCapabilities(csv: string): ReadonlyMap<string, string> {
	const found = new Map<string, string>();
	for (const line of csv.split(/\r?\n/)) {
		const [uuid, capability] = line.split(',').map((cell) => cell.trim());
		if (uuid && capability && /^\d+\.\d+$/.test(capability)) found.set(uuid, capability);
	}
	return found;
}

/** Profile and UUID of each MIG device by the UUID of its GPU, in order, from `nvidia-smi -L`. */
export function parseMigListing(text: string): ReadonlyMap<string, readonly Pick<MigDevice, 'profile' | 'uuid'>[]> {
	const found = new Map<string, Pick<MigDevice, 'profile' | 'uuid'>[]>();
	let current: Pick<MigDevice, 'profile' | 'uuid'>[] | undefined;
	for (const line of text.split(/\r?\n/)) {
		const gpu = /^GPU \d+: .*\(UUID: (GPU-[^)]+)\)/.exec(line)?.[1];
		if (gpu !== undefined) {
			current = [];
			found.set(gpu, current);
		}
		const mig = /^\s+MIG (\S+)\s+Device\s+\d+: \(UUID: (MIG-[^)]+)\)/.exec(line);
		if (mig?.[1] && mig[2]) current?.push({ profile: mig[1], uuid: mig[2] });
	}
	return found;
}

/** The device with what the other calls told of it. */
export function completeDevice(
	device: GpuDevice,
	capabilities: ReadonlyMap<string, string>,
	mig: ReadonlyMap<string, readonly Pick<MigDevice, 'profile' | 'uuid'>[]>,
): GpuDevice {
	const named = mig.get(device.uuid) ?? [];
	const children = device.mig.children.map((child, i) => ({ ...child, ...named[i] }));
	const computeCapability = capabilities.get(device.uuid) ?? null;
	return { ...device, computeCapability, mig: { ...device.mig, children } };
}
