import { type ApiObject, type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import type { PodDemand } from '../../core/workloads/demand.ts';
import type { ReservedNamespaces } from '../../core/workloads/pod-scope.ts';
import { compileAdmission, objectsOf } from './compile.ts';
import { contentDigest } from './names.ts';
import { type AdmissionObject, type Mutator, nameOf, pods, resourceOf } from './objects.ts';
import { eachAtOnce, pause } from './pause.ts';
import { basePod, type EphemeralShape, type PodShape, type Shapes, shapesFor } from './shapes.ts';
import { apiPod, type Difference, isRefusal, type TrialSettings, tryEphemeral, tryPod } from './trial.ts';

/** What a trial of a policy needs. */
export interface TrialContext {
	readonly cluster: Cluster;
	readonly demand: PodDemand;
	readonly uid: string;
	readonly mutating: Mutator | null;
	readonly reserved: ReservedNamespaces;
	readonly signal: AbortSignal;
	/** How long servers may take to pick objects up, in milliseconds. */
	readonly pickUpMs: number;
	/** Has the API server call our webhook for what is demanded now; absent where there is no webhook. */
	readonly registered?: () => Promise<void>;
}

export type CanaryResult =
	| { readonly state: 'Passed'; readonly shapes: number }
	| { readonly state: 'Failed'; readonly shapes: number; readonly differences: readonly Difference[] };

const width = 8;
const betweenAsksMs = 100;

/** How many shapes prove a policy. */
export function shapeCount(demand: PodDemand): number {
	const { pods: podShapes, ephemeral } = shapesFor(demand, 'Canary');
	return podShapes.length + ephemeral.length;
}

/**
 * Tries a policy out before anybody meets it: applies a copy that reaches only probes, has pods of every shape made in dry runs, and
 * compares each answer with the core's. Whatever happens, the copy is gone afterwards.
 */
export async function runCanary(context: TrialContext): Promise<CanaryResult> {
	const { cluster, demand, uid, mutating, reserved, signal } = context;
	const compiled = compileAdmission(demand, { copy: 'Canary', mutating, uid, reserved });
	const objects = objectsOf(compiled);
	const shapes = shapesFor(demand, 'Canary');
	const settings: TrialSettings = { demand, mutates: compiled.mutation !== null, reserved };
	const bases = new Map<boolean, ApiObject>();
	try {
		for (const object of inOrderOfKinds(objects)) await cluster.apply(resourceOf(object), object, { signal });
		await context.registered?.();
		const sentinels = sentinelsOf(compiled, shapes);
		const deadline = performance.now() + context.pickUpMs;
		while ((await Promise.all(sentinels.map((shape) => tryPod(cluster, shape, settings, signal)))).some(Boolean)) {
			if (performance.now() > deadline) break;
			await pause(betweenAsksMs, signal);
		}
		for (const mutated of new Set(shapes.ephemeral.map((shape) => shape.mutated))) {
			try {
				bases.set(mutated, await putBase(context, mutated));
			} catch (error) {
				if (!(error instanceof ClusterError && (isRefusal(error) || error.failure === 'Invalid'))) throw error;
				const shapesInAll = shapes.pods.length + shapes.ephemeral.length;
				return { state: 'Failed', shapes: shapesInAll, differences: [{ shape: 'a pod in order', message: error.message }] };
			}
		}
		const all: readonly (PodShape | EphemeralShape)[] = [...shapes.pods, ...shapes.ephemeral];
		let open = all;
		for (;;) {
			const answers = await eachAtOnce(open, width, (shape) => trial(cluster, shape, bases, settings, signal));
			// Another API server behind the same address may pick the copy up later: what differs is asked again.
			open = open.filter((_, index) => answers[index] !== null);
			if (open.length === 0) return { state: 'Passed', shapes: all.length };
			if (performance.now() > deadline) {
				return { state: 'Failed', shapes: all.length, differences: answers.filter((answer) => answer !== null) };
			}
			await pause(betweenAsksMs, signal);
		}
	} finally {
		await removeCopy(context, objects, [...bases.values()]);
	}
}

/** The shapes that tell whether each compiled part is in force. */
export function sentinelsOf(
	{ mutation, validation, bypass }: { readonly [P in 'mutation' | 'validation' | 'bypass']: unknown },
	shapes: Shapes,
): readonly PodShape[] {
	return [...(mutation ? [shapes.mutation] : []), ...(validation ? [shapes.validation] : []), ...(bypass ? [shapes.bypass] : [])];
}

/** Policies of every part first: a binding never finds its policy missing. */
function inOrderOfKinds(objects: readonly AdmissionObject[]): readonly AdmissionObject[] {
	return objects.toSorted((a, b) => Number(isBinding(a)) - Number(isBinding(b)));
}

function isBinding({ kind }: AdmissionObject): boolean {
	return kind.endsWith('Binding');
}

function trial(
	cluster: Cluster,
	shape: PodShape | EphemeralShape,
	bases: ReadonlyMap<boolean, ApiObject>,
	settings: TrialSettings,
	signal: AbortSignal,
): Promise<Difference | null> {
	if ('pod' in shape) return tryPod(cluster, shape, settings, signal);
	const base = bases.get(shape.mutated);
	if (!base) throw new Error(`no pod to join for ${shape.name}`);
	return tryEphemeral(cluster, base, shape, settings, signal);
}

/** The pod that ephemeral containers join: stored, held back by a scheduling gate, and removed with the copy. */
async function putBase({ cluster, demand, reserved, signal }: TrialContext, mutated: boolean): Promise<ApiObject> {
	const name = `canary-${contentDigest([demand.policy, demand.digest, mutated]).slice(0, 20)}`;
	const pod = apiPod(basePod(demand, 'Canary', name, mutated), reserved.probe);
	for (let attempt = 1; ; attempt++) {
		try {
			return (await cluster.create(pods, pod, { signal })).object;
		} catch (error) {
			if (!(error instanceof ClusterError && error.failure === 'AlreadyExists') || attempt === 3) throw error;
			await cluster.delete(pods, { name, namespace: reserved.probe }, { signal });
		}
	}
}

/** Also after an abort, as far as the client still lets us: what is left is found by its labels later. */
async function removeCopy(
	{ cluster, reserved }: TrialContext,
	objects: readonly AdmissionObject[],
	bases: readonly ApiObject[],
): Promise<void> {
	const removals = [
		...inOrderOfKinds(objects)
			.toReversed()
			.map((object) => () => cluster.delete(resourceOf(object), nameOf(object))),
		...bases.map(
			({ metadata }) =>
				() =>
					cluster.delete(pods, { name: metadata.name, namespace: reserved.probe }),
		),
	];
	for (const remove of removals) {
		try {
			await remove();
		} catch (error) {
			if (!(error instanceof ClusterError)) throw error;
		}
	}
}
