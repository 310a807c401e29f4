import type { PodDemand } from './demand.ts';

/** An Enforce policy over every pod that asks for a GPU, for tests that change what they are about. */
export function demandOf(changes: Partial<PodDemand> & Pick<PodDemand, 'policy' | 'variables'>): PodDemand {
	return {
		digest: 'd',
		mode: 'Enforce',
		namespaceSelector: {},
		podSelector: {},
		containers: 'RequestingGpu',
		bypass: 'Warn',
		exemptions: [],
		withheld: [],
		...changes,
	};
}
