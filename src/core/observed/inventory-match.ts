import type { GpuDevice, Inventory } from './inventory.ts';

/** What a recorded device and the live one with the same UUID must agree in. What moves by itself is not compared. */
const identity = [
	'index',
	'productName',
	'pciBusId',
	'pciDeviceId',
	'memoryBytes',
	'computeCapability',
] as const satisfies readonly (keyof GpuDevice)[];

/**
 * In what the live devices differ from the recorded ones, a sentence each, empty where they agree. Only identity counts, and
 * only what both sides know: a field that either source does not tell is no difference.
 */
export function compareInventories(recorded: Inventory, live: Inventory): readonly string[] {
	const differences: string[] = [];
	for (const expected of recorded.devices) {
		const actual = live.devices.find((device) => device.uuid === expected.uuid);
		if (actual) differences.push(...compareDevices(expected, actual));
		else differences.push(`${describe(expected)} is recorded and not there${standIn(expected, recorded, live)}`);
	}
	for (const device of live.devices) {
		const isRecorded = recorded.devices.some(({ uuid }) => uuid === device.uuid);
		if (!isRecorded) differences.push(`${describe(device)} is there and not recorded`);
	}
	return differences;
}

function compareDevices(expected: GpuDevice, actual: GpuDevice): readonly string[] {
	const differences = identity
		.filter((field) => isTold(expected[field]) && isTold(actual[field]) && expected[field] !== actual[field])
		.map((field) => `${expected.uuid}: ${field} is ${actual[field]}, recorded ${expected[field]}`);
	if (actual.lost !== null && expected.lost === null) differences.push(`${describe(expected)} no longer answers: ${actual.lost}`);
	return differences;
}

function isTold(value: string | number | null): boolean {
	return value !== null && value !== '';
}

/** What stands now at the index of a recorded device. */
function standIn(expected: GpuDevice, recorded: Inventory, live: Inventory): string {
	const other = live.devices.find(({ index }) => index === expected.index);
	const unrelated = other && recorded.devices.some(({ uuid }) => uuid === other.uuid);
	return other && !unrelated ? `; ${describe(other)} is in its place` : '';
}

function describe(device: GpuDevice): string {
	return `device ${device.index} ${device.productName || 'not identified'}${device.uuid && ` (${device.uuid})`}`;
}
