import path from 'node:path';

/** Absolute path of a root-relative one with `/`. */
export function absolutePath(root: string, relative: string): string {
	if (path.sep === '/') return root === '/' ? `/${relative}` : `${root}/${relative}`;
	return path.join(root, relative);
}

/** Root-relative path with `/` of an absolute path, or `null` where it does not lie below the root. */
export function relativePath(root: string, absolute: string): string | null {
	if (absolute === root) return '';
	const base = root.endsWith(path.sep) ? root : root + path.sep;
	if (!absolute.startsWith(base)) return null;
	const below = absolute.slice(base.length);
	return path.sep === '/' ? below : below.replaceAll(path.sep, '/');
}

/** Path of the directory that holds `relative`; the empty string for the root. */
export function parentPath(relative: string): string {
	const slash = relative.lastIndexOf('/');
	return slash < 0 ? '' : relative.slice(0, slash);
}

/**
 * Removes `.` and empty segments and resolves `..`; `null` for an absolute path and for one that leaves the root.
 */
export function normalizeRelative(input: string): string | null {
	if (input.startsWith('/') || (path.sep === '\\' && /^[A-Za-z]:/.test(input))) return null;
	const out: string[] = [];
	for (const segment of input.split('/')) {
		if (segment === '' || segment === '.') continue;
		if (segment === '..') {
			if (out.pop() === undefined) return null;
		} else out.push(segment);
	}
	return out.join('/');
}

/** Sorts paths by their UTF-8 bytes; JavaScript's own order differs only where surrogates occur. */
export function sortByBytes<T>(items: T[], pathOf: (item: T) => string): T[] {
	const surrogate = items.some((item) => /[\ud800-\udfff]/.test(pathOf(item)));
	return items.sort((a, b) => {
		const left = pathOf(a);
		const right = pathOf(b);
		if (surrogate) return Buffer.compare(Buffer.from(left), Buffer.from(right));
		return left < right ? -1 : left > right ? 1 : 0;
	});
}
