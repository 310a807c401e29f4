import { policyLabelValue } from '../../controller/admission/names.ts';
import type { ClusterPolicy } from '../../controller/duty.ts';
import { devicesOf } from '../../controller/nodes/dra-objects.ts';
import { type PolicyOverNodes, policyOverNodes, selects } from '../../controller/nodes/node-policy.ts';
import type { NodeView } from '../../controller/nodes/node-view.ts';
import type { NodeFacts } from '../../core/nodes/facts.ts';
import { deviceVerdicts, judgeNode, type NodeVerdict } from '../../core/nodes/judge-node.ts';
import type { ClusterNode } from '../../core/nodes/node.ts';
import { leaveNothing } from '../../core/nodes/usable-devices.ts';

/** A node with what every policy that selects it says. */
export interface JudgedNode {
	readonly node: ClusterNode;
	readonly facts: NodeFacts;
	readonly verdicts: readonly { readonly policy: PolicyOverNodes; readonly verdict: NodeVerdict }[];
	/** Enforce policies that together leave no device usable; empty where some is. */
	readonly conflict: readonly string[];
}

/** Judges every node that some policy selects, by name. */
export function judgeNodes(policies: readonly ClusterPolicy[], view: NodeView): readonly JudgedNode[] {
	const over = policies.flatMap((policy) => {
		const kept = devicesOf(view.own(policyLabelValue(policy.name)).rules.map(({ object }) => object));
		return policyOverNodes(policy, () => kept) ?? [];
	});
	return [...view.nodes()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((node) => judge(node, over, view.facts(node)));
}

function judge(node: ClusterNode, over: readonly PolicyOverNodes[], facts: NodeFacts): JudgedNode {
	const selecting = over.filter((policy) => selects(policy, node));
	const judged = selecting.map((policy) => ({
		policy,
		devices: facts.state === 'known' ? deviceVerdicts(policy, facts) : [],
	}));
	return {
		node,
		facts,
		verdicts: judged.map(({ policy, devices }) => ({ policy, verdict: judgeNode(node.name, policy, facts, devices) })),
		conflict: leaveNothing(
			judged.filter(({ policy }) => policy.enforced).map(({ policy, devices }) => ({ name: policy.name, verdicts: devices })),
			facts,
		),
	};
}
