import type { GpuDevice, Inventory } from './inventory.ts';

/** What changed from one reading to the next, a line each, as a person wants to be told; memory that only moves is left out. */
export function describeChanges(before: Inventory, after: Inventory): readonly string[] {
	const lines: string[] = [];
	for (const device of after.devices) {
		const old = before.devices.find(({ index, uuid }) => (uuid === '' ? index === device.index : uuid === device.uuid));
		if (old) lines.push(...changesOf(old, device).map((change) => `device ${device.index} ${device.productName}: ${change}`));
		else lines.push(`device ${device.index} ${device.productName}: appeared, ${device.uuid}`);
	}
	for (const old of before.devices) {
		const isThere = after.devices.some(({ index, uuid }) => (old.uuid === '' ? index === old.index : uuid === old.uuid));
		if (!isThere) lines.push(`device ${old.index} ${old.productName}: no longer listed, ${old.uuid}`);
	}
	return lines;
}

function changesOf(before: GpuDevice, after: GpuDevice): readonly string[] {
	const changes: string[] = [];
	if (before.lost === null && after.lost !== null) changes.push(`lost: ${after.lost}`);
	if (before.lost !== null && after.lost === null) changes.push('answers again');
	if (after.lost !== null || before.lost !== null) return changes;
	if (before.index !== after.index) changes.push(`was device ${before.index}`);
	for (const xid of (after.xids ?? []).slice(before.xids?.length ?? 0)) changes.push(`XID ${xid}`);
	if (before.mig.enabled !== after.mig.enabled) changes.push(`MIG mode ${after.mig.enabled ? 'on' : 'off'}`);
	const key = ({ pid, startTime }: { readonly pid: number; readonly startTime: string | null }) => `${pid} ${startTime}`;
	const old = new Set(before.processes?.map(key));
	const now = new Set(after.processes?.map(key));
	for (const process of after.processes ?? [])
		if (!old.has(key(process))) changes.push(`process ${process.pid} ${process.name ?? ''} came`);
	for (const process of before.processes ?? [])
		if (!now.has(key(process))) changes.push(`process ${process.pid} ${process.name ?? ''} went`);
	const uncorrected = (after.ecc?.uncorrectedVolatile ?? 0) - (before.ecc?.uncorrectedVolatile ?? 0);
	if (uncorrected > 0) changes.push(`${uncorrected} uncorrected ECC errors more`);
	return changes;
}
