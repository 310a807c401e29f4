import type { Parameters } from 'fast-check';

/**
 * Parameters of a property: `FC_SEED` repeats a run, `FC_RUNS` sets how many cases are tried (`standard` without it).
 * fast-check prints seed, path and the shrunk case when a property fails.
 */
export function runs(standard: number): Parameters<unknown> {
	const seed = process.env.FC_SEED;
	const count = process.env.FC_RUNS;
	return { numRuns: count === undefined ? standard : Number(count), ...(seed === undefined ? {} : { seed: Number(seed) }) };
}
