import type { PodDemand } from './demand.ts';
import type { Pod } from './pod.ts';

/** Set by admission on every pod that it made comply: `<policy>@<digest>` of each policy, with commas between. */
export const appliedAnnotation = 'gpupolicy.dev/applied';

/** The entry of one policy: `rtx3090-only@5f1c…` with the whole digest. */
export function appliedEntry({ policy, digest }: Pick<PodDemand, 'policy' | 'digest'>): string {
	return `${policy}@${digest}`;
}

/** The annotation with the entry of this policy in it, once; entries of other policies stay. */
export function withApplied(demand: Pick<PodDemand, 'policy' | 'digest'>, annotation: string): string {
	const entry = appliedEntry(demand);
	const entries = annotation.split(',');
	if (entries.includes(entry)) return annotation;
	return [...entries.filter((one) => one !== '' && !one.startsWith(`${demand.policy}@`)), entry].join(',');
}

/** The digest of a policy that admission applied to a pod; `null` where the pod does not say that it did. */
export function appliedDigest(policy: string, pod: Pod): string | null {
	return digestIn(policy, pod.metadata?.annotations?.[appliedAnnotation] ?? '');
}

/** The same of the annotation itself. */
export function digestIn(policy: string, annotation: string): string | null {
	const entry = annotation.split(',').find((one) => one.startsWith(`${policy}@`));
	return entry?.slice(policy.length + 1) ?? null;
}
