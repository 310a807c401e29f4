import { sentinelsOf, type TrialContext } from './canary.ts';
import type { CompiledAdmission } from './compile.ts';
import { pause } from './pause.ts';
import { type PodShape, shapesFor } from './shapes.ts';
import { type Difference, type TrialSettings, tryPod } from './trial.ts';

/** Fresh connections that must all be answered: several API servers may stand behind one address. */
export const freshConnections = 3;

const betweenAsksMs = 100;

/** What of the real objects must be seen at work. */
export type Awaited = 'Mutation' | 'Relaxed' | 'Everything';

/**
 * Asks the real objects, by their second binding, until three fresh connections in a row are answered as planned:
 * - `Mutation`: pods are changed
 * - `Relaxed`: a pod that deviates passes
 * - `Everything`: every part answers with the digest of this policy
 *
 * `null` when it was seen; what differed last where the time ran out.
 */
export async function seenAtWork(context: TrialContext, compiled: CompiledAdmission, what: Awaited): Promise<Difference | null> {
	const { cluster, demand, reserved, signal, pickUpMs } = context;
	const shapes = shapesFor(demand, 'Bound');
	const asked: readonly PodShape[] =
		what === 'Mutation' ? [shapes.mutation] : what === 'Relaxed' ? [shapes.validation] : sentinelsOf(compiled, shapes);
	const settings: TrialSettings = {
		demand: what === 'Relaxed' ? { ...demand, mode: 'Enforce' } : demand,
		mutates: compiled.mutation !== null,
		reserved,
		...(what === 'Everything' ? {} : { parts: { denials: false } }),
	};
	const deadline = performance.now() + pickUpMs;
	for (let seen = 0; seen < freshConnections; ) {
		const fresh = cluster.freshConnection();
		// One after the other: they share one connection, and on a slow server the last would wait for it until its time is over.
		let difference: Difference | null = null;
		for (const shape of asked) difference ??= await tryPod(fresh, shape, settings, signal);
		if (difference === null) {
			seen++;
			continue;
		}
		if (performance.now() > deadline) return difference;
		seen = 0;
		await pause(betweenAsksMs, signal);
	}
	return null;
}
