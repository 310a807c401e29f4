/** How much a run proves: a sample by default, everything with `SOAK=1`. The seed is printed; `FC_SEED` repeats a run. */
const SOAK: boolean = process.env['SOAK'] === '1';

export const SEED: number = process.env['FC_SEED'] === undefined ? Date.now() & 0x7fffffff : Number(process.env['FC_SEED']);

/** `few` in a common run, `many` in a soak; `FC_RUNS` overrides both. */
export function amount(few: number, many: number): number {
	return process.env['FC_RUNS'] === undefined ? (SOAK ? many : few) : Number(process.env['FC_RUNS']);
}

/** Parts of at most `size` items, in order. */
export function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
	for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** The first of many violations, one a line, and how many there are. */
export function summary(violations: readonly string[], shown = 25): string {
	const more = violations.length > shown ? `\n… and ${violations.length - shown} more` : '';
	return `${violations.length} violations (FC_SEED=${SEED}${SOAK ? ' SOAK=1' : ''} repeats this run):\n${violations.slice(0, shown).join('\n')}${more}`;
}
