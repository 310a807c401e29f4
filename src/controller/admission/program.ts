import type { ApiObject, Cluster } from '../../core/ports/cluster.ts';
import type { TrialContext } from './canary.ts';
import { type CompiledAdmission, type CompiledPart, objectsOf } from './compile.ts';
import type { LiveObjects } from './live-objects.ts';
import { type AdmissionObject, admissionGroup, admissionKinds, isMutating, nameOf, resourceOf } from './objects.ts';
import { pause } from './pause.ts';
import { seenAtWork } from './probe.ts';
import { isAsCompiled, putObject } from './put-object.ts';
import type { Difference } from './trial.ts';

/** API servers refresh their policies each second, each for itself: how long one may lag behind those that were seen. */
const lagMs = 1000;

/**
 * Puts the real objects in place. No pod is ever refused for what our own change made of it: a check that refuses is relaxed
 * before the mutation changes, and refuses only after the mutation was seen at work. `null`, or what kept the mutation from being seen, so
 * that the check was not bound.
 */
export async function program(context: TrialContext, compiled: CompiledAdmission, live: LiveObjects): Promise<Difference | null> {
	const { cluster, signal } = context;
	const put = async (part: CompiledPart | null): Promise<void> => {
		const due = [part?.policy, part?.scope, part?.probe].filter((one) => one && !isAsCompiled(one, live.get(one)));
		for (const object of due) {
			if (!object) continue;
			await putObject(cluster, object, signal);
		}
	};
	const strays = straysOf(compiled, live);
	const replaced = strays.filter(({ kind }) => isMutating(kind));
	const mutationDiffers = differs(compiled.mutation, live) || replaced.length > 0;
	const refusing = refusingBindings(live);
	// A mutation that somebody changed by hand is put back under a check that stays as it is.
	const demandDiffers = compiled.validation === null || differs(compiled.validation, live);
	const relaxes = mutationDiffers && demandDiffers && refusing.length > 0;
	if (relaxes) {
		for (const object of refusing) await putObject(cluster, relaxed(object), signal);
		await seenAtWork(context, compiled, 'Relaxed');
		await pause(lagMs, signal);
	}
	await put(compiled.mutation);
	await context.registered?.();
	if (compiled.mutation && replaced.length > 0) {
		// What changed pods so far goes only when every server knows what does from now on; for a moment both do, with the same result.
		await pause(2 * lagMs, signal);
		await remove(cluster, replaced, signal);
	}
	if (compiled.mutation && isRefusing(compiled.validation) && (relaxes || differs(compiled.validation, live))) {
		const unseen = await seenAtWork(context, compiled, 'Mutation');
		if (unseen) return unseen;
		await pause(lagMs, signal);
	}
	// Relaxed bindings differ from what was listed.
	if (relaxes && compiled.validation) {
		for (const object of [compiled.validation.policy, compiled.validation.scope, compiled.validation.probe]) {
			if (object) await putObject(cluster, object, signal);
		}
	} else await put(compiled.validation);
	await put(compiled.bypass);
	await remove(cluster, compiled.mutation ? strays.filter((stray) => !replaced.includes(stray)) : strays, signal);
	if (replaced.length > 0) await context.registered?.();
	return null;
}

/** Whether every object of a policy is in place and no other. */
export function isProgrammed(compiled: CompiledAdmission, live: LiveObjects): boolean {
	const objects = objectsOf(compiled);
	return objects.length === live.all().length && objects.every((object) => isAsCompiled(object, live.get(object)));
}

/** What is not as it was put in place, `kind/name`: changed, deleted or added since. */
export function differing(compiled: CompiledAdmission, live: LiveObjects): readonly string[] {
	const changed = objectsOf(compiled).filter((object) => !isAsCompiled(object, live.get(object)));
	return [...changed, ...straysOf(compiled, live)].map(shownName);
}

/** Objects of a policy that it does not ask for. */
function straysOf(compiled: CompiledAdmission, live: LiveObjects): readonly ApiObject[] {
	const wanted = new Set(objectsOf(compiled).map(shownName));
	return live.all().filter((object) => !wanted.has(shownName(object)));
}

function shownName({ kind, metadata }: Pick<ApiObject, 'kind' | 'metadata'>): string {
	return `${kind}/${metadata.name}`;
}

/** Takes objects away: checks first, so that nothing is refused that is no longer changed. */
export async function withdraw(cluster: Cluster, live: LiveObjects, signal: AbortSignal): Promise<readonly string[]> {
	const objects = live.all();
	const checks = objects.filter(({ kind }) => kind.startsWith('Validating'));
	const mutations = objects.filter(({ kind }) => isMutating(kind));
	await remove(cluster, checks, signal);
	if (mutations.length > 0 && checks.length > 0) await pause(lagMs, signal);
	await remove(cluster, mutations, signal);
	return objects.map(shownName);
}

/** Bindings before their policies. */
export async function remove(cluster: Cluster, objects: readonly ApiObject[], signal: AbortSignal): Promise<void> {
	const rank = ({ kind }: ApiObject): number => (admissionKinds as readonly string[]).indexOf(kind);
	for (const object of objects.toSorted((a, b) => rank(b) - rank(a))) {
		const { uid } = object.metadata;
		await cluster.delete(resourceOf(object as AdmissionObject), nameOf(object), {
			signal,
			...(uid === undefined ? {} : { uid }),
		});
	}
}

function differs(part: CompiledPart | null, live: LiveObjects): boolean {
	return [part?.policy, part?.scope, part?.probe].some((one) => one && !isAsCompiled(one, live.get(one)));
}

function isRefusing(part: CompiledPart | null): boolean {
	const actions = (part?.probe?.spec as { readonly validationActions?: unknown } | undefined)?.validationActions;
	return Array.isArray(actions) && actions.includes('Deny');
}

/** Bindings of the env check that refuse pods now. */
function refusingBindings(live: LiveObjects): readonly ApiObject[] {
	return live.all().filter(({ kind, metadata, spec }) => {
		if (kind !== 'ValidatingAdmissionPolicyBinding' || !metadata.name.startsWith('gpupolicy-env')) return false;
		return ((spec as { readonly validationActions?: readonly string[] }).validationActions ?? []).includes('Deny');
	});
}

/** The same binding, which only notes in the audit log. */
export function relaxed({ metadata, spec }: ApiObject): AdmissionObject {
	const { name, labels, annotations, ownerReferences } = metadata;
	return {
		apiVersion: `${admissionGroup}/v1`,
		kind: 'ValidatingAdmissionPolicyBinding',
		metadata: {
			name,
			...(labels ? { labels } : {}),
			...(annotations ? { annotations } : {}),
			...(ownerReferences ? { ownerReferences } : {}),
		},
		spec: { ...(spec as Readonly<Record<string, unknown>>), validationActions: ['Audit'] },
	};
}
