import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import ignore, { type Ignore } from 'ignore';
import { userIgnoreFile } from './user-ignore-file.ts';

/** The rules of one ignore file. Paths are tested relative to the directory that the file stands in. */
export interface IgnoreLayer {
	/** Root-relative directory of the file, with a final `/`, or the empty string. */
	readonly base: string;
	/** What stands before a root-relative path where the file lies above the root, e.g. `services/api/`. */
	readonly above: string;
	readonly rules: Ignore;
}

/** Ignore files outside the tree that is walked: above the root, `.git/info/exclude`, the user's own. */
export interface OuterIgnore {
	readonly layers: readonly IgnoreLayer[];
	/** Absolute paths that were looked at, present or not: a change of any makes a remembered listing worthless. */
	readonly consulted: readonly string[];
}

const caseless = process.platform === 'win32' || process.platform === 'darwin';

/** Parses the text of an ignore file. */
export function ignoreLayer(text: string, base: string, above = ''): IgnoreLayer {
	return { base, above, rules: ignore({ ignorecase: caseless }).add(text) };
}

/** Git's verdict: the layer nearest to the path that has a rule for it decides. Layers are ordered outermost first. */
export function isIgnored(layers: readonly IgnoreLayer[], relative: string, directory: boolean): boolean {
	const tested = directory ? `${relative}/` : relative;
	for (let i = layers.length - 1; i >= 0; i--) {
		const layer = layers[i] as IgnoreLayer;
		const verdict = layer.rules.test(layer.above + tested.slice(layer.base.length));
		if (verdict.ignored) return true;
		if (verdict.unignored) return false;
	}
	return false;
}

/**
 * Collects the ignore files that lie outside the root. Rules that ignore the root itself are left out: whoever points
 * at an ignored directory means it.
 */
export function outerIgnore(root: string): OuterIgnore {
	const consulted: string[] = [];
	const layers: IgnoreLayer[] = [];
	const read = (file: string, above: string): void => {
		consulted.push(file);
		const text = readText(file);
		if (text !== null) layers.push(ignoreLayer(text, '', above));
	};
	const top = gitTop(root);
	const prefix = top === null || top === root ? '' : `${path.relative(top, root).replaceAll(path.sep, '/')}/`;
	const gitDirectory = top === null ? null : commonDirectory(top);
	const user = userIgnoreFile(top, gitDirectory);
	consulted.push(...user.consulted);
	if (user.file) read(user.file, prefix);
	if (top === null) return { layers, consulted };
	if (gitDirectory) read(path.join(gitDirectory, 'info', 'exclude'), prefix);
	const segments = prefix === '' ? [] : prefix.slice(0, -1).split('/');
	for (let depth = 0; depth < segments.length; depth++) {
		read(path.join(top, ...segments.slice(0, depth), '.gitignore'), `${segments.slice(depth).join('/')}/`);
	}
	const rootIsIgnored = layers.some((layer) => layer.above !== '' && layer.rules.test(layer.above).ignored);
	return { layers: rootIsIgnored ? [] : layers, consulted };
}

/** The nearest directory at or above `from` that holds a `.git` entry. */
export function gitTop(from: string): string | null {
	for (let at = from; ; at = path.dirname(at)) {
		if (fs.lstatSync(path.join(at, '.git'), { throwIfNoEntry: false })) return at;
		if (path.dirname(at) === at) return null;
	}
}

/** Directory of git that all work trees of the repository share. */
function commonDirectory(top: string): string | null {
	const entry = path.join(top, '.git');
	if (fs.statSync(entry, { throwIfNoEntry: false })?.isDirectory()) return entry;
	const target = /^gitdir: (.+)$/m.exec(readText(entry) ?? '')?.[1];
	if (!target) return null;
	const gitDir = path.resolve(top, target);
	const common = readText(path.join(gitDir, 'commondir'))?.trim();
	return common ? path.resolve(gitDir, common) : gitDir;
}

/** Text of a regular file, `null` where there is none that can be read; a FIFO in its place is not opened. */
export function readText(file: string): string | null {
	try {
		return fs.statSync(file).isFile() ? fs.readFileSync(file, 'utf8') : null;
	} catch {
		return null;
	}
}
