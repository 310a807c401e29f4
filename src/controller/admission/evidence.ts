import { appliedEntry } from '../../core/workloads/applied-annotation.ts';
import type { PodDemand } from '../../core/workloads/demand.ts';
import { shownDigestLength } from '../../core/workloads/messages.ts';
import type { CompiledAdmission, CompiledPart } from './compile.ts';
import { freshConnections } from './fresh-connections.ts';
import type { Difference } from './trial.ts';
import { shownAddress, type WebhookAddress } from './webhook/configuration.ts';

/** Admission policies of ours from which on the status warns: each costs every pod creation about 0.7 ms. */
const manyPolicies = 50;

/** What the condition of a policy that is in force says: what was seen, and what it does not reach. */
export function evidence(
	demand: PodDemand,
	compiled: CompiledAdmission,
	seen: { readonly shapes: number; readonly policiesOfAll: number; readonly webhook: WebhookAddress | null },
): string {
	const parts = [
		compiled.mutation && changer(compiled.mutation, seen.webhook),
		compiled.validation &&
			`${demand.mode === 'Enforce' ? 'refused' : 'reported'} by ${compiled.validation.policy.metadata.name} where env deviates`,
		compiled.bypass &&
			`${demand.mode === 'Enforce' && demand.bypass === 'Deny' ? 'refused' : 'warned about'} by ${compiled.bypass.policy.metadata.name} where they reach GPUs around the device plugin`,
	].filter((part) => part !== null);
	return [
		`${shortEntry(demand)}: ${seen.shapes} of ${seen.shapes} pod shapes answered as planned before it was bound, ${freshConnections} of ${freshConnections} fresh connections since; ${parts.join(', ')}`,
		...limits(demand),
		...(seen.policiesOfAll > manyPolicies
			? [
					`${seen.policiesOfAll} admission policies of ours are more than ${manyPolicies}: each costs every pod creation up to 0.7 ms`,
				]
			: []),
	].join('. ');
}

function changer({ policy: { kind, apiVersion, metadata } }: CompiledPart, webhook: WebhookAddress | null): string {
	return kind === 'ConfigMap'
		? `pods are changed by our webhook at ${webhook ? shownAddress(webhook) : 'an unknown address'} as the ConfigMap ${metadata.namespace}/${metadata.name} says`
		: `pods are changed by ${metadata.name} (${apiVersion})`;
}

/** `rtx3090-only@5f1c0e7a9b24` */
export function shortEntry({ policy, digest }: PodDemand): string {
	return appliedEntry({ policy, digest: digest.slice(0, shownDigestLength) });
}

/** What the policy leaves alone, and why. */
function limits(demand: PodDemand): readonly string[] {
	const exempt = demand.exemptions.map(({ reason }, index) => `exemptions[${index}]: ${reason}`);
	return [
		...(exempt.length > 0
			? [`Exempt: ${exempt.slice(0, 20).join('; ')}${exempt.length > 20 ? `; ${exempt.length - 20} more` : ''}`]
			: []),
		...(demand.withheld.length > 0
			? [`Never set in pods: ${demand.withheld.map(({ name, because }) => `${name} (${because})`).join(', ')}`]
			: []),
		...(demand.containers === 'RequestingGpu' && demand.variables.length > 0
			? ['A container with any resource claim or device class counts as one that asks for a GPU: a pod shows only their names']
			: []),
	];
}

/** What a canary that failed says. */
export function describeDifferences(demand: PodDemand, shapes: number, differences: readonly Difference[]): string {
	const shown = differences.slice(0, 3).map(({ shape, message }) => `${shape}: ${message}`);
	const more = differences.length - shown.length;
	return `${shortEntry(demand)}: ${differences.length} of ${shapes} pod shapes were not answered as planned, so that nothing was bound: ${shown.join('; ')}${more > 0 ? `; ${more} more` : ''}`;
}
