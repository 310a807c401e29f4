import type { Cluster } from '../../core/ports/cluster.ts';
import { pause } from './pause.ts';
import type { Difference } from './trial.ts';

/** Fresh connections that must all be answered: several API servers may stand behind one address. */
export const freshConnections = 3;

const betweenAsksMs = 100;

/**
 * Tries every shape on one fresh connection after another, until so many in a row were answered as planned: `null`. Else what differed last
 * when the servers had their `pickUpMs`.
 */
export async function seenOnFreshConnections<Shape>(
	{ cluster, signal, pickUpMs }: { readonly cluster: Cluster; readonly signal: AbortSignal; readonly pickUpMs: number },
	shapes: readonly Shape[],
	tryShape: (fresh: Cluster, shape: Shape) => Promise<Difference | null>,
): Promise<Difference | null> {
	const deadline = performance.now() + pickUpMs;
	for (let seen = 0; seen < freshConnections; ) {
		const fresh = cluster.freshConnection();
		// One after the other: they share one connection, and on a slow server the last would wait for it until its time is over.
		let difference: Difference | null = null;
		for (const shape of shapes) difference ??= await tryShape(fresh, shape);
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
