import type { LabelSelector } from '../../api/v1alpha1.generated.ts';

export type Labels = Readonly<Record<string, string>>;

/** One requirement on a label; all of a selector must hold. */
export interface LabelRequirement {
	readonly key: string;
	readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
	/** Empty for Exists and DoesNotExist. */
	readonly values: readonly string[];
}

/** A selector as one list of requirements: labels first, by key. `{}` and an absent selector have none, and match all. */
export function requirementsOf(selector: LabelSelector | undefined): readonly LabelRequirement[] {
	const labels = Object.entries(selector?.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
	return [
		...labels.map(([key, value]): LabelRequirement => ({ key, operator: 'In', values: [value] })),
		...(selector?.matchExpressions ?? []).map(
			({ key, operator, values }): LabelRequirement => ({
				key,
				operator,
				values: values ?? [],
			}),
		),
	];
}

/** As Kubernetes does: `NotIn` and `DoesNotExist` also match where the label is absent. */
export function holds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
	const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
	switch (operator) {
		case 'In':
			return value !== undefined && values.includes(value);
		case 'NotIn':
			return value === undefined || !values.includes(value);
		case 'Exists':
			return value !== undefined;
		case 'DoesNotExist':
			return value === undefined;
	}
}

/** Whether a selector matches labels; an absent one matches all. */
export function matchesLabels(selector: LabelSelector | undefined, labels: Labels): boolean {
	return requirementsOf(selector).every((requirement) => holds(requirement, labels));
}

/** The requirement that holds exactly where this one does not. */
export function negated({ key, operator, values }: LabelRequirement): LabelRequirement {
	const opposite = { In: 'NotIn', NotIn: 'In', Exists: 'DoesNotExist', DoesNotExist: 'Exists' } as const;
	return { key, operator: opposite[operator], values };
}
