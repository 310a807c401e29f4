import type { GpuDevice, Inventory } from './inventory.ts';

const identity = ['index', 'productName', 'pciBusId', 'pciDeviceId', 'memoryBytes', 'computeCapability'] as const;

function name(device: GpuDevice): string {
	return `${device.uuid} (${device.productName})`;
}

/**
 * Where a recorded inventory and the live devices differ, one sentence each; empty where they agree. Only what identifies a
 * device is compared: memory in use, processes and the driver change all the time. A field that one side does not tell is
 * no difference.
 */
export function compareInventories(recorded: Inventory, live: Inventory): string[] {
	const differences: string[] = [];
	for (const device of recorded.devices) {
		const counterpart = live.devices.find((candidate) => candidate.uuid === device.uuid);
		if (!counterpart) {
			differences.push(`${name(device)} is recorded but not there`);
			continue;
		}
		if (counterpart.lost !== null) {
			differences.push(`${name(device)} is there but does not answer: ${counterpart.lost}`);
			continue;
		}
		for (const field of identity) {
			const was = device[field];
			const is = counterpart[field];
			if (was === null || is === null || was === is) continue;
			differences.push(`${name(device)} has ${field} ${JSON.stringify(is)}, recorded is ${JSON.stringify(was)}`);
		}
	}
	for (const device of live.devices) {
		if (!recorded.devices.some((candidate) => candidate.uuid === device.uuid))
			differences.push(`${name(device)} is there but not recorded`);
	}
	return differences;
}
