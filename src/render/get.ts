import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import { percentage } from '../core/status/percentage.ts';
import type { Columns } from './table.ts';
import { printable } from './terminal.ts';

/** `12m`, `3h`, `5d`, as kubectl prints ages. */
export function age(from: string | null | undefined, now: number): string {
	if (from == null) return '<unknown>';
	const seconds = Math.max(0, Math.floor((now - Date.parse(from)) / 1000));
	if (Number.isNaN(seconds)) return '<unknown>';
	if (seconds < 120) return `${seconds}s`;
	if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
	if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
	return `${Math.floor(seconds / 86_400)}d`;
}

function row(object: GpuPolicy, wide: boolean, now: number): string[] {
	const { status, spec, metadata } = object;
	const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
	const cells = [
		metadata.name,
		ready?.status ?? 'Unknown',
		spec.mode,
		status?.files?.summary ?? '-',
		status?.workloads?.summary ?? '-',
		status?.nodes?.summary ?? '-',
		ready?.reason ?? 'NotYetObserved',
		age(metadata.creationTimestamp, now),
	];
	if (!wide) return cells;
	// A cluster has no part in files and says so by a dash.
	const percent =
		status?.files && status.files.summary !== '-' ? `${percentage(status.files.compliant, status.files.governed)}%` : '-';
	return [
		...cells,
		spec.suspend ? 'Suspended' : '-',
		percent,
		(status?.digest ?? '-').slice(0, 12),
		printable(ready?.message ?? ''),
	];
}

function header(wide: boolean): readonly string[] {
	const narrow = ['NAME', 'READY', 'MODE', 'FILES', 'PODS', 'NODES', 'REASON', 'AGE'];
	return wide ? [...narrow, 'SUSPENDED', 'PROGRESS', 'DIGEST', 'MESSAGE'] : narrow;
}

/** The table of `get`: one row a policy, the columns of the CRD. */
export function policyColumns(wide: boolean): Columns<GpuPolicy> {
	return { header: header(wide), row: (object, now) => row(object, wide, now) };
}
