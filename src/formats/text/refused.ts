import type { Diagnostic, IgnoreComment, Scan } from '../../core/ports/format.ts';

/** The scan of a file that must stay as it is: what the diagnostics say and nothing that could be changed. */
export function refused(diagnostics: readonly Diagnostic[], ignores: readonly IgnoreComment[] = []): Scan {
	return { carriers: [], devices: [], blocks: [], diagnostics, ignores };
}
