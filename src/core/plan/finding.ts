import type { RuleId } from './rules.ts';

/**
 * What becomes of a finding:
 * - `fixable`: `reconcile` mends it
 * - `audit`: `reconcile` would mend it, but its policy only audits
 * - `person`: only a person can
 * - `unknown`: cannot be judged, a fact is missing
 * - `ignored`: covered by an ignore comment with a reason, or on hold after a rollback
 */
export type Disposition = 'fixable' | 'audit' | 'person' | 'unknown' | 'ignored';

/** A place in a file as people count: lines and columns from 1, columns in characters. */
export interface Place {
	readonly line: number;
	readonly column: number;
	/** Exclusive; on the same line (a longer span is cut at the end of its first line). */
	readonly endColumn: number;
	/** The line itself with secrets as `***`; empty where it must not be shown. */
	readonly excerpt: string;
}

/** One deviation of one file from one policy, with the place and the way out. */
export interface Finding {
	readonly rule: RuleId;
	/** `null` where it concerns the file under every policy (it cannot be parsed, for one). */
	readonly policy: string | null;
	readonly path: string;
	readonly place: Place | null;
	/** What is, in one sentence without the path. */
	readonly message: string;
	/** What to write or type; completes the caret line. */
	readonly hint: string;
	/** Field of the policy that asks for it: `spec.files[0].deviceOrdinal`. */
	readonly field: string | null;
	readonly disposition: Disposition;
}
