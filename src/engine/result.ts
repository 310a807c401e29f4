import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import type { ResolvedPolicy } from '../core/desired/resolve.ts';
import type { Conflict } from '../core/plan/conflicts.ts';
import type { Finding } from '../core/plan/finding.ts';
import type { TextEdit } from '../core/ports/format.ts';
import type { Recovery } from '../core/ports/journal.ts';
import type { SkippedEntry, Stamp } from '../core/ports/worktree.ts';
import type { ObservedDevices } from '../core/status/observation.ts';

/** A change that was planned, and written if `written`. */
export interface FileChange {
	readonly summary: string;
	readonly policies: readonly string[];
	readonly edits: readonly TextEdit[];
	/** What is left to say of the file once the edits are made. */
	readonly findingsAfter: readonly Finding[];
	/** sha256 of the content that the edits were planned on. */
	readonly beforeHash: string;
	/** Both contents, where the caller asked for diffs. */
	readonly content?: { readonly before: Uint8Array; readonly after: Uint8Array };
	readonly format: string;
	readonly secrets: readonly string[];
	readonly written: boolean;
}

/** One file that some policy governs. */
export interface FileOutcome {
	readonly path: string;
	/** Names of the policies that select it. */
	readonly policies: readonly string[];
	/** What is left now: after `reconcile` what could not be mended, else all. */
	readonly findings: readonly Finding[];
	readonly conflicts: readonly Conflict[];
	/** Content that this was said of: that of the survey, or what was read or written since; `null` where it is not to be remembered. */
	readonly stamp: Stamp | 'surveyed' | null;
	readonly change?: FileChange;
}

/** What the pass cost; printed with `-o json` and by the benchmark. */
export interface PassFigures {
	readonly seen: number;
	readonly matched: number;
	readonly read: number;
	readonly bytesRead: number;
	readonly bytesWritten: number;
	readonly fsyncs: number;
	readonly durationMs: number;
}

/** Result of one pass over all policies; every output format is rendered from it. */
export interface PassResult {
	readonly root: string;
	readonly at: string;
	readonly policies: readonly ResolvedPolicy[];
	/** The policies with their new status, as `get` shows them. */
	readonly objects: readonly GpuPolicy[];
	readonly devices: ObservedDevices;
	/** Governed files only, by path. */
	readonly files: readonly FileOutcome[];
	/** Number of matched files per policy name, governed or not. */
	readonly matched: ReadonlyMap<string, number>;
	readonly skipped: readonly SkippedEntry[];
	/** Findings that belong to no file: includes that match nothing, folders that could not be listed. */
	readonly general: readonly Finding[];
	/** Revision that the pass made; `null` where it wrote nothing. */
	readonly revision: number | null;
	readonly recovery: Recovery | null;
	readonly figures: PassFigures;
}
