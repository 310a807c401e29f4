import fs from 'node:fs';
import type { SkippedEntry, Stamp } from '../../core/ports/worktree.ts';
import { errorCode } from '../../runtime/errors.ts';
import { reasonOf } from '../errors.ts';
import { forbiddenFolders } from './default-excludes.ts';
import { absolutePath, relativePath } from './relative-path.ts';
import { stampOf } from './stamp.ts';

/** Where a path leads once every link on the way is followed. */
export type Target =
	| { readonly kind: 'file'; readonly path: string; readonly stamp: Stamp; readonly ctimeNs: bigint }
	/** Nothing is there, or a link leads to nothing. */
	| { readonly kind: 'missing' }
	| { readonly kind: 'directory'; readonly path: string | null }
	| { readonly kind: 'rejected'; readonly entry: SkippedEntry };

/** Follows `path` to the file that it names; only a regular file inside the root is a target. */
export function resolveTarget(root: string, path: string): Target {
	const reject = (rule: SkippedEntry['rule'], message: string): Target => ({
		kind: 'rejected',
		entry: { path, rule, message, finding: true },
	});
	try {
		const real = fs.realpathSync.native(absolutePath(root, path));
		const stat = fs.lstatSync(real, { bigint: true });
		const inside = relativePath(root, real);
		if (stat.isDirectory()) return { kind: 'directory', path: inside };
		if (inside === null) return reject('file/outside', `symlink out of the root, to ${real}`);
		const forbidden = inside.split('/').find((segment) => forbiddenFolders.has(segment));
		if (forbidden !== undefined) return reject('file/outside', `leads into ${forbidden}`);
		if (!stat.isFile()) return reject('file/not-regular', kindOf(stat));
		if (inside.includes('\ufffd')) return reject('file/name', 'leads to a name that is not UTF-8');
		return { kind: 'file', path: inside, stamp: stampOf(stat), ctimeNs: stat.ctimeNs };
	} catch (error) {
		const code = errorCode(error);
		if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
		if (code === 'ELOOP') return reject('file/unreadable', 'symlink loop');
		return reject('file/unreadable', reasonOf(error));
	}
}

/** Name of what is not a regular file, for messages. */
export function kindOf(entry: {
	isFIFO(): boolean;
	isSocket(): boolean;
	isBlockDevice(): boolean;
	isCharacterDevice(): boolean;
}): string {
	if (entry.isFIFO()) return 'FIFO';
	if (entry.isSocket()) return 'socket';
	return entry.isBlockDevice() || entry.isCharacterDevice() ? 'device' : 'not a regular file';
}
