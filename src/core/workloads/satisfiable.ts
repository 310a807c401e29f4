import { holds, type LabelRequirement, type Labels, negated } from './label-selector.ts';

/** Requirements on the labels of a namespace and on those of a pod in it. */
export interface ScopeRequirements {
	readonly namespace: readonly LabelRequirement[];
	readonly pod: readonly LabelRequirement[];
}

/** Labels that satisfy requirements. */
export interface Witness {
	readonly namespace: Labels;
	readonly pod: Labels;
}

/**
 * - `Satisfiable`: these labels do
 * - `Contradictory`: no labels ever do
 * - `Undecided`: too many combinations of exemptions to tell
 */
export type Satisfiability =
	| { readonly state: 'Satisfiable'; readonly witness: Witness }
	| { readonly state: 'Contradictory' }
	| { readonly state: 'Undecided' };

/** Combinations that are looked at before giving up. */
const branchLimit = 20_000;

/**
 * Whether some pod in some namespace satisfies all of `required` and none of `excluded` (each excludes what satisfies all of it).
 * Exact: every branch picks one requirement to break of an exclusion that its witness meets, and one conjunction is decided key by key.
 */
export function satisfiable(required: ScopeRequirements, excluded: readonly ScopeRequirements[]): Satisfiability {
	let branches = 0;
	let gaveUp = false;
	const visit = (scope: ScopeRequirements, rest: readonly ScopeRequirements[]): Witness | null => {
		if (++branches > branchLimit) {
			gaveUp = true;
			return null;
		}
		const witness = witnessOf(scope);
		if (!witness) return null;
		const at = rest.findIndex((exclusion) => excludes(exclusion, witness));
		const broken = rest[at];
		if (!broken) return witness;
		const others = rest.toSpliced(at, 1);
		for (const one of broken.namespace) {
			const found = visit({ ...scope, namespace: [...scope.namespace, negated(one)] }, others);
			if (found || gaveUp) return found;
		}
		for (const one of broken.pod) {
			const found = visit({ ...scope, pod: [...scope.pod, negated(one)] }, others);
			if (found || gaveUp) return found;
		}
		return null;
	};
	const witness = visit(required, excluded);
	if (witness) return { state: 'Satisfiable', witness };
	return { state: gaveUp ? 'Undecided' : 'Contradictory' };
}

function excludes({ namespace, pod }: ScopeRequirements, witness: Witness): boolean {
	return namespace.every((one) => holds(one, witness.namespace)) && pod.every((one) => holds(one, witness.pod));
}

function witnessOf({ namespace, pod }: ScopeRequirements): Witness | null {
	const ofNamespace = labelsFor(namespace);
	const ofPod = ofNamespace && labelsFor(pod);
	return ofPod && { namespace: ofNamespace, pod: ofPod };
}

/** Labels that satisfy a conjunction, with as few keys as can be; `null` where none do. */
export function labelsFor(requirements: readonly LabelRequirement[]): Labels | null {
	const labels: Record<string, string> = {};
	for (const key of new Set(requirements.map((requirement) => requirement.key))) {
		const own = requirements.filter((requirement) => requirement.key === key);
		const candidates = [undefined, ...candidateValues(own)];
		const fits = candidates.find((value) =>
			own.every((requirement) => holds(requirement, value === undefined ? {} : { [key]: value })),
		);
		if (fits === undefined && !own.every((requirement) => holds(requirement, {}))) return null;
		if (fits !== undefined) labels[key] = fits;
	}
	return labels;
}

/** Values that decide: those that an In allows, or else one that no NotIn names. */
function candidateValues(requirements: readonly LabelRequirement[]): readonly string[] {
	const allowing = requirements.find(({ operator }) => operator === 'In');
	if (allowing) return allowing.values;
	const denied = new Set(requirements.flatMap(({ operator, values }) => (operator === 'NotIn' ? values : [])));
	let value = 'any';
	for (let n = 0; denied.has(value); n++) value = `any-${n}`;
	return [value];
}
