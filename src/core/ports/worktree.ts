import type { RuleId } from '../plan/rules.ts';

/** One `spec.files[]` entry as far as the walk needs it. Patterns use `/` and are relative to the root. */
export interface FileSelector {
	readonly include: readonly string[];
	readonly exclude: readonly string[];
	readonly defaultExcludes: boolean;
}

/**
 * Identity of a file's content as lstat tells it, so that unchanged files are not read again.
 * `mtimeNs` has nanoseconds; a stamp taken within the clock's granularity of the write is racy and never reused (as git does).
 */
export interface Stamp {
	readonly size: number;
	readonly mtimeNs: bigint;
	readonly ino: bigint;
	/** Permission bits, for the write. */
	readonly mode: number;
}

export interface SurveyedFile {
	/** Relative to the root, `/` separated; for a symlink inside the root the path of its target. */
	readonly path: string;
	/** Indexes into the selectors that were given, ascending. */
	readonly selectors: readonly number[];
	/** True where an include without a wildcard names the file. */
	readonly declared: boolean;
	readonly stamp: Stamp;
	/**
	 * What `remember` stored for this path under the same basis and stamp; absent when the file is new, changed or racy.
	 * The file need not be read then.
	 */
	readonly remembered?: string;
}

/** Something in the tree that is passed over, and why; shown to the user. */
export interface SkippedEntry {
	readonly path: string;
	readonly rule: RuleId;
	/** `submodule`, `vendored folder`, `symlink out of the root`, `FIFO`, `name is not UTF-8`, … */
	readonly message: string;
	/** True where it is a finding (a matched FIFO, a link out of the root), false where it is by design (vendored folder). */
	readonly finding: boolean;
	/** True for a folder that is excluded by default, and that `defaultExcludes: false` takes in. */
	readonly byDefault?: boolean;
}

/** An include that matches no file now. */
export interface UnmatchedInclude {
	readonly selector: number;
	readonly include: string;
	/** Folders that were not looked at, because they are excluded by default, and that the include reaches into. */
	readonly hidden: readonly string[];
}

export interface Survey {
	/** Sorted by path (byte order). */
	readonly files: readonly SurveyedFile[];
	readonly skipped: readonly SkippedEntry[];
	/** Includes that match no file now. */
	readonly unmatched: readonly UnmatchedInclude[];
	/** Directories that could not be listed: what lies below is unknown, not absent. */
	readonly unreadable: readonly { readonly path: string; readonly message: string }[];
	/** How many files were seen in all, matched or not. */
	readonly seen: number;
}

export type ReadResult =
	| { readonly ok: true; readonly bytes: Uint8Array; readonly stamp: Stamp }
	| { readonly ok: false; readonly rule: RuleId; readonly message: string };

/** The files below the root. Synchronous on purpose: promises are four times slower here. */
export interface Worktree {
	/** Absolute path of the root, for messages only. */
	readonly root: string;
	/** Lists matching files. `basis` is a digest of everything else that an outcome depends on (policies, facts, version). */
	survey(selectors: readonly FileSelector[], basis: string, onProgress?: (seen: number) => void): Survey;
	/** Reads a surveyed file; never follows a link out of the root. `maxBytes`: larger is `file/too-large`. The bytes are valid until the next read. */
	read(file: SurveyedFile, maxBytes: number): ReadResult;
	/**
	 * Stores the outcomes of a pass for the next survey; files not named are forgotten. Atomic; a lost index only costs time.
	 * `recalled`: every surveyed file had its outcome remembered, and all of them stand.
	 */
	remember(basis: string, outcomes: ReadonlyMap<string, { readonly stamp: Stamp; readonly outcome: string }> | 'recalled'): void;
	/** The regular files among root-relative paths that no selector may match; links are not followed, what is not there is left out. */
	locate(paths: readonly string[]): readonly SurveyedFile[];
	/** Is there a file or directory of this root-relative path? Used to find local modules that shadow a library. */
	exists(path: string): boolean;
}
