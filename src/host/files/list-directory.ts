import fs from 'node:fs';
import type { SkippedEntry } from '../../core/ports/worktree.ts';
import { type IgnoreLayer, ignoreLayer, readText } from './ignore-rules.ts';
import { kindOf } from './link-target.ts';
import { absolutePath } from './relative-path.ts';
import { matchingSelectors, narrowByContent, narrowByName, type Scope } from './scope.ts';

/** A matched name: a file, or a link to be followed. */
export interface MatchedEntry {
	readonly path: string;
	readonly selectors: readonly number[];
}

/** What one directory holds, as far as the selectors ask. */
export interface Listing {
	readonly files: readonly MatchedEntry[];
	readonly links: readonly MatchedEntry[];
	readonly subdirectories: readonly Scope[];
	readonly skipped: readonly SkippedEntry[];
	/** Entries that are no directories, matched or not. */
	readonly seen: number;
	readonly hasIgnoreFile: boolean;
}

/** Lists one directory; throws the system error where it cannot be listed. Nothing in it is opened but `.gitignore`. */
export function listDirectory(root: string, outer: Scope, matched: Set<string>): Listing {
	const absolute = absolutePath(root, outer.path);
	const entries = fs.readdirSync(absolute, { withFileTypes: true });
	const names = new Set<string>();
	let lossy = false;
	for (const { name } of entries) {
		names.add(name);
		if (name.includes('\ufffd')) lossy = true;
	}
	const skipped: SkippedEntry[] = [];
	const narrowed = narrowByContent(outer, names);
	if (narrowed.skipped) skipped.push(narrowed.skipped);
	const hasIgnoreFile = names.has('.gitignore');
	const files: MatchedEntry[] = [];
	const links: MatchedEntry[] = [];
	const subdirectories: Scope[] = [];
	let seen = 0;
	if (narrowed.selectors.length > 0) {
		const prefix = outer.path === '' ? '' : `${outer.path}/`;
		const layers = hasIgnoreFile ? withIgnoreFile(root, prefix, outer.layers) : outer.layers;
		const scope: Scope = { path: outer.path, selectors: narrowed.selectors, layers };
		const broken = lossy ? namesNotUtf8(absolute) : null;
		for (const entry of entries) {
			const path = prefix + entry.name;
			const notUtf8 = broken?.has(entry.name) === true;
			if (entry.isDirectory()) {
				const below = narrowByName(scope, entry.name, path);
				if (below.skipped) skipped.push(below.skipped);
				if (below.selectors.length === 0) continue;
				if (notUtf8) skipped.push(badName(path, 'directory name is not UTF-8; what lies below was not looked at'));
				else subdirectories.push({ path, selectors: below.selectors, layers });
				continue;
			}
			seen++;
			const selectors = matchingSelectors(scope, path, entry.name, matched);
			if (selectors.length === 0) {
				if (entry.isSymbolicLink() && leadsToDirectory(absolute, entry.name)) skipped.push(linkedDirectory(path));
			} else if (notUtf8) skipped.push(badName(path, 'name is not UTF-8'));
			else if (entry.isFile()) files.push({ path, selectors });
			else if (entry.isSymbolicLink()) links.push({ path, selectors });
			else skipped.push({ path, rule: 'file/not-regular', message: kindOf(entry), finding: true });
		}
	}
	return { files, links, subdirectories, skipped, seen, hasIgnoreFile };
}

/** The entry that tells of a link to a directory, which is never followed. */
export function linkedDirectory(path: string): SkippedEntry {
	return { path, rule: 'file/outside', message: 'symlink to a directory, not followed', finding: false };
}

/** Adds the `.gitignore` of the directory with this prefix to the layers. */
export function withIgnoreFile(root: string, prefix: string, layers: readonly IgnoreLayer[]): readonly IgnoreLayer[] {
	const text = readText(absolutePath(root, `${prefix}.gitignore`));
	return text === null ? layers : [...layers, ignoreLayer(text, prefix)];
}

function badName(path: string, message: string): SkippedEntry {
	return { path, rule: 'file/name', message, finding: true };
}

function leadsToDirectory(directory: string, name: string): boolean {
	try {
		return fs.statSync(absolutePath(directory, name)).isDirectory();
	} catch {
		return false;
	}
}

/** Names that lose bytes when read as UTF-8, in the form in which they were read. */
function namesNotUtf8(directory: string): ReadonlySet<string> {
	const bad = new Set<string>();
	for (const raw of fs.readdirSync(directory, { encoding: 'buffer' })) {
		const text = raw.toString('utf8');
		if (!Buffer.from(text, 'utf8').equals(raw)) bad.add(text);
	}
	return bad;
}
