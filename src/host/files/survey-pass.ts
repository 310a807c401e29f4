import fs from 'node:fs';
import { isAbsolute } from 'node:path';
import process from 'node:process';
import type { FileSelector, SkippedEntry, Survey, SurveyedFile, UnmatchedInclude } from '../../core/ports/worktree.ts';
import { errorCode } from '../../runtime/errors.ts';
import { reasonOf } from '../errors.ts';
import { type IgnoreLayer, type OuterIgnore, outerIgnore } from './ignore-rules.ts';
import { type IndexedDirectory, type IndexedIgnoreFile, millisecondsOf, type StoredIndex } from './index-file.ts';
import { resolveTarget, type Target } from './link-target.ts';
import { type Listing, linkedDirectory, listDirectory, type MatchedEntry, withIgnoreFile } from './list-directory.ts';
import { ignoreFileKey, ignoreFilesUnchanged, type Recall } from './recall.ts';
import { absolutePath, parentPath, sortByBytes } from './relative-path.ts';
import { hiddenFrom, includeKey, narrowByContent, narrowByName, type Scope } from './scope.ts';
import { compileSelector, excludedWithParents, type SelectorPatterns } from './selector-patterns.ts';
import { stampOf } from './stamp.ts';

/** Something that is known of a file besides its directory's listing: a link or an exact include leads to it. */
interface Claim {
	readonly selectors: Set<number>;
	declared: boolean;
	readonly file: Extract<Target, { kind: 'file' }>;
}

/** How a file was come upon, for the index. */
export interface Origin {
	readonly ctimeMs: number;
	/** Position of the directory whose listing shows it, -1 for none. */
	readonly directory: number;
	/** Selectors by the listing alone. */
	readonly listed: readonly number[];
}

/** One survey: what is found, and what the index is to keep of it. */
export class SurveyPass {
	readonly root: string;
	readonly selectors: readonly SelectorPatterns[];
	readonly files: SurveyedFile[] = [];
	readonly skipped: SkippedEntry[] = [];
	readonly unreadable: { path: string; message: string }[] = [];
	/** Keys of the includes that matched something, by `includeKey`. */
	readonly matched = new Set<string>();
	seen = 0;
	readonly recall: Recall;
	readonly directories: IndexedDirectory[] = [];
	readonly #origins = new Map<string, Origin>();
	/** Position in this pass of each directory of the index that was not listed again, -1 for the others. */
	#inherited: readonly number[] = [];
	/** True where the tree differs from what the index says of it. */
	changed = false;
	readonly outerLayers: readonly IgnoreLayer[];
	readonly #ignoreFiles = new Map<string, IndexedIgnoreFile>();
	readonly #claims = new Map<string, Claim>();
	readonly #onProgress: ((seen: number) => void) | undefined;
	#reported = 0;

	constructor(root: string, selectors: readonly FileSelector[], recall: Recall, onProgress?: (seen: number) => void) {
		this.root = root;
		this.selectors = selectors.map(compileSelector);
		this.recall = recall;
		const outer: OuterIgnore = outerIgnore(root);
		this.outerLayers = outer.layers;
		for (const file of outer.consulted) this.#ignoreFiles.set(file, { path: file, key: ignoreFileKey(file) });
		this.#onProgress = onProgress;
	}

	/** Ignore files that were consulted, inside the tree and outside. */
	get ignoreFiles(): readonly IndexedIgnoreFile[] {
		return [...this.#ignoreFiles.values()];
	}

	/**
	 * True where the ignore files that the index rests on are those of now, unchanged: other ones outside of the tree count once
	 * git is configured for them.
	 */
	sameIgnoreFiles(index: StoredIndex): boolean {
		const outside = index.head.ignoreFiles.filter(({ path }) => isAbsolute(path));
		const same = outside.length === this.#ignoreFiles.size && outside.every(({ path }) => this.#ignoreFiles.has(path));
		return same && ignoreFilesUnchanged(this.root, index);
	}

	/** The scope of the root itself. */
	get rootScope(): Scope {
		return { path: '', selectors: this.selectors.filter((selector) => selector.wildcards.length > 0), layers: this.outerLayers };
	}

	/** Walks everything that an include can reach. */
	run(): Survey {
		this.changed = true;
		if (this.rootScope.selectors.length > 0) this.walk(this.rootScope, -1);
		this.claimDeclared();
		return this.finish();
	}

	/** Lists a directory and all below it; `parent` is the position of the directory above. */
	walk(scope: Scope, parent: number): void {
		this.changed = true;
		const pending: { readonly scope: Scope; readonly parent: number }[] = [{ scope, parent }];
		for (let next = pending.pop(); next; next = pending.pop()) {
			const listed = this.list(next.scope, next.parent);
			if (listed) for (const below of listed.listing.subdirectories) pending.push({ scope: below, parent: listed.at });
		}
	}

	/** Lists one directory and looks at what matched in it; `null` where it cannot be listed or is gone. */
	list(scope: Scope, parent: number): { readonly listing: Listing; readonly at: number } | null {
		const at = this.directories.length;
		const selectors = scope.selectors.map(({ index }) => index);
		let listing: Listing;
		let stat: fs.Stats;
		try {
			// Before the listing: what changes meanwhile shows next time.
			stat = fs.lstatSync(absolutePath(this.root, scope.path));
			listing = listDirectory(this.root, scope, this.matched);
		} catch (error) {
			if (errorCode(error) === 'ENOENT') return null;
			this.unreadable.push({ path: scope.path, message: reasonOf(error) });
			const times = { mtimeMs: 0, ctimeMs: 0, ino: 0 };
			this.directories.push({ path: scope.path, parent, selectors, seen: 0, skipped: [], ...times, reusable: false });
			return null;
		}
		const { mtimeMs, ctimeMs, ino } = stat;
		const { seen, skipped } = listing;
		const reusable = listing.links.length === 0 && directoryTimesTell;
		this.directories.push({ path: scope.path, parent, selectors, seen, skipped, mtimeMs, ctimeMs, ino, reusable });
		if (listing.hasIgnoreFile) this.#noteIgnoreFile(scope.path);
		this.seen += seen;
		for (const entry of skipped) this.skipped.push(entry);
		for (const entry of listing.files) this.look(entry, at);
		for (const entry of listing.links) this.#follow(entry);
		this.progress();
		return { listing, at };
	}

	/** Takes a directory over from the index; returns its position. */
	reuse(directory: IndexedDirectory): number {
		this.seen += directory.seen;
		for (const entry of directory.skipped) this.skipped.push(entry);
		this.progress();
		return this.directories.push(directory) - 1;
	}

	/** Notes which directories were taken over: their files' origins stand in the index. */
	inherit(positions: readonly number[]): void {
		this.#inherited = positions;
	}

	/** How a file of this survey was come upon. */
	originOf(path: string): Origin | undefined {
		const own = this.#origins.get(path);
		const at = own ? undefined : this.recall.position(path);
		const { index } = this.recall;
		if (at === undefined || index === undefined) return own;
		const { columns, head } = index;
		const directory = this.#inherited[columns.directory[at] as number] ?? -1;
		return { ctimeMs: columns.ctimeMs[at] as number, directory, listed: head.sets[columns.listed[at] as number] ?? [] };
	}

	/** Keeps what the index knows of ignore files; they were found unchanged. */
	keepIgnoreFiles(files: readonly IndexedIgnoreFile[]): void {
		for (const file of files) this.#ignoreFiles.set(file.path, file);
	}

	/** Looks at one matched file of the directory at a position. */
	look({ path, selectors }: MatchedEntry, directory: number): void {
		try {
			const stat = fs.lstatSync(absolutePath(this.root, path), { bigint: true, throwIfNoEntry: false });
			if (!stat?.isFile()) {
				this.changed = true;
				return;
			}
			const stamp = stampOf(stat);
			const remembered = this.recall.outcome(path, stamp, stat.ctimeNs, selectors, false);
			this.files.push({ path, selectors, declared: false, stamp, ...(remembered === undefined ? {} : { remembered }) });
			this.#origins.set(path, { ctimeMs: millisecondsOf(stat.ctimeNs), directory, listed: selectors });
		} catch (error) {
			this.skipped.push({ path, rule: 'file/unreadable', message: reasonOf(error), finding: true });
			this.changed = true;
		}
	}

	progress(): void {
		if (this.seen - this.#reported < 256) return;
		this.#reported = this.seen;
		this.#onProgress?.(this.seen);
	}

	/** Looks up the includes without a wildcard. They win over ignore rules and default excludes, not over `exclude`. */
	claimDeclared(): void {
		for (const selector of this.selectors) {
			for (const include of selector.declared) {
				const { pattern, path } = include;
				if (path === null) {
					this.skipped.push({ path: pattern, rule: 'file/outside', message: 'leaves the root', finding: true });
					this.matched.add(includeKey(selector.index, pattern));
					continue;
				}
				if (path === '' || excludedWithParents(selector, path)) continue;
				const target = resolveTarget(this.root, path);
				if (target.kind === 'missing' || target.kind === 'directory') continue;
				this.matched.add(includeKey(selector.index, pattern));
				if (target.kind === 'rejected') this.skipped.push(target.entry);
				else this.#claim(target, [selector.index], true);
			}
		}
	}

	/** Joins what listings and claims found, sorts it and tells which includes matched nothing. */
	finish(): Survey {
		if (this.#claims.size > 0) this.#mergeClaims();
		const unmatched: UnmatchedInclude[] = [];
		for (const { index, wildcards, declared, defaultExcludes } of this.selectors) {
			const none = ({ pattern }: { readonly pattern: string }): boolean => !this.matched.has(includeKey(index, pattern));
			for (const include of wildcards.filter(none)) {
				const hidden = defaultExcludes ? hiddenFrom(include, this.skipped) : [];
				unmatched.push({ selector: index, include: include.pattern, hidden });
			}
			for (const { pattern } of declared.filter(none)) unmatched.push({ selector: index, include: pattern, hidden: [] });
		}
		return {
			// Taken over as a whole from the index, they are in order.
			files: this.#origins.size > 0 ? sortByBytes(this.files, (file) => file.path) : this.files,
			skipped: sortByBytes(distinct(this.skipped), (entry) => entry.path),
			unmatched,
			unreadable: sortByBytes(this.unreadable, (entry) => entry.path),
			seen: this.seen,
		};
	}

	#noteIgnoreFile(directory: string): void {
		const file = directory === '' ? '.gitignore' : `${directory}/.gitignore`;
		this.#ignoreFiles.set(file, { path: file, key: ignoreFileKey(absolutePath(this.root, file)) });
	}

	#follow({ path, selectors }: MatchedEntry): void {
		const target = resolveTarget(this.root, path);
		switch (target.kind) {
			case 'missing':
				// Editors leave such links as locks (`.#train.py`): nothing is there that could be wrong.
				this.skipped.push({ path, rule: 'file/unreadable', message: 'symlink to nothing', finding: false });
				return;
			case 'directory':
				this.skipped.push(linkedDirectory(path));
				return;
			case 'rejected':
				this.skipped.push(target.entry);
				return;
			case 'file': {
				const scope = this.scopeOf(parentPath(target.path));
				const left = selectors.filter((index) =>
					scope.selectors.some((selector) => selector.index === index && !selector.excludes(target.path)),
				);
				if (left.length > 0) this.#claim(target, left, false);
				else
					this.skipped.push({
						path,
						rule: 'file/outside',
						message: `symlink to ${target.path}, which is excluded`,
						finding: false,
					});
			}
		}
	}

	/** What holds in a directory, worked out from the root down; includes are not asked, for a link leads there. */
	scopeOf(directory: string): Scope {
		const anywhere = this.selectors.map((selector) => ({ ...selector, wildcards: [everywhere] }));
		let scope: Scope = { path: '', selectors: anywhere, layers: withIgnoreFile(this.root, '', this.outerLayers) };
		if (directory === '') return scope;
		for (const name of directory.split('/')) {
			const path = scope.path === '' ? name : `${scope.path}/${name}`;
			const { selectors } = narrowByName(scope, name, path);
			const names = new Set(['.git', 'pyvenv.cfg', 'conda-meta'].filter((marker) => this.#has(`${path}/${marker}`)));
			const layers = withIgnoreFile(this.root, `${path}/`, scope.layers);
			scope = { path, selectors: narrowByContent({ path, selectors, layers }, names).selectors, layers };
		}
		return scope;
	}

	#has(path: string): boolean {
		return fs.lstatSync(absolutePath(this.root, path), { throwIfNoEntry: false }) !== undefined;
	}

	#claim(file: Claim['file'], selectors: readonly number[], declared: boolean): void {
		const claim = this.#claims.get(file.path);
		if (!claim) this.#claims.set(file.path, { selectors: new Set(selectors), declared, file });
		else {
			for (const index of selectors) claim.selectors.add(index);
			claim.declared ||= declared;
		}
	}

	#mergeClaims(): void {
		for (const [at, file] of this.files.entries()) {
			const claim = this.#claims.get(file.path);
			if (!claim) continue;
			this.#claims.delete(file.path);
			this.files[at] = this.#claimed(claim, file.selectors);
		}
		for (const claim of this.#claims.values()) {
			const { path, ctimeNs } = claim.file;
			this.files.push(this.#claimed(claim, []));
			this.#origins.set(path, { ctimeMs: millisecondsOf(ctimeNs), directory: -1, listed: [] });
		}
	}

	#claimed({ selectors, declared, file }: Claim, listed: readonly number[]): SurveyedFile {
		const { path, stamp, ctimeNs } = file;
		const all = [...new Set([...listed, ...selectors])].sort((a, b) => a - b);
		const remembered = this.recall.outcome(path, stamp, ctimeNs, all, declared);
		return { path, selectors: all, declared, stamp, ...(remembered === undefined ? {} : { remembered }) };
	}
}

const everywhere = { pattern: '**', base: '', matches: () => true };

/** Windows does not promise to touch a directory at once when an entry comes or goes. */
const directoryTimesTell = process.platform !== 'win32';

function distinct(entries: readonly SkippedEntry[]): SkippedEntry[] {
	const seen = new Map<string, SkippedEntry>();
	for (const entry of entries) seen.set(`${entry.path}\0${entry.message}`, entry);
	return [...seen.values()];
}
