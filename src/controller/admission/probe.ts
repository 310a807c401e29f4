import { sentinelsOf, type TrialContext } from './canary.ts';
import type { CompiledAdmission } from './compile.ts';
import { seenOnFreshConnections } from './fresh-connections.ts';
import { type PodShape, shapesFor } from './shapes.ts';
import { type Difference, type TrialSettings, tryPod } from './trial.ts';

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
	const { demand, reserved, signal } = context;
	const shapes = shapesFor(demand, 'Bound');
	const asked: readonly PodShape[] =
		what === 'Mutation' ? [shapes.mutation] : what === 'Relaxed' ? [shapes.validation] : sentinelsOf(compiled, shapes);
	const settings: TrialSettings = {
		demand: what === 'Relaxed' ? { ...demand, mode: 'Enforce' } : demand,
		mutates: compiled.mutation !== null,
		reserved,
		...(what === 'Everything' ? {} : { parts: { denials: false } }),
	};
	return seenOnFreshConnections(context, asked, (fresh, shape) => tryPod(fresh, shape, settings, signal));
}
