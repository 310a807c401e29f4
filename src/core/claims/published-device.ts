import { parseQuantity } from '../desired/quantity.ts';
import { partialDevice } from '../nodes/facts.ts';
import type { SliceDevice } from '../nodes/slice-facts.ts';
import type { GpuDevice } from '../observed/inventory.ts';

/**
 * What one entry of a ResourceSlice says of the GPU that it stands for, as the scheduler sees it: by itself, without its neighbours. What it does
 * not say is unread, so that no criterion is judged on it. The MIG mode is the one in which a claim would hold the GPU: an entry of
 * type `mig` is a part of it, any other all of it.
 */
export function deviceAsPublished(entry: SliceDevice): GpuDevice {
	const part = entry.type === 'mig';
	const whole = entry.type === 'gpu' || entry.type === 'vfio';
	const memory = whole && entry.memory !== undefined ? parseQuantity(entry.memory) : null;
	const unread = {
		...(part || whole ? {} : { mig: 'its type is not published' }),
		// The other parts of the same GPU are entries of their own.
		...(whole ? {} : { migDevices: 'published one by one' }),
	};
	return partialDevice(0, {
		uuid: (part ? entry.parentUuid : entry.uuid) ?? '',
		productName: entry.productName ?? '',
		pciBusId: entry.pciBusId ?? '',
		memoryBytes: memory === null ? null : Number(memory),
		computeCapability: entry.computeCapability?.split('.').slice(0, 2).join('.') ?? null,
		mig: {
			enabled: part,
			children: part && entry.uuid !== undefined ? [{ uuid: entry.uuid, profile: entry.profile ?? '', memoryBytes: null }] : [],
		},
		...(Object.keys(unread).length > 0 ? { unread } : {}),
	});
}
