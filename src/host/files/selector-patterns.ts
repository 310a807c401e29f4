import picomatch from 'picomatch';
import type { FileSelector } from '../../core/ports/worktree.ts';
import { normalizeRelative, parentPath } from './relative-path.ts';

/** One include with a wildcard. */
export interface WildcardInclude {
	readonly pattern: string;
	/** Directory that every match lies below; the empty string for the root. */
	readonly base: string;
	/** `name` is the last segment of `path`. */
	matches(path: string, name: string): boolean;
}

/** One include without a wildcard; `path` is `null` where it leaves the root. */
export interface DeclaredInclude {
	readonly pattern: string;
	readonly path: string | null;
}

/** A selector with its patterns compiled. */
export interface SelectorPatterns {
	readonly index: number;
	readonly wildcards: readonly WildcardInclude[];
	readonly declared: readonly DeclaredInclude[];
	readonly defaultExcludes: boolean;
	/** True where an exclude matches the path itself; a matched directory excludes all below it. */
	excludes(path: string): boolean;
}

/** `*` also matches a leading dot, as in ruff and git; a leading `!` is an ordinary character; names may hold newlines. */
const options = { dot: true, nonegate: true, flags: 's' } as const;

/** Compiles `include` and `exclude`; never throws: a pattern that is no glob matches only itself. */
export function compileSelector(selector: FileSelector, index: number): SelectorPatterns {
	const wildcards: WildcardInclude[] = [];
	const declared: DeclaredInclude[] = [];
	for (const pattern of selector.include) {
		if (isWildcard(pattern)) wildcards.push(compileWildcard(pattern));
		else declared.push({ pattern, path: normalizeRelative(unescapeGlob(pattern)) });
	}
	const excludes = selector.exclude.map((pattern) => compileGlob(pattern.replace(/\/+$/, '')));
	return {
		index,
		wildcards,
		declared,
		defaultExcludes: selector.defaultExcludes,
		excludes: (path) => excludes.some((matches) => matches(path, path.slice(path.lastIndexOf('/') + 1))),
	};
}

/** True where the pattern may match more than the one path that it spells. */
export function isWildcard(pattern: string): boolean {
	return picomatch.scan(pattern.replace(/^!/, '\\!')).isGlob === true;
}

/** True where an exclude matches the path or a directory that holds it. */
export function excludedWithParents(selector: SelectorPatterns, path: string): boolean {
	for (let at = path; at !== ''; at = parentPath(at)) if (selector.excludes(at)) return true;
	return false;
}

function compileWildcard(pattern: string): WildcardInclude {
	const clean = pattern.replace(/^(?:\.\/)+/, '');
	const scanned = normalizeRelative(picomatch.scan(clean.replace(/^!/, '\\!')).base);
	if (scanned === null || clean.split('/').includes('..')) return { pattern, base: '', matches: () => false };
	return { pattern, base: unescapeGlob(scanned), matches: compileGlob(clean) };
}

/** Patterns of the form `**` + `/*.ext` and `**` + `/name` are compared as strings: they carry most repos. */
function compileGlob(pattern: string): (path: string, name: string) => boolean {
	const suffix = /^\*\*\/\*(\.[A-Za-z0-9_.-]+)$/.exec(pattern)?.[1];
	if (suffix !== undefined) return (_path, name) => name.endsWith(suffix);
	const exact = /^\*\*\/([A-Za-z0-9_.-]+)$/.exec(pattern)?.[1];
	if (exact !== undefined) return (_path, name) => name === exact;
	const matcher = picomatch(pattern.replace(/^(?:\.\/)+/, ''), options);
	return (path) => matcher(path);
}

function unescapeGlob(pattern: string): string {
	return pattern.replace(/\\(.)/g, '$1');
}
