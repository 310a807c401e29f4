import type { LabelSelector } from '../../api/v1alpha1.generated.ts';
import { celString, celStrings } from '../../core/cel/literals.ts';
import { type LabelRequirement, requirementsOf } from '../../core/workloads/label-selector.ts';

/** A map of strings. */
export function celMap(entries: readonly (readonly [string, string])[]): string {
	return `{${entries.map(([key, value]) => `${celString(key)}: ${celString(value)}`).join(', ')}}`;
}

/** Whether the map of labels that `labels` names matches a selector; `true` where it has no requirements. */
export function celSelector(selector: LabelSelector | undefined, labels: string): string {
	const all = requirementsOf(selector).map((requirement) => celRequirement(requirement, labels));
	return all.length === 0 ? 'true' : all.join(' && ');
}

function celRequirement({ key, operator, values }: LabelRequirement, labels: string): string {
	const has = `${celString(key)} in ${labels}`;
	const among = `${has} && ${labels}[${celString(key)}] in ${celStrings(values)}`;
	switch (operator) {
		case 'In':
			return `(${among})`;
		case 'NotIn':
			return `!(${among})`;
		case 'Exists':
			return `${has}`;
		case 'DoesNotExist':
			return `!(${has})`;
	}
}
