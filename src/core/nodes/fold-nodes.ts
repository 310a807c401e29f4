import type { ConditionReason } from '../../api/conditions.ts';
import type { NodesStatus, Violation } from '../../api/v1alpha1.generated.ts';
import { type ConditionVerdict, verdict } from '../status/verdict.ts';
import type { FactSource } from './facts.ts';
import type { NodeGrade, NodeVerdict } from './judge-node.ts';

/** Violations that a status lists. */
const listed = 20;
/** Nodes that a message describes. */
const described = 5;
const longestMessage = 480;

const sources: readonly (readonly [FactSource, string, string])[] = [
	['AgentReport', 'agent report', 'agent reports'],
	['ResourceSlice', 'ResourceSlice of the DRA driver', 'ResourceSlices of the DRA driver'],
	['NodeLabels', "GPU feature discovery's labels", "GPU feature discovery's labels"],
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

/** Up to so many nodes the message tells of those too that are in order. */
const fewNodes = 5;

/**
 * Counts, the first violations and the condition of a policy over any number of nodes, in any order. `explain` is asked about the few that the
 * message and the list have room for.
 */
export function foldNodes(
	grades: Iterable<readonly [node: string, grade: NodeGrade]>,
	explain: (node: string) => NodeVerdict,
): {
	readonly condition: ConditionVerdict<'NodesValidated'>;
	readonly status: NodesStatus;
} {
	const names: Record<NodeGrade['verdict'], string[]> = { Compliant: [], NonCompliant: [], Unknown: [] };
	const bySource = new Map<FactSource | null, number>();
	const reasons = new Set<string>();
	for (const [node, { verdict, reason, source }] of grades) {
		names[verdict].push(node);
		bySource.set(source, (bySource.get(source) ?? 0) + 1);
		reasons.add(reason);
	}
	const { Compliant: compliant, NonCompliant: wrong, Unknown: unknown } = names;
	const total = compliant.length + wrong.length + unknown.length;
	for (const list of [wrong, unknown, ...(total <= fewNodes ? [compliant] : [])]) list.sort();
	const violations = wrong.slice(0, listed).flatMap((node) => [...explain(node).violations].sort(byPlace));
	const status: NodesStatus = {
		summary: `${compliant.length}/${total}`,
		total,
		compliant: compliant.length,
		unknown: unknown.length,
		...(violations.length > 0 ? { violations: violations.slice(0, listed).map(fitting) } : {}),
	};
	if (total === 0) return { condition: verdict('NodesValidated', 'NoneSelected', '0 nodes selected'), status };
	const reason = bySeverity.find((one) => reasons.has(one)) ?? 'NotYetObserved';
	const counts = `${compliant.length} of ${total} nodes compliant, ${wrong.length} not, ${unknown.length} unknown`;
	const groups = [wrong, unknown, ...(total <= fewNodes ? [compliant] : [])];
	const details = groups.flatMap((group) => describe(group, explain)).map((part) => `; ${part}`);
	return {
		condition: verdict('NodesValidated', reason, `${counts}; ${origins(bySource)}${details.join('')}`),
		status,
	};
}

function origins(bySource: ReadonlyMap<FactSource | null, number>): string {
	const known = sources.flatMap(([source, one, several]) => {
		const count = bySource.get(source) ?? 0;
		return count === 0 ? [] : `${count} ${count === 1 ? one : several}`;
	});
	const without = bySource.get(null) ?? 0;
	const parts = [
		...(known.length > 0 ? [`facts from ${known.join(', ')}`] : []),
		...(without > 0 ? [`no facts of ${without} ${without === 1 ? 'node' : 'nodes'}`] : []),
	];
	return parts.join(', ');
}

function describe(nodes: readonly string[], explain: (node: string) => NodeVerdict): string[] {
	const texts = nodes.slice(0, described).map((name) => {
		const { message, evidence } = explain(name);
		return `${name}: ${[cut(message), evidence].filter((part) => part !== '').join('; ')}`;
	});
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
