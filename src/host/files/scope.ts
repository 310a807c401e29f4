import type { SkippedEntry } from '../../core/ports/worktree.ts';
import { environmentMarker, forbiddenFolders, toolFolders, vendoredFolders } from './default-excludes.ts';
import { type IgnoreLayer, isIgnored } from './ignore-rules.ts';
import type { SelectorPatterns, WildcardInclude } from './selector-patterns.ts';

/** What holds in one directory: the selectors that may still match below it, and the ignore rules on the way to it. */
export interface Scope {
	/** Root-relative; the empty string for the root. */
	readonly path: string;
	readonly selectors: readonly SelectorPatterns[];
	readonly layers: readonly IgnoreLayer[];
}

export interface Narrowed {
	/** Selectors that are left; empty: nothing below concerns any. */
	readonly selectors: readonly SelectorPatterns[];
	/** Set where a default exclude took selectors away and the user should hear of it. */
	readonly skipped?: SkippedEntry;
}

const passedOver = (path: string, message: string): SkippedEntry => ({
	path,
	rule: 'file/outside',
	message,
	finding: false,
	byDefault: true,
});

/** What of `parent` still holds in its subdirectory, judged by the name alone. */
export function narrowByName(parent: Scope, name: string, path: string): Narrowed {
	if (forbiddenFolders.has(name)) return { selectors: [] };
	const reaching = parent.selectors.filter((selector) => reaches(selector, path) && !selector.excludes(path));
	if (reaching.length === 0 || isIgnored(parent.layers, path, true)) return { selectors: [] };
	const vendored = vendoredFolders.has(name);
	if (!vendored && !toolFolders.has(name)) return { selectors: reaching };
	return withoutDefaults(reaching, vendored ? passedOver(path, 'vendored folder') : undefined);
}

/** What still holds once the names in the directory are known: nested repositories and Python environments drop out. */
export function narrowByContent(scope: Scope, names: ReadonlySet<string>): Narrowed {
	if (scope.path === '') return { selectors: scope.selectors };
	const message = names.has('.git') ? 'submodule' : environmentMarker(names);
	return message === null ? { selectors: scope.selectors } : withoutDefaults(scope.selectors, passedOver(scope.path, message));
}

/** Indexes of the selectors whose wildcards match the file; marks the includes that matched. */
export function matchingSelectors(scope: Scope, path: string, name: string, matched: Set<string>): readonly number[] {
	let indexes: number[] | undefined;
	for (const selector of scope.selectors) {
		let hit = false;
		for (const include of selector.wildcards) {
			if (hit && matched.has(includeKey(selector.index, include.pattern))) continue;
			if (!include.matches(path, name)) continue;
			if (!hit && (selector.excludes(path) || isIgnored(scope.layers, path, false))) break;
			hit = true;
			matched.add(includeKey(selector.index, include.pattern));
		}
		if (hit) {
			indexes ??= [];
			indexes.push(selector.index);
		}
	}
	return indexes ?? none;
}

/** Key of one include in the set of includes that matched. */
export function includeKey(selector: number, include: string): string {
	return `${selector}:${include}`;
}

const none: readonly number[] = [];

function withoutDefaults(selectors: readonly SelectorPatterns[], skipped: SkippedEntry | undefined): Narrowed {
	const left = selectors.filter((selector) => !selector.defaultExcludes);
	if (left.length === selectors.length || skipped === undefined) return { selectors: left };
	return { selectors: left, skipped };
}

/** False where no wildcard include of the selector can match anything in or below the directory. */
function reaches(selector: SelectorPatterns, directory: string): boolean {
	return selector.wildcards.some(({ base }) => reachesInto(base, directory));
}

/** True where something below `base`, or `base` itself, can lie in or below the directory. */
function reachesInto(base: string, directory: string): boolean {
	return base === '' || base === directory || base.startsWith(`${directory}/`) || directory.startsWith(`${base}/`);
}

/**
 * Folders excluded by default that an include reaches into: the one that it leads through by name, there or not, and else
 * those that the survey passed over.
 */
export function hiddenFrom(include: WildcardInclude, skipped: readonly SkippedEntry[]): readonly string[] {
	const segments = include.base.split('/');
	const through = segments.findIndex((name) => vendoredFolders.has(name) || toolFolders.has(name));
	if (through >= 0) return [segments.slice(0, through + 1).join('/')];
	const reached = skipped.filter(({ path, byDefault }) => byDefault === true && reachesInto(include.base, path));
	return [...new Set(reached.map(({ path }) => path))].sort();
}
