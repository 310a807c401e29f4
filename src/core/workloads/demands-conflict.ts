import type { PodDemand } from './demand.ts';
import { requirementsOf } from './label-selector.ts';
import { namespaceNameLabel, namespaceRequirements, type ReservedNamespaces, reservedNamespaces } from './pod-scope.ts';
import { type Satisfiability, type ScopeRequirements, satisfiable } from './satisfiable.ts';

/** Two policies that would set one variable of one pod to different values. */
export interface DemandConflict {
	readonly policies: readonly [string, string];
	readonly variable: string;
	/** What each wants, in the order of `policies`. */
	readonly wants: readonly [string, string];
}

/** The first variable over which two policies contradict each other on some pod. Only what changes pods can conflict: an audit cannot. */
export function demandsConflict(
	left: PodDemand,
	right: PodDemand,
	reserved: ReservedNamespaces = reservedNamespaces,
): DemandConflict | null {
	if (left.mode !== 'Enforce' || right.mode !== 'Enforce') return null;
	for (const { name, value } of left.variables) {
		const other = right.variables.find((variable) => variable.name === name);
		if (!other || other.value === value) continue;
		if (reach([left, right], reserved).state === 'Contradictory') return null;
		return { policies: [left.policy, right.policy], variable: name, wants: [value, other.value] };
	}
	return null;
}

/** Whether some pod in some namespace is selected by all of these policies; by one: whether it can ever select a pod. */
export function reach(demands: readonly PodDemand[], reserved: ReservedNamespaces = reservedNamespaces): Satisfiability {
	const required: ScopeRequirements = {
		namespace: [
			{ key: namespaceNameLabel, operator: 'Exists', values: [] },
			...demands.flatMap((demand) => namespaceRequirements(demand, reserved)),
		],
		pod: demands.flatMap(({ podSelector }) => requirementsOf(podSelector)),
	};
	return satisfiable(required, demands.flatMap(exclusionsOf));
}

/** The exemptions of a policy as requirements. */
export function exclusionsOf({ exemptions }: Pick<PodDemand, 'exemptions'>): readonly ScopeRequirements[] {
	return exemptions.map(({ namespaceSelector, podSelector }) => ({
		namespace: requirementsOf(namespaceSelector),
		pod: requirementsOf(podSelector),
	}));
}
