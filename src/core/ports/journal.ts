import type { RuleId } from '../plan/rules.ts';
import type { Stamp } from './worktree.ts';

/** A file to be written: refused with `file/changed` unless its stamp and bytes are still those of `stamp` and `before`. */
export interface FileWrite {
	readonly path: string;
	readonly stamp: Stamp;
	readonly before: Uint8Array;
	readonly after: Uint8Array;
	/** Names of the policies that caused the change. */
	readonly policies: readonly string[];
	/** One line for people: `line 31 cuda:1 -> cuda:0`. Never holds a secret. */
	readonly summary: string;
}

export type WriteOutcome =
	| { readonly ok: true; readonly stamp: Stamp }
	| { readonly ok: false; readonly rule: RuleId; readonly message: string };

export interface RevisionFile {
	readonly path: string;
	/** sha256, hex. */
	readonly beforeHash: string;
	readonly afterHash: string;
	readonly policies: readonly string[];
	readonly summary: string;
}

/** One applied plan. Numbers start at 1 and grow by 1; a revision without a written file is not made. */
export interface Revision {
	readonly number: number;
	/** RFC 3339. */
	readonly at: string;
	readonly kind: 'reconcile' | 'prune' | 'rollback';
	/** Policy name to digest at that time. */
	readonly policies: Readonly<Record<string, string>>;
	readonly files: readonly RevisionFile[];
	/** For `rollback`: the revisions that it undid. */
	readonly undoes: readonly number[];
	/** Set once a later rollback undid this one. */
	readonly undoneBy: number | null;
}

/** A revision that was made and of which nothing can be shown or undone any more. */
export interface LostRevision {
	readonly number: number;
	/** Its record is there and damaged, or no longer there. */
	readonly state: 'damaged' | 'gone';
	/** Of the error that says so. */
	readonly code: string;
	readonly message: string;
	readonly hint: string;
}

export interface ApplyRequest {
	readonly kind: Revision['kind'];
	readonly policies: Readonly<Record<string, string>>;
	/** Taken one by one, so that a large plan need not be in memory at once. */
	readonly writes: Iterable<FileWrite>;
	readonly undoes?: readonly number[];
}

export interface ApplyResult {
	/** `null` where nothing was written. */
	readonly revision: number | null;
	readonly outcomes: ReadonlyMap<string, WriteOutcome>;
	/** Cost figures for the benchmark and for `--json`. */
	readonly bytesWritten: number;
	readonly fsyncs: number;
}

/** What an interrupted pass left and what was done about it; empty when the last pass ended well. */
export interface Recovery {
	readonly revision: number | null;
	/** Files that already had their new content: the revision was completed for them. */
	readonly finished: readonly string[];
	/** Files that still had their old content. */
	readonly untouched: readonly string[];
	/** Files that have neither: somebody else wrote them since. */
	readonly foreign: readonly string[];
	/** Temporary files that were removed. */
	readonly removedTemporaries: readonly string[];
}

export interface RollbackResult {
	/** Revision that records the rollback itself; `null` where nothing could be restored. */
	readonly revision: number | null;
	readonly undone: readonly number[];
	readonly restored: readonly string[];
	readonly refused: readonly { readonly path: string; readonly rule: RuleId; readonly message: string }[];
}

/** A file that a rollback put back: left alone while its policy digest and its content stay the same. */
export interface Hold {
	readonly path: string;
	readonly policy: string;
	readonly digest: string;
	/** sha256 of the content that was restored. */
	readonly contentHash: string;
	readonly revision: number;
}

/** The record of every applied plan, with the before-images that `rollback` and crash recovery need. Call under the lock. */
export interface Journal {
	/** Finishes or undoes what a killed pass left. */
	recover(): Recovery;
	apply(request: ApplyRequest): ApplyResult;
	/** Newest last. Throws a coded error where a record is damaged. */
	revisions(): readonly Revision[];
	/** The same without the error, and the revisions that are lost, ascending: for whoever only looks. */
	account(): { readonly revisions: readonly Revision[]; readonly lost: readonly LostRevision[] };
	/** `undo`: the files of that revision return to before it. `restoreTo`: the state right after that revision (0: before the first). */
	rollback(target: { readonly undo: number } | { readonly restoreTo: number }): RollbackResult;
	/** sha256 of the content that our last revision gave each path that it still may have. */
	lastAfterImages(): ReadonlyMap<string, string>;
	/** The paths of `lastAfterImages`. */
	writtenPaths(): readonly string[];
	holds(): readonly Hold[];
	/** Drops holds: of these paths, or all. Returns how many. */
	release(paths?: readonly string[]): number;
}

export interface LockHolder {
	readonly pid: number;
	readonly command: string;
	readonly since: string;
}

/** Two reconcilers of one root never run a pass at once. Freed by the kernel, or found stale, when the holder dies. */
export interface PassLock {
	acquire(command: string): { readonly ok: true; release(): void } | { readonly ok: false; readonly holder: LockHolder | null };
}
