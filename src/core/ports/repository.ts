import type { Fact } from '../observed/fact.ts';

/** How git sees a path. `clean` and `modified` are tracked; `modified` compares with HEAD, staged or not. */
export type GitState = 'clean' | 'modified' | 'untracked' | 'ignored';

/** The git repository around the root; a root without one answers `known` with `null`. */
export interface Repository {
	/** States of the given root-relative paths; `null` when the root is in no git work tree. */
	states(paths: readonly string[]): Promise<Fact<ReadonlyMap<string, GitState> | null>>;
	/** Current branch, `null` when detached or in no repository. */
	branch(): Promise<Fact<string | null>>;
	/** Rejects with a coded error where no commit could be made on such a branch, and changes nothing. */
	demandCommittable(branch: string): Promise<void>;
	/** Creates the branch at HEAD or switches to it, keeping the work tree; rejects with a coded error. */
	switchTo(branch: string): Promise<void>;
	/** Tags HEAD (lightweight); the tag must not exist, unless it is of HEAD already. */
	tag(name: string): Promise<void>;
	/** Commits exactly these paths; returns the commit id, `null` when nothing changed. */
	commit(paths: readonly string[], message: string): Promise<string | null>;
}
