import { type DeviceSelector, type DeviceVerdict, judgeDevices } from '../desired/device-selection.ts';
import type { SliceDevice } from '../nodes/slice-facts.ts';
import { deviceAsPublished } from './published-device.ts';
import { tellsOneDevice } from './untold-criteria.ts';

/** What a policy says of one entry of a ResourceSlice. A claim gets it only where this is `allowed`: the compiled selector says the same. */
export function judgePublished({ allow, deny }: DeviceSelector, entry: SliceDevice): DeviceVerdict {
	const selector = {
		...(allow === undefined ? {} : { allow: allow.filter(({ uuid }) => uuid === undefined || tellsOneDevice(uuid)) }),
		...(deny === undefined ? {} : { deny }),
	};
	const device = deviceAsPublished(entry);
	const [verdict] = judgeDevices(selector, {
		source: 'recorded',
		driverVersion: '',
		cudaVersion: null,
		observedAt: '',
		devices: [device],
	});
	if (verdict === undefined) throw new Error('one device has one verdict');
	return verdict;
}
