import { readFileSync } from 'node:fs';
import process from 'node:process';
import { statusOfReason } from '../api/conditions.ts';
import type { GpuNodeReport, GpuPolicy, PolicyVerdict } from '../api/v1alpha1.generated.ts';

/** Where `gpupolicy agent --local` keeps the report of this machine, and commands read it; `GPUPOLICY_REPORT` names another place. */
export const reportFile = '/run/gpupolicy/report.json';

export function namedReportFile(): string {
	return process.env.GPUPOLICY_REPORT || reportFile;
}

/** Older than three heartbeats of the agent, with some time to spare: nobody keeps it any more. In milliseconds. */
const staleMs = 5 * 60_000;

/** The report in a file; `null` where there is none that can be understood. */
export function readNodeReport(file: string): GpuNodeReport | null {
	try {
		const report = JSON.parse(readFileSync(file, 'utf8')) as GpuNodeReport;
		return report.kind === 'GpuNodeReport' && typeof report.status === 'object' ? report : null;
	} catch {
		return null;
	}
}

/** Whether the agent that keeps it is silent. */
export function isStale({ status }: GpuNodeReport, now: number): boolean {
	return !(now - Date.parse(status?.observedAt ?? '') < staleMs);
}

/** Policies with what the agent of this machine says of them, where it speaks of the very spec that their status does. */
export function withNodeReport(policies: readonly GpuPolicy[], report: GpuNodeReport | null, now: number): readonly GpuPolicy[] {
	if (report === null || isStale(report, now)) return policies;
	const verdicts = new Map(report.status?.policies?.map((verdict) => [verdict.name, verdict]));
	return policies.map((policy) => {
		const verdict = verdicts.get(policy.metadata.name);
		return verdict && verdict.digest === policy.status?.digest
			? judged(policy, verdict, report.status?.observedAt ?? '')
			: policy;
	});
}

function judged(policy: GpuPolicy, { verdict, reason, message = '' }: PolicyVerdict, observedAt: string): GpuPolicy {
	const compliant = verdict === 'Compliant' ? 1 : 0;
	const nodes = { summary: `${compliant}/1`, total: 1, compliant, unknown: verdict === 'Unknown' ? 1 : 0 };
	const type = 'NodesValidated';
	const code = reason === 'ForbiddenDeviceExposed' || reason === 'AllCompliant' ? reason : 'NVMLUnavailable';
	const status = statusOfReason(type, code);
	const conditions = policy.status?.conditions ?? [];
	const before = conditions.find((one) => one.type === type);
	const condition = {
		type,
		status,
		lastTransitionTime: before?.status === status ? before.lastTransitionTime : observedAt,
		reason: code,
		message: `agent of this machine: ${message}`,
	};
	return {
		...policy,
		status: { ...policy.status, nodes, conditions: [...conditions.filter((one) => one !== before), condition] },
	};
}
