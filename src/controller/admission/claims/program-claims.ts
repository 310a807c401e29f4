import type { ApiObject } from '../../../core/ports/cluster.ts';
import type { CompiledPart } from '../compile.ts';
import type { LiveObjects } from '../live-objects.ts';
import type { AdmissionObject } from '../objects.ts';
import { pause } from '../pause.ts';
import { relaxed, remove } from '../program.ts';
import { isAsCompiled, putObject } from '../put-object.ts';
import type { Difference } from '../trial.ts';
import { type ClaimsTrial, claimsSeenAtWork } from './claims-trial.ts';
import { type CompiledClaims, claimObjectsOf } from './compile-claims.ts';

/** API servers refresh their policies each second, each for itself: how long one may lag behind those that were seen. */
const lagMs = 1000;

/** Whether every object is in place and no other. */
export function claimsProgrammed(compiled: CompiledClaims, live: LiveObjects): boolean {
	const objects = claimObjectsOf(compiled);
	return objects.length === live.all().length && objects.every((object) => isAsCompiled(object, live.get(object)));
}

/** What is not as it was put in place, `kind/name`: changed, deleted or added since. */
export function differingClaims(compiled: CompiledClaims, live: LiveObjects): readonly string[] {
	const changed = claimObjectsOf(compiled).filter((object) => !isAsCompiled(object, live.get(object)));
	return [...changed, ...straysOf(compiled, live)].map(nameOf);
}

/**
 * Puts the real objects in place. No claim is ever refused for what our own change made of it: a check that refuses is relaxed before the
 * mutation changes or goes, and refuses only after the mutation was seen at work. `null`, or what kept the mutation from being seen.
 */
export async function programClaims(trial: ClaimsTrial, compiled: CompiledClaims, live: LiveObjects): Promise<Difference | null> {
	const { cluster, signal } = trial;
	const { mutation, validation } = compiled;
	const strays = straysOf(compiled, live);
	const mutationDiffers = differs(mutation, live) || strays.some(({ kind }) => kind.startsWith('Mutating'));
	const refusing = live.all().filter(isRefusing);
	const relaxes = mutationDiffers && differs(validation, live) && refusing.length > 0;
	if (relaxes) {
		for (const object of refusing) await putObject(cluster, relaxed(object), signal);
		await claimsSeenAtWork(trial, 'Relaxed');
		await pause(lagMs, signal);
	}
	if (mutation) {
		for (const object of objectsOf(mutation))
			if (!isAsCompiled(object, live.get(object))) await putObject(cluster, object, signal);
	}
	if (mutation && (relaxes || differs(validation, live))) {
		const unseen = await claimsSeenAtWork(trial, 'Mutation');
		if (unseen) return unseen;
		await pause(lagMs, signal);
	}
	// Relaxed bindings differ from what was listed.
	for (const object of objectsOf(validation))
		if (relaxes || !isAsCompiled(object, live.get(object))) await putObject(cluster, object, signal);
	await remove(cluster, strays, signal);
	return null;
}

function straysOf(compiled: CompiledClaims, live: LiveObjects): readonly ApiObject[] {
	const wanted = new Set(claimObjectsOf(compiled).map(nameOf));
	return live.all().filter((object) => !wanted.has(nameOf(object)));
}

function nameOf({ kind, metadata }: Pick<ApiObject, 'kind' | 'metadata'>): string {
	return `${kind}/${metadata.name}`;
}

function objectsOf({ policy, scope, probe }: CompiledPart): readonly AdmissionObject[] {
	return [policy, scope, probe].filter((object) => object !== null);
}

function differs(part: CompiledPart | null, live: LiveObjects): boolean {
	return part !== null && objectsOf(part).some((object) => !isAsCompiled(object, live.get(object)));
}

function isRefusing({ kind, spec }: ApiObject): boolean {
	const { validationActions = [] } = (spec ?? {}) as { readonly validationActions?: readonly string[] };
	return kind === 'ValidatingAdmissionPolicyBinding' && validationActions.includes('Deny');
}
