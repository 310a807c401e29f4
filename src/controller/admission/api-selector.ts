import type { LabelRequirement } from '../../core/workloads/label-selector.ts';

/** Requirements as the API writes a selector; `{}` where there are none. */
export function apiSelector(requirements: readonly LabelRequirement[]): object {
	if (requirements.length === 0) return {};
	return {
		matchExpressions: requirements.map(({ key, operator, values }) => ({
			key,
			operator,
			...(values.length > 0 ? { values: [...values] } : {}),
		})),
	};
}
