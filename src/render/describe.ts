import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import type { Revision } from '../core/ports/journal.ts';
import { percentage } from '../core/status/percentage.ts';
import { age } from './get.ts';
import { renderTable } from './table.ts';
import { printable } from './terminal.ts';

export interface DescribeView {
	readonly object: GpuPolicy;
	readonly revisions: readonly Revision[];
	readonly held: readonly string[];
	readonly now: number;
}

/** What to type next, from the conditions. */
function nextSteps(object: GpuPolicy): string[] {
	const reasons = new Set(
		object.status?.conditions?.filter((condition) => condition.type !== 'Ready').map((condition) => condition.reason),
	);
	const steps: string[] = [];
	if (reasons.has('Drifted') && object.spec.mode === 'Audit')
		steps.push('gpupolicy check           what deviates; mode: Enforce would let reconcile change it');
	else if (reasons.has('Drifted'))
		steps.push('gpupolicy plan --diff     what would be changed', 'gpupolicy reconcile       change it');
	if (reasons.has('Refused')) steps.push('gpupolicy check           what needs a person, line by line');
	if (reasons.has('ConflictingPolicies'))
		steps.push('gpupolicy check           the files that two policies contradict each other in');
	if (reasons.has('NVMLUnavailable')) steps.push('gpupolicy inventory       what can be read of the devices');
	if (reasons.has('InventoryMismatch'))
		steps.push('gpupolicy inventory -o yaml > gpupolicy.inventory.yaml     record the devices anew');
	return steps;
}

/** What stands first of every policy, wherever it is: its name, what it is, and its conditions with their evidence. */
export function describeConditions({ metadata, spec, status }: GpuPolicy, now: number): string[] {
	const conditions = (status?.conditions ?? []).map((condition) => [
		`  ${condition.type}`,
		condition.status,
		condition.reason,
		age(condition.lastTransitionTime, now),
		printable(condition.message),
	]);
	return [
		`Name:        ${metadata.name}`,
		`Mode:        ${spec.mode}${spec.suspend ? ' (suspended)' : ''}`,
		`Generation:  ${metadata.generation ?? 1} (observed ${status?.observedGeneration ?? '-'})`,
		`Digest:      ${status?.digest ?? '-'}`,
		'Conditions:',
		renderTable(['  TYPE', 'STATUS', 'REASON', 'SINCE', 'MESSAGE'], conditions).trimEnd(),
	];
}

/** What the last passes came to. */
export function describeOutcomes({ status }: GpuPolicy): string[] {
	const outcomes = status?.lastOutcomes ?? [];
	if (outcomes.length === 0) return [];
	return ['Outcomes:', ...outcomes.map((outcome) => `  ${outcome.at}  ${outcome.reason}  ${outcome.digest.slice(0, 12)}`)];
}

/** One policy as `kubectl describe` would show it: conditions with their evidence, files by state, history, what to type next. */
export function renderDescribe({ object, revisions, held, now }: DescribeView): string {
	const { metadata, status } = object;
	const lines = describeConditions(object, now);
	const files = status?.files;
	if (files) {
		const percent = percentage(files.compliant, files.governed);
		lines.push(
			`Files:       ${files.compliant} of ${files.governed} governed in order (${percent}%), ${files.refused} for a person, ${files.matched} matched`,
		);
		for (const violation of files.violations ?? [])
			lines.push(printable(`  ${violation.place}  ${violation.rule}  ${violation.message}`));
	}
	if (held.length > 0)
		lines.push('On hold (rolled back; gpupolicy reconcile --release ends it):', ...held.map((path) => `  ${printable(path)}`));
	const mine = revisions
		.filter((revision) => Object.hasOwn(revision.policies, metadata.name))
		.slice(-5)
		.reverse();
	if (mine.length > 0)
		lines.push(
			'History:',
			...mine.map((revision) => `  ${revision.number}  ${revision.at}  ${revision.kind}  ${revision.files.length} files`),
		);
	lines.push(...describeOutcomes(object));
	const steps = nextSteps(object);
	if (steps.length > 0) lines.push('Next:', ...steps.map((step) => `  ${step}`));
	return `${lines.join('\n')}\n`;
}
