import type { PodDemand } from '../../../core/workloads/demand.ts';
import { type LabelRequirement, requirementsOf } from '../../../core/workloads/label-selector.ts';
import { namespaceRequirements, type ReservedNamespaces } from '../../../core/workloads/pod-scope.ts';

/** Selectors that match every pod that one of several policies selects, and as few others as selectors can tell apart. */
export interface CommonScope {
	readonly namespace: readonly LabelRequirement[];
	readonly pod: readonly LabelRequirement[];
}

/** What all the policies have in common. With one policy that is its own selectors. */
export function commonScope(demands: readonly PodDemand[], reserved: ReservedNamespaces): CommonScope {
	return {
		namespace: commonRequirements(demands.map((demand) => namespaceRequirements(demand, reserved))),
		pod: commonRequirements(demands.map(({ podSelector }) => requirementsOf(podSelector))),
	};
}

/** A selector is a conjunction, and what holds for the one or for the other must pass: only what each of them requires can stay. */
function commonRequirements(selectors: readonly (readonly LabelRequirement[])[]): readonly LabelRequirement[] {
	const common = new Map<string, LabelRequirement>();
	for (const { key, operator } of selectors[0] ?? []) {
		const found = selectors.flatMap((selector) => {
			const values = valuesOf(selector, key, operator);
			return values ? [values] : [];
		});
		if (found.length < selectors.length) continue;
		const all = [...new Set(found.flat())].sort();
		const values = operator === 'NotIn' ? all.filter((value) => found.every((one) => one.includes(value))) : all;
		// Without a value the API takes neither.
		if (values.length === 0 && (operator === 'In' || operator === 'NotIn')) continue;
		common.set(`${operator} ${key}`, { key, operator, values });
	}
	return [...common.values()];
}

/** What a selector says of a key by one operator: In admits any of them, NotIn none; `null` where it says nothing. */
function valuesOf(
	selector: readonly LabelRequirement[],
	key: string,
	operator: LabelRequirement['operator'],
): readonly string[] | null {
	const found = selector.filter((one) => one.key === key && one.operator === operator);
	if (found.length === 0) return null;
	if (operator !== 'In') return found.flatMap(({ values }) => values);
	return (found[0]?.values ?? []).filter((value) => found.every(({ values }) => values.includes(value)));
}
