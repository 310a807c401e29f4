import fs from 'node:fs';
import type { ReadResult, SurveyedFile } from '../../core/ports/worktree.ts';
import { errorCode } from '../../runtime/errors.ts';
import { reasonOf } from '../errors.ts';
import { absolutePath, parentPath, relativePath } from './relative-path.ts';
import { sameContent, stampOf } from './stamp.ts';

/** Never follows a link in the last segment and never waits for a FIFO; the flags are 0 where the platform has none. */
export const openFlags = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

/** True where the directory of `relative` is still inside the root once every link on the way is followed. */
export function parentIsInside(root: string, directory: string): boolean {
	try {
		return relativePath(root, fs.realpathSync.native(absolutePath(root, directory))) === directory;
	} catch {
		return false;
	}
}

/** Reads surveyed files into one buffer that grows to the largest of them. */
export class FileReader {
	readonly #root: string;
	#buffer = Buffer.allocUnsafe(64 * 1024);
	/** Directories that were found to lie inside the root in this pass. */
	#inside = new Set<string>();

	constructor(root: string) {
		this.#root = root;
	}

	/** Begins a pass: directories are checked anew. */
	reset(): void {
		this.#inside.clear();
	}

	read(file: SurveyedFile, maxBytes: number): ReadResult {
		const directory = parentPath(file.path);
		if (!this.#inside.has(directory)) {
			if (!parentIsInside(this.#root, directory)) {
				return { ok: false, rule: 'file/outside', message: 'its directory was moved or replaced by a link since the scan' };
			}
			this.#inside.add(directory);
		}
		let fd: number;
		try {
			fd = fs.openSync(absolutePath(this.#root, file.path), openFlags);
		} catch (error) {
			return refused(error);
		}
		try {
			return this.#readOpen(fd, file, maxBytes);
		} catch (error) {
			return refused(error);
		} finally {
			fs.closeSync(fd);
		}
	}

	#readOpen(fd: number, file: SurveyedFile, maxBytes: number): ReadResult {
		const stat = fs.fstatSync(fd, { bigint: true });
		if (!stat.isFile()) return { ok: false, rule: 'file/not-regular', message: 'no longer a regular file' };
		const stamp = stampOf(stat);
		if (!sameContent(stamp, file.stamp)) return { ok: false, rule: 'file/changed', message: 'written since the scan began' };
		if (stamp.size > maxBytes) {
			return { ok: false, rule: 'file/too-large', message: `${stamp.size} bytes, more than ${maxBytes}` };
		}
		if (this.#buffer.length <= stamp.size) this.#buffer = Buffer.allocUnsafe(Math.ceil((stamp.size + 1) * 1.5));
		let length = 0;
		for (;;) {
			const count = fs.readSync(fd, this.#buffer, length, this.#buffer.length - length, -1);
			length += count;
			if (count === 0 || length >= stamp.size) break;
		}
		if (length !== stamp.size) return { ok: false, rule: 'file/changed', message: 'written while it was read' };
		return { ok: true, bytes: this.#buffer.subarray(0, length), stamp };
	}
}

function refused(error: unknown): ReadResult {
	const code = errorCode(error);
	if (code === 'ENOENT' || code === 'ENOTDIR') return { ok: false, rule: 'file/changed', message: 'removed since the scan' };
	if (code === 'ELOOP') return { ok: false, rule: 'file/changed', message: 'replaced by a symlink since the scan' };
	return { ok: false, rule: 'file/unreadable', message: reasonOf(error) };
}
