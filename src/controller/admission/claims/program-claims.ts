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

/** What was done to the objects of a policy. */
export interface ProgrammedClaims {
	/** Objects that were made or changed, `kind/name`. */
	readonly changed: readonly string[];
	/** What kept the mutation from being seen at work, so that the check does not refuse yet. */
	readonly unseen: Difference | null;
}

/** Whether every object is in place and no other. */
export function claimsProgrammed(compiled: CompiledClaims, live: LiveObjects): boolean {
	const objects = claimObjectsOf(compiled);
	return objects.length === live.all().length && objects.every((object) => isAsCompiled(object, live.get(object)));
}

/**
 * Puts the real objects in place. No claim is ever refused for what our own change made of it: a check that refuses is relaxed before the
 * mutation changes or goes, and refuses only after the mutation was seen at work.
 */
export async function programClaims(trial: ClaimsTrial, compiled: CompiledClaims, live: LiveObjects): Promise<ProgrammedClaims> {
	const { cluster, signal } = trial;
	const { mutation, validation } = compiled;
	const changed: string[] = [];
	const put = async (object: AdmissionObject | null): Promise<void> => {
		if (!object) return;
		await putObject(cluster, object, signal);
		changed.push(`${object.kind}/${object.metadata.name}`);
	};
	const wanted = new Set(claimObjectsOf(compiled).map(({ kind, metadata }) => `${kind}/${metadata.name}`));
	const strays = live.all().filter(({ kind, metadata }) => !wanted.has(`${kind}/${metadata.name}`));
	const mutationDiffers = differs(mutation, live) || strays.some(({ kind }) => kind.startsWith('Mutating'));
	const refusing = live.all().filter(isRefusing);
	const relaxes = mutationDiffers && differs(validation, live) && refusing.length > 0;
	if (relaxes) {
		for (const object of refusing) await put(relaxed(object));
		await claimsSeenAtWork(trial, 'Relaxed');
		await pause(lagMs, signal);
	}
	if (mutation) {
		for (const object of objectsOf(mutation)) if (!isAsCompiled(object, live.get(object))) await put(object);
	}
	const checkDiffers = relaxes || differs(validation, live);
	if (mutation && checkDiffers) {
		const unseen = await claimsSeenAtWork(trial, 'Mutation');
		if (unseen) return { changed, unseen };
		await pause(lagMs, signal);
	}
	for (const object of objectsOf(validation)) if (relaxes || !isAsCompiled(object, live.get(object))) await put(object);
	await remove(cluster, strays, signal);
	return { changed: [...new Set(changed)], unseen: null };
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
