import type { ConditionReason } from '../../api/conditions.ts';
import type { NodesStatus, Violation } from '../../api/v1alpha1.generated.ts';
import { type ConditionVerdict, verdict } from '../status/verdict.ts';
import type { FactSource } from './facts.ts';
import type { NodeVerdict } from './judge-node.ts';

/** Violations that a status lists. */
const listed = 20;
/** Nodes that a message describes. */
const described = 5;
const longestMessage = 480;

const sources: readonly (readonly [FactSource | null, string, string])[] = [
	['AgentReport', 'agent report', 'agent reports'],
	['ResourceSlice', 'ResourceSlice of the DRA driver', 'ResourceSlices of the DRA driver'],
	['NodeLabels', "GPU feature discovery's labels", "GPU feature discovery's labels"],
	[null, 'no source', 'no source'],
];

/** The reason that speaks for all nodes: the worst that any has. */
const bySeverity: readonly ConditionReason<'NodesValidated'>[] = [
	'ForbiddenDeviceExposed',
	'InventoryMismatch',
	'NVMLUnavailable',
	'ReportStale',
	'NotYetObserved',
	'AllCompliant',
];

/** Counts, the first violations and the condition of a policy over any number of nodes. The order of the nodes does not matter. */
export function foldNodes(verdicts: Iterable<readonly [node: string, verdict: NodeVerdict]>): {
	readonly condition: ConditionVerdict<'NodesValidated'>;
	readonly status: NodesStatus;
} {
	const nodes = [...verdicts].sort(([a], [b]) => (a < b ? -1 : 1));
	const of = (wanted: NodeVerdict['verdict']): typeof nodes => nodes.filter(([, one]) => one.verdict === wanted);
	const total = nodes.length;
	const [compliant, wrong, unknown] = [of('Compliant'), of('NonCompliant'), of('Unknown')];
	const violations = wrong.flatMap(([, one]) => one.violations).sort(byPlace);
	const status: NodesStatus = {
		summary: `${compliant.length}/${total}`,
		total,
		compliant: compliant.length,
		unknown: unknown.length,
		...(violations.length > 0 ? { violations: violations.slice(0, listed).map(fitting) } : {}),
	};
	if (total === 0) return { condition: verdict('NodesValidated', 'NoneSelected', '0 nodes selected'), status };
	const reason = bySeverity.find((one) => nodes.some(([, { reason }]) => reason === one)) ?? 'NotYetObserved';
	const counts = `${compliant.length} of ${total} nodes compliant, ${wrong.length} not, ${unknown.length} unknown`;
	const details = [...describe(wrong), ...describe(unknown)].map((part) => `; ${part}`).join('');
	return { condition: verdict('NodesValidated', reason, `${counts}; facts from ${origins(nodes)}${details}`), status };
}

function origins(nodes: readonly (readonly [string, NodeVerdict])[]): string {
	return sources
		.map(([source, one, several]) => {
			const count = nodes.filter(([, found]) => found.source === source).length;
			return count === 0 ? '' : `${count} ${count === 1 ? one : several}`;
		})
		.filter((part) => part !== '')
		.join(', ');
}

function describe(nodes: readonly (readonly [string, NodeVerdict])[]): string[] {
	const texts = nodes.slice(0, described).map(([name, { message }]) => `${name}: ${cut(message)}`);
	return nodes.length > described ? [...texts, `and ${nodes.length - described} more`] : texts;
}

function byPlace(a: Violation, b: Violation): number {
	if (a.place !== b.place) return a.place < b.place ? -1 : 1;
	return a.message < b.message ? -1 : 1;
}

function fitting(violation: Violation): Violation {
	return { ...violation, message: cut(violation.message) };
}

function cut(text: string): string {
	return text.length > longestMessage ? `${text.slice(0, longestMessage - 1)}…` : text;
}
