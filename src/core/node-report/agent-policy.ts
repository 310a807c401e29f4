import type { EnvVariable, GpuPolicy, LabelSelector } from '../../api/v1alpha1.generated.ts';
import type { DeviceSelector } from '../desired/device-selection.ts';
import { type PodDemand, podDemand } from '../workloads/demand.ts';
import { type Labels, matchesLabels } from '../workloads/label-selector.ts';

/** A variable that programs must start with. */
export interface DemandedEnvironment {
	readonly name: string;
	/** As the kernel has it, nothing escaped. */
	readonly value: string;
}

/** A policy, as far as the agent of a node judges by it. Plain JSON: what was in force outlives the agent in a file. */
export interface AgentPolicy {
	readonly name: string;
	readonly uid: string;
	/** Digest of the spec, 64 hex digits. */
	readonly digest: string;
	readonly mode: 'Enforce' | 'Audit';
	readonly devices: DeviceSelector;
	/** `spec.nodes.selector`. */
	readonly nodes: LabelSelector;
	/** What it demands of pods; `null` where it has no `workloads` block. */
	readonly demand: PodDemand | null;
	/** Literal variables that target workloads. */
	readonly environment: readonly DemandedEnvironment[];
}

/** What the cluster, or a folder of manifests, holds of a policy now. */
export interface PolicyState {
	readonly name: string;
	/** Suspended, being deleted or invalid: what it said last stays. */
	readonly held: boolean;
	/** `null` where the spec cannot be carried out, or leaves nodes alone. */
	readonly policy: AgentPolicy | null;
}

/** `problems`: why the spec cannot be carried out. */
export function policyState(
	object: GpuPolicy,
	{ digest, deleting, problems }: { readonly digest: string; readonly deleting: boolean; readonly problems: readonly string[] },
): PolicyState {
	const { name } = object.metadata;
	const invalid = problems.length > 0;
	return {
		name,
		held: invalid || deleting || object.spec?.suspend === true,
		policy: invalid ? null : agentPolicy(object, digest),
	};
}

function agentPolicy(object: GpuPolicy, digest: string): AgentPolicy | null {
	const { mode, devices = {}, nodes } = object.spec;
	if (nodes === undefined) return null;
	const demand = podDemand(object, digest);
	const named = new Set(demand?.variables.map(({ name }) => name));
	return {
		name: object.metadata.name,
		uid: object.metadata.uid ?? '',
		digest,
		mode,
		devices,
		nodes: nodes.selector,
		demand,
		environment: (object.spec.env ?? []).flatMap(({ name, value }: EnvVariable) =>
			value !== undefined && named.has(name) ? [{ name, value }] : [],
		),
	};
}

export function selectsNode({ nodes }: Pick<AgentPolicy, 'nodes'>, labels: Labels): boolean {
	return matchesLabels(nodes, labels);
}

/**
 * What Allocate adds to a container. It does not know the pod, so that only a policy counts which demands its env of every pod; for the
 * others admission alone sets it.
 */
export function allocatedEnvironment({ mode, demand, environment }: AgentPolicy): readonly DemandedEnvironment[] {
	if (mode !== 'Enforce' || demand === null || demand.exemptions.length > 0) return [];
	return matchesAll(demand.namespaceSelector) && matchesAll(demand.podSelector) ? environment : [];
}

function matchesAll({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
	return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}
