import type { GpuNodeReportStatus } from '../../api/v1alpha1.generated.ts';

/** Entries that a report has room for, as its schema says. */
export const roomFor = {
	devices: 64,
	processes: 128,
	policies: 64,
	migDevices: 16,
	xids: 16,
	processVerdicts: 16,
	unread: 16,
} as const;

/** Bytes of a report as JSON: a third of what etcd takes, so that its history and managed fields have room beside it. */
const mostReportBytes = 512 * 1024;

/** A text of at most so many UTF-16 units, which are never fewer than the characters that a server counts; halves of characters are replaced, as it does. */
export function fitText(text: string, longest: number): string {
	return (text.length > longest ? `${text.slice(0, longest - 1)}…` : text).toWellFormed();
}

/**
 * A report that a server takes. What costs least is left out first, and counted: processes, the reasons of verdicts that are in order, the
 * verdicts on single devices.
 */
export function fitReport(status: GpuNodeReportStatus): GpuNodeReportStatus {
	let fitted = status;
	for (let most = roomFor.processes >> 1; most >= 1 && bytesOf(fitted) > mostReportBytes; most >>= 1)
		fitted = fewerProcesses(fitted, most);
	if (bytesOf(fitted) > mostReportBytes) fitted = withDevices(fitted, ({ verdict }) => verdict !== 'Allowed');
	if (bytesOf(fitted) > mostReportBytes) fitted = withDevices(fitted, () => false);
	return fitted;
}

function bytesOf(status: GpuNodeReportStatus): number {
	return encoder.encode(JSON.stringify(status)).length;
}

function fewerProcesses(status: GpuNodeReportStatus, most: number): GpuNodeReportStatus {
	const { processes = [], omitted = {} } = status;
	if (processes.length <= most) return status;
	const left = processes.length - most;
	return { ...status, processes: processes.slice(0, most), omitted: { ...omitted, processes: (omitted.processes ?? 0) + left } };
}

const encoder = new TextEncoder();

type DeviceVerdict = NonNullable<NonNullable<GpuNodeReportStatus['policies']>[number]['devices']>[number];

function withDevices(status: GpuNodeReportStatus, kept: (verdict: DeviceVerdict) => boolean): GpuNodeReportStatus {
	const policies = status.policies?.map(({ devices = [], ...policy }) => {
		const left = devices.filter(kept);
		return left.length > 0 ? { ...policy, devices: left } : policy;
	});
	return policies ? { ...status, policies } : status;
}
