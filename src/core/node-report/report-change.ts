import type { GpuNodeReportStatus } from '../../api/v1alpha1.generated.ts';
import { changedFields } from '../changed-fields.ts';

/**
 * How a report differs from the one before:
 * - `Material`: a device, its health, its exposure, or what a policy says changed
 * - `Minor`: processes came and went, or words changed
 * - `None`: only times, memory in use and clocks moved, or the version of the agent: two of them beside each other must not fight
 */
export type ReportChange = 'Material' | 'Minor' | 'None';

export function reportChange(before: GpuNodeReportStatus | null, after: GpuNodeReportStatus): ReportChange {
	if (before === null || differ(material(before), material(after))) return 'Material';
	return differ(minor(before), minor(after)) ? 'Minor' : 'None';
}

/** The order of keys does not matter: the server has its own. */
function differ(a: unknown, b: unknown): boolean {
	return changedFields({ a }, { a: b }).length > 0;
}

function material({ source, summary, devices, policies }: GpuNodeReportStatus): unknown {
	return {
		source,
		summary,
		devices: devices?.map(({ usedMemoryBytes: _, throttleReasons: __, processCount: ___, exposedBy: ____, ...device }) => device),
		policies: policies?.map(({ message: _, ...policy }) => policy),
	};
}

function minor({ devices, policies, processes, omitted, unread }: GpuNodeReportStatus): unknown {
	return {
		devices: devices?.map(({ processCount, exposedBy }) => ({ processCount, exposedBy })),
		policies: policies?.map(({ message }) => ({ message })),
		processes: processes?.map(({ usedMemoryBytes: _, ...process }) => process),
		omitted,
		unread,
	};
}
