import type { PodDemand } from '../../core/workloads/demand.ts';
import { type DemandConflict, demandsConflict } from '../../core/workloads/demands-conflict.ts';
import type { ReservedNamespaces } from '../../core/workloads/pod-scope.ts';

/** Every policy that contradicts this one on some pod, with the first variable over which. */
export function conflictsOf(
	demand: PodDemand,
	others: Iterable<PodDemand>,
	reserved: ReservedNamespaces,
): readonly DemandConflict[] {
	return [...others].flatMap((other) => {
		const conflict = other.policy === demand.policy ? null : demandsConflict(demand, other, reserved);
		return conflict ? [conflict] : [];
	});
}

/** What the condition of each of them says. */
export function describeConflicts(conflicts: readonly DemandConflict[]): string {
	const shown = conflicts.slice(0, 5).map(({ policies: [own, other], variable, wants: [mine, theirs] }) => {
		return `${own} wants ${variable}=${JSON.stringify(mine)}, ${other} wants ${JSON.stringify(theirs)}`;
	});
	const more = conflicts.length - shown.length;
	return `${shown.join('; ')}${more > 0 ? `; ${more} more` : ''}. Neither is applied to pods: their selectors may select the same pod. Give them one value, or selectors that exclude each other`;
}
