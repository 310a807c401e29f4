import type { DeviceVerdict } from '../core/desired/device-selection.ts';
import type { GpuDevice, Inventory } from '../core/observed/inventory.ts';
import { describeChanges } from '../core/observed/inventory-change.ts';
import { renderTable } from './table.ts';
import { paint, type Terminal, type Tone } from './terminal.ts';

/** The devices as a table, under a line that says who read them and when; then what each policy says of each, and why. */
export function renderInventory(
	inventory: Inventory,
	source: string,
	terminal: Terminal,
	verdicts: ReadonlyMap<string, readonly DeviceVerdict[]> = new Map(),
): string {
	const { devices, cudaVersion, observedAt } = inventory;
	const answering = devices.filter(({ lost }) => lost === null).length;
	const cuda = cudaVersion === null ? '' : `, CUDA ${cudaVersion}`;
	const title = `${source}${cuda}, ${answering} of ${devices.length} devices read, ${observedAt}\n`;
	if (devices.length === 0) return `${title}This machine has no NVIDIA GPU.\n`;
	const rows = devices.map((device) => [
		String(device.index),
		device.productName || '-',
		gibibytes(device.memoryBytes),
		gibibytes(device.usedMemoryBytes),
		device.computeCapability ?? '-',
		device.pciBusId || '-',
		device.uuid || '-',
		device.processes === null ? '-' : String(device.processes.length),
		stateOf(device, terminal),
	]);
	return (
		title +
		renderTable(['INDEX', 'NAME', 'MEMORY', 'USED', 'CC', 'BUS-ID', 'UUID', 'PROCESSES', 'STATE'], rows) +
		renderVerdicts(verdicts, terminal)
	);
}

const tones: Record<DeviceVerdict['verdict'], Tone> = { allowed: 'good', forbidden: 'bad', unknown: 'warn' };

function renderVerdicts(verdicts: ReadonlyMap<string, readonly DeviceVerdict[]>, terminal: Terminal): string {
	return [...verdicts]
		.map(([policy, list]) => {
			const rows = list.map(({ device, verdict, reason }) => [
				`  ${device.index}`,
				device.productName || '-',
				paint(terminal, tones[verdict], verdict),
				reason,
			]);
			return `\nPolicy ${policy}\n${renderTable(['  INDEX', 'NAME', 'VERDICT', 'WHY'], rows)}`;
		})
		.join('');
}

/** What changed from one reading to the next, each line with the time; empty where nothing did. */
export function renderInventoryChanges(before: Inventory, after: Inventory): string {
	return describeChanges(before, after)
		.map((change) => `${after.observedAt.slice(11, 19)}  ${change}\n`)
		.join('');
}

function stateOf(device: GpuDevice, terminal: Terminal): string {
	if (device.lost !== null) return paint(terminal, 'bad', `lost: ${device.lost}`);
	const parts: string[] = [];
	if (device.mig.enabled) parts.push(`MIG, ${device.mig.children.length} devices`);
	if (device.xids && device.xids.length > 0) parts.push(`XID ${device.xids.join(', ')}`);
	if (device.ecc?.uncorrectedVolatile) parts.push(`${device.ecc.uncorrectedVolatile} uncorrected ECC errors`);
	for (const [field, why] of Object.entries(device.unread ?? {})) parts.push(`${field} not read: ${why}`);
	return parts.length === 0 ? 'ok' : paint(terminal, 'warn', parts.join('; '));
}

/** `24 GiB`, `15.9 GiB`. */
function gibibytes(bytes: number | null): string {
	if (bytes === null) return '-';
	return `${(bytes / 2 ** 30).toFixed(1).replace(/\.0$/, '')} GiB`;
}
