import type { FilePolicy } from '../../../src/core/desired/file-policy.ts';
import { type FilePlan, planFile } from '../../../src/core/plan/plan-file.ts';
import type { Interest, Scan, Source } from '../../../src/core/ports/format.ts';
import { python } from '../../../src/formats/python/index.ts';
import { context } from './policy.ts';

/** One file before and after the engine dealt with it. */
export interface Converged {
	readonly source: Source;
	readonly scan: Scan;
	readonly plan: FilePlan;
	/** The same bytes as `source.bytes` where nothing is changed. */
	readonly after: Uint8Array;
	/** Why the engine left the file as it is; `null` where it did not refuse. */
	readonly refused: string | null;
}

/** The engine under test, exactly as a pass of `reconcile` drives it: prefilter, scan, plan, edit. */
export function converge(source: Source, interest: Interest, policies: readonly FilePolicy[], prune = false): Converged {
	const scan = python.scan(source, interest);
	const plan = planFile(python, source, interest, policies, context(policies, prune));
	const refused =
		scan.diagnostics.find((diagnostic) => diagnostic.refuses)?.message ??
		plan.findings.find((finding) => finding.hint.startsWith('the file is left as it is'))?.message ??
		null;
	return { source, scan, plan, after: plan.edit?.after ?? source.bytes, refused };
}

/** Does the prefilter let the source through to the scan? */
export function passesPrefilter(source: Source, interest: Interest): boolean {
	return python.mayConcern(source.bytes, interest, false);
}
