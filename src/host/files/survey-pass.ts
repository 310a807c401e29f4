import fs from 'node:fs';
import type { FileSelector, SkippedEntry, Survey, SurveyedFile } from '../../core/ports/worktree.ts';
import { errorCode } from '../../runtime/errors.ts';
import { reasonOf } from '../errors.ts';
import { type IgnoreLayer, outerIgnore } from './ignore-rules.ts';
import { resolveTarget } from './link-target.ts';
import { type Listing, linkedDirectory, listDirectory, type MatchedEntry, withIgnoreFile } from './list-directory.ts';
import { absolutePath, parentPath, sortByBytes } from './relative-path.ts';
import { includeKey, narrowByContent, narrowByName, type Scope } from './scope.ts';
import { compileSelector, excludedWithParents, type SelectorPatterns } from './selector-patterns.ts';
import { stampOf } from './stamp.ts';

/** Something that is known of a file besides its directory's listing: a link or an exact include leads to it. */
interface Claim {
	readonly selectors: Set<number>;
	declared: boolean;
	readonly file: { readonly path: string; readonly stamp: SurveyedFile['stamp'] };
}

/** One survey from nothing: every directory that an include can reach is listed, every match is looked at. */
export class SurveyPass {
	readonly root: string;
	readonly selectors: readonly SelectorPatterns[];
	readonly files: SurveyedFile[] = [];
	readonly skipped: SkippedEntry[] = [];
	readonly unreadable: { path: string; message: string }[] = [];
	/** Keys of the includes that matched something, by `includeKey`. */
	readonly matched = new Set<string>();
	seen = 0;
	readonly #claims = new Map<string, Claim>();
	readonly #outer: readonly IgnoreLayer[];
	readonly #onProgress: ((seen: number) => void) | undefined;
	#reported = 0;

	constructor(root: string, selectors: readonly FileSelector[], onProgress?: (seen: number) => void) {
		this.root = root;
		this.selectors = selectors.map(compileSelector);
		this.#outer = outerIgnore(root).layers;
		this.#onProgress = onProgress;
	}

	/** The scope of the root itself. */
	get rootScope(): Scope {
		return { path: '', selectors: this.selectors.filter((selector) => selector.wildcards.length > 0), layers: this.#outer };
	}

	run(): Survey {
		const pending: Scope[] = this.rootScope.selectors.length > 0 ? [this.rootScope] : [];
		for (let scope = pending.pop(); scope; scope = pending.pop()) {
			const listing = this.list(scope);
			if (listing) pending.push(...listing.subdirectories);
		}
		this.claimDeclared();
		return this.finish();
	}

	/** Lists one directory and looks at what matched in it; `null` where it cannot be listed or is gone. */
	list(scope: Scope): Listing | null {
		let listing: Listing;
		try {
			listing = listDirectory(this.root, scope, this.matched);
		} catch (error) {
			if (errorCode(error) !== 'ENOENT') this.unreadable.push({ path: scope.path, message: reasonOf(error) });
			return null;
		}
		this.seen += listing.seen;
		for (const entry of listing.skipped) this.skipped.push(entry);
		for (const entry of listing.files) this.#look(entry);
		for (const entry of listing.links) this.#follow(entry);
		this.progress();
		return listing;
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
		const unmatched: { selector: number; include: string }[] = [];
		for (const { index, wildcards, declared } of this.selectors) {
			for (const { pattern } of [...wildcards, ...declared]) {
				if (!this.matched.has(includeKey(index, pattern))) unmatched.push({ selector: index, include: pattern });
			}
		}
		return {
			files: sortByBytes(this.files, (file) => file.path),
			skipped: sortByBytes(distinct(this.skipped), (entry) => entry.path),
			unmatched,
			unreadable: sortByBytes(this.unreadable, (entry) => entry.path),
			seen: this.seen,
		};
	}

	#look({ path, selectors }: MatchedEntry): void {
		try {
			const stat = fs.lstatSync(absolutePath(this.root, path), { bigint: true, throwIfNoEntry: false });
			if (stat?.isFile()) this.files.push({ path, selectors, declared: false, stamp: stampOf(stat) });
		} catch (error) {
			this.skipped.push({ path, rule: 'file/unreadable', message: reasonOf(error), finding: true });
		}
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
		let scope: Scope = { path: '', selectors: anywhere, layers: withIgnoreFile(this.root, '', this.#outer) };
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
			this.files[at] = { ...file, selectors: ascending(file.selectors, claim.selectors), declared: claim.declared };
		}
		for (const { selectors, declared, file } of this.#claims.values()) {
			this.files.push({ path: file.path, selectors: ascending([], selectors), declared, stamp: file.stamp });
		}
	}
}

const everywhere = { pattern: '**', base: '', matches: () => true };

function ascending(a: Iterable<number>, b: Iterable<number>): readonly number[] {
	return [...new Set([...a, ...b])].sort((x, y) => x - y);
}

function distinct(entries: readonly SkippedEntry[]): SkippedEntry[] {
	const seen = new Map<string, SkippedEntry>();
	for (const entry of entries) seen.set(`${entry.path}\0${entry.message}`, entry);
	return [...seen.values()];
}
