import type { GpuPolicySpec, Nodes, NodeTaint } from '../../api/v1alpha1.generated.ts';
import type { PublishedDevice } from '../../core/nodes/facts.ts';
import type { NodePolicy } from '../../core/nodes/judge-node.ts';
import type { ClusterNode } from '../../core/nodes/node.ts';
import { matchesLabels } from '../../core/workloads/label-selector.ts';
import type { ClusterPolicy } from '../duty.ts';

/** A policy with a `nodes` block. */
export interface PolicyOverNodes extends NodePolicy {
	readonly owner: ClusterPolicy;
	readonly block: Nodes;
	/** Enforce: it may change nodes. Audit changes nothing. */
	readonly enforced: boolean;
	/** The taint that it sets; `null` where it only reports. */
	readonly taint: NodeTaint | null;
	/** Keys of the published devices that claims are kept from, now. The same object as long as it holds the same devices. */
	kept(): KeptDevices;
}

/** By key, with the pool. */
export type KeptDevices = ReadonlyMap<string, string>;

/** `null` where the policy leaves nodes alone, or is being deleted. */
export function policyOverNodes(owner: ClusterPolicy, kept: () => KeptDevices): PolicyOverNodes | null {
	// One whose spec cannot be read has none.
	const spec: Partial<GpuPolicySpec> = owner.object.spec ?? {};
	if (spec.nodes === undefined || owner.deleting) return null;
	const enforced = spec.mode === 'Enforce';
	return {
		owner,
		name: owner.name,
		digest: owner.digest,
		devices: spec.devices ?? {},
		block: spec.nodes,
		enforced,
		taint: enforced && spec.nodes.onForbiddenDevice === 'Taint' ? spec.nodes.taint : null,
		kept,
		keepsClaimsFrom: (device) => kept().has(deviceKey(device)),
	};
}

export function selects({ block }: Pick<PolicyOverNodes, 'block'>, node: Pick<ClusterNode, 'labels'>): boolean {
	return matchesLabels(block.selector, node.labels);
}

/** Key of a published device. */
export function deviceKey({ driver, pool, device }: PublishedDevice): string {
	return `${driver}/${pool}/${device}`;
}
