import { foldNodes } from '../../core/nodes/fold-nodes.ts';
import type { NodeVerdict } from '../../core/nodes/judge-node.ts';
import type { Taint } from '../../core/nodes/node.ts';
import { decideMarks, type MarkWish } from '../../core/nodes/node-marks.ts';
import { tripsBreaker } from '../../core/nodes/taint-breaker.ts';
import { readTaintHalt } from '../../core/nodes/taint-halt.ts';
import type { NodePlan, NodesPlan } from '../../render/cluster/plan.ts';
import type { EffectivePolicy } from './effective-policies.ts';
import type { JudgedNode } from './judge-nodes.ts';

/** What a policy finds of the nodes that it selects; `null` where it asks nothing of nodes. */
export function planNodes(
	{ policy: { name, object } }: EffectivePolicy,
	judged: readonly JudgedNode[],
	changes: readonly NodePlan[],
): { readonly nodes: NodesPlan; readonly notes: readonly string[] } | null {
	if (object.spec.nodes === undefined) return null;
	const verdicts = new Map(
		judged.flatMap(({ node, verdicts: all }) =>
			all.filter(({ policy }) => policy.name === name).map(({ verdict }) => [node.name, verdict] as const),
		),
	);
	const { status, condition } = foldNodes(verdicts, (node) => verdicts.get(node) as NodeVerdict);
	const { total, compliant, unknown } = status;
	const conflicts = judged.filter(({ conflict }) => conflict.includes(name));
	const [first] = conflicts;
	const more = conflicts.length > 1 ? ` and of ${conflicts.length - 1} more nodes` : '';
	const wanted = changes.filter(({ addedTaints, policies }) => addedTaints.length > 0 && policies.includes(name)).length;
	const halted = readTaintHalt(object.metadata.annotations ?? {}).token !== null;
	const notes = [
		...(halted ? [`the circuit breaker stopped the taints; gpupolicy resume ${name} lets them go on`] : []),
		...(first
			? [
					`policies ${first.conflict.join(' and ')} together leave no device of node ${first.node.name}${more} usable; the last verdict stays there`,
				]
			: []),
		...(tripsBreaker(wanted, 0, total)
			? [
					`${wanted} of ${total} selected nodes would be tainted, over half: the circuit breaker stops it until gpupolicy resume ${name}`,
				]
			: []),
	];
	return { nodes: { total, compliant, unknown, message: condition.message }, notes };
}

/** What would be written on each node, over all policies. */
export function planMarks(judged: readonly JudgedNode[], policies: readonly EffectivePolicy[]): readonly NodePlan[] {
	const holds = new Map(policies.map(({ policy }) => [policy.name, holdOf(policy)]));
	return judged.flatMap(({ node, verdicts, conflict }) => {
		if (node.deleting || conflict.length > 0) return [];
		const enforced = verdicts.filter(({ policy }) => policy.enforced);
		const change = decideMarks(
			node,
			enforced.map(({ policy, verdict }) => ({
				policy: policy.name,
				verdict: verdict.verdict,
				taint: policy.taint,
				hold: holds.get(policy.name) ?? 'Nothing',
			})),
		);
		if (!change) return [];
		const standing = node.taints.map(taintText);
		const wanted = (change.taints ?? node.taints).map(taintText);
		return [
			{
				node: node.name,
				policies: verdicts.map(({ policy }) => policy.name).sort(),
				...(change.label === undefined ? {} : { label: change.label }),
				addedTaints: wanted.filter((taint) => !standing.includes(taint)),
				removedTaints: standing.filter((taint) => !wanted.includes(taint)),
			},
		];
	});
}

function holdOf({ suspended, object }: EffectivePolicy['policy']): MarkWish['hold'] {
	if (suspended) return 'Everything';
	return readTaintHalt(object.metadata.annotations ?? {}).token === null ? 'Nothing' : 'Additions';
}

function taintText({ key, value = '', effect }: Taint): string {
	return `${key}${value === '' ? '' : `=${value}`}:${effect}`;
}
