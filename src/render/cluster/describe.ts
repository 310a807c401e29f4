import type { GpuPolicy, Violation } from '../../api/v1alpha1.generated.ts';
import { describeConditions, describeOutcomes } from '../describe.ts';
import { age } from '../get.ts';
import { renderTable } from '../table.ts';
import { printable } from '../terminal.ts';
import type { PolicyRevision } from './history.ts';

/** Something that happened, as the controller told of it. */
export interface PolicyEvent {
	readonly type: string;
	readonly reason: string;
	readonly note: string;
	/** When it was told of last, RFC 3339. */
	readonly at: string;
	/** How often it happened. */
	readonly count: number;
}

/** One policy of a cluster in full. */
export interface ClusterPolicyView {
	readonly object: GpuPolicy;
	/** Newest first. */
	readonly revisions: readonly PolicyRevision[];
	/** Newest first. */
	readonly events: readonly PolicyEvent[];
	/** What could not be read, and why. */
	readonly unread: readonly string[];
	/** Milliseconds since 1970. */
	readonly now: number;
}

/** One policy as `kubectl describe` would show it. `type` makes a command line of words, for this very cluster. */
export function renderClusterDescribe(
	{ object, revisions, events, unread, now }: ClusterPolicyView,
	type: (words: string) => string,
): string {
	const { workloads, nodes, admission } = object.status ?? {};
	const lines = describeConditions(object, now);
	if (admission) {
		const { mode, apiVersion = '', digest, lastProbeTime } = admission;
		const probe = lastProbeTime === undefined ? '' : `, seen at work ${age(lastProbeTime, now)} ago`;
		lines.push(
			`Admission:   ${mode}${apiVersion === '' ? '' : ` (${apiVersion})`}${digest ? `, digest ${digest.slice(0, 12)}` : ''}${probe}`,
		);
	}
	if (workloads && workloads.summary !== '-') {
		const { selected, compliant, restartRequired, unmanaged } = workloads;
		lines.push(
			`Pods:        ${compliant} of ${selected} in order, ${restartRequired} need a restart, ${unmanaged} are not ours to change`,
		);
		lines.push(...violationLines(workloads.violations));
	}
	if (nodes && nodes.summary !== '-') {
		lines.push(`Nodes:       ${nodes.compliant} of ${nodes.total} compliant, ${nodes.unknown} unknown`);
		lines.push(...violationLines(nodes.violations));
	}
	if (revisions.length > 0)
		lines.push(
			'History:',
			...revisions.map(
				({ generation, current, at, changed }) =>
					`  ${generation}${current ? ' (current)' : ''}  ${at ?? '-'}  ${changed === null ? 'first that is kept' : printable(changed.join(', ') || 'nothing changed')}`,
			),
		);
	lines.push(...describeOutcomes(object));
	if (events.length > 0)
		lines.push(
			'Events:',
			renderTable(
				['  TYPE', 'REASON', 'AGE', 'TIMES', 'NOTE'],
				events.map((event) => [`  ${event.type}`, event.reason, age(event.at, now), `${event.count}`, printable(event.note)]),
			).trimEnd(),
		);
	for (const what of unread) lines.push(`Not read:    ${printable(what)}`);
	const steps = nextSteps(object, type);
	if (steps.length > 0) lines.push('Next:', ...steps.map((step) => `  ${step}`));
	return `${lines.join('\n')}\n`;
}

function violationLines(violations: readonly Violation[] = []): string[] {
	return violations.map(({ place, rule, message }) => printable(`  ${place}  ${rule}  ${message}`));
}

/** What to type next, from the conditions. */
function nextSteps({ metadata: { name }, status }: GpuPolicy, type: (words: string) => string): string[] {
	const reasons = new Set((status?.conditions ?? []).filter((one) => one.type !== 'Ready').map(({ reason }) => reason));
	const has = (...wanted: readonly string[]): boolean => wanted.some((one) => reasons.has(one));
	const [node] = new Set((status?.nodes?.violations ?? []).map(({ place }) => place.split('/')[0] ?? ''));
	return [
		...(has('RemediationHalted') ? [`${type(`resume ${name}`)}     let it go on, after a look at the pods and nodes`] : []),
		...(has('RestartRequired', 'Unmanaged', 'RemediationFailed', 'ConflictingPolicies', 'SelectorCannotMatch')
			? [`${type(`plan ${name}`)}     which pods, owners and policies, and why`]
			: []),
		...(node !== undefined && node !== '' ? [`${type(`describe node ${node}`)}     its devices, and what each policy says`] : []),
		...(has('NVMLUnavailable', 'ReportStale', 'NotYetObserved') ? [`${type(`check ${name}`)}     what is unknown`] : []),
		...(has('InvalidSpec') ? [`${type('validate')}     what is wrong, line by line`] : []),
		...(status === undefined ? [`${type('version')}     whether a controller runs there`] : []),
	];
}
