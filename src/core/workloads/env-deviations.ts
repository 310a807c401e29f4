import type { DemandedVariable, PodDemand } from './demand.ts';
import type { PodContainer, PodEnv } from './pod.ts';

/** How one variable of one container is not as a policy demands. */
export interface EnvDeviation {
	readonly container: string;
	readonly name: string;
	/** The value that it must have, as it stands in a pod. */
	readonly want: string;
	readonly found:
		| { readonly state: 'Missing' }
		| { readonly state: 'ValueFrom' }
		| { readonly state: 'Value'; readonly value: string };
}

/**
 * Every deviation of one container that is in scope: missing variables in the order of the policy, then wrong entries in the order
 * of the container. A variable that stands twice is wrong by each wrong entry. `envFrom` is not looked into: `env` stands over it.
 */
export function envDeviations({ variables }: Pick<PodDemand, 'variables'>, container: PodContainer): readonly EnvDeviation[] {
	const env = container.env ?? [];
	const missing = variables.filter(({ name }) => !env.some((entry) => entry.name === name));
	return [
		...missing.map((variable) => deviation(container, variable, { state: 'Missing' })),
		...env.flatMap((entry) => {
			const variable = wanted(variables, entry);
			if (!variable || isRight(entry, variable)) return [];
			const found = isFrom(entry) ? ({ state: 'ValueFrom' } as const) : ({ state: 'Value', value: entry.value ?? '' } as const);
			return [deviation(container, variable, found)];
		}),
	];
}

/** The env that admission makes of a container's: wrong entries in their place, missing ones at the end. */
export function convergedEnv({ variables }: Pick<PodDemand, 'variables'>, env: readonly PodEnv[]): readonly PodEnv[] {
	return [
		...env.map((entry) => wanted(variables, entry) ?? entry),
		...variables.filter(({ name }) => !env.some((entry) => entry.name === name)),
	];
}

function wanted(variables: readonly DemandedVariable[], { name }: PodEnv): DemandedVariable | undefined {
	return variables.find((variable) => variable.name === name);
}

function isFrom({ valueFrom }: PodEnv): boolean {
	return valueFrom !== undefined && valueFrom !== null;
}

function isRight(entry: PodEnv, { value }: DemandedVariable): boolean {
	return !isFrom(entry) && (entry.value ?? '') === value;
}

function deviation(container: PodContainer, { name, value }: DemandedVariable, found: EnvDeviation['found']): EnvDeviation {
	return { container: container.name, name, want: value, found };
}
