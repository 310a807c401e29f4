import fs from 'node:fs';
import process from 'node:process';
import type { WriteOutcome } from '../../core/ports/journal.ts';
import type { Stamp } from '../../core/ports/worktree.ts';
import { errorCode } from '../../runtime/errors.ts';
import { reasonOf } from '../errors.ts';
import { openFlags, parentIsInside } from '../files/read-file.ts';
import { absolutePath, parentPath } from '../files/relative-path.ts';
import { sameContent, stampOf } from '../files/stamp.ts';

/** What is on disk under a path now. */
export type Current =
	| { readonly ok: true; readonly bytes: Buffer; readonly stamp: Stamp; readonly uid: number; readonly gid: number }
	| { readonly ok: false; readonly rule: 'file/changed' | 'file/outside' | 'file/unreadable'; readonly message: string };

/** A buffer that is used again for each file; the bytes of a `Current` are then valid until the next one. */
export class Scratch {
	#buffer = Buffer.allocUnsafeSlow(16 * 1024);

	/** Reads an open file to its end. */
	read(fd: number): Buffer {
		let length = 0;
		for (;;) {
			if (length === this.#buffer.length) {
				const larger = Buffer.allocUnsafe(length * 2);
				this.#buffer.copy(larger);
				this.#buffer = larger;
			}
			const count = fs.readSync(fd, this.#buffer, length, this.#buffer.length - length, null);
			if (count === 0) return this.#buffer.subarray(0, length);
			length += count;
		}
	}
}

/** Reads a file for a write or a check: regular, not through a link, in a directory inside the root. */
export function readCurrent(root: string, path: string, scratch = new Scratch()): Current {
	if (!parentIsInside(root, parentPath(path))) {
		return { ok: false, rule: 'file/outside', message: 'its directory is gone or is a link now' };
	}
	let fd: number;
	try {
		fd = fs.openSync(absolutePath(root, path), openFlags);
	} catch (error) {
		const code = errorCode(error);
		if (code === 'ENOENT') return { ok: false, rule: 'file/changed', message: 'the file is gone' };
		if (code === 'ELOOP') return { ok: false, rule: 'file/changed', message: 'a symlink stands in its place' };
		return { ok: false, rule: 'file/unreadable', message: reasonOf(error) };
	}
	try {
		const stat = fs.fstatSync(fd, { bigint: true });
		if (!stat.isFile()) return { ok: false, rule: 'file/changed', message: 'it is no longer a regular file' };
		return { ok: true, bytes: scratch.read(fd), stamp: stampOf(stat), uid: Number(stat.uid), gid: Number(stat.gid) };
	} catch (error) {
		return { ok: false, rule: 'file/unreadable', message: reasonOf(error) };
	} finally {
		fs.closeSync(fd);
	}
}

/** Name of the temporary file that stands beside the file of an intent while it is written. */
export function temporaryName(path: string, revision: number, index: number): string {
	const parent = parentPath(path);
	return `${parent === '' ? '' : `${parent}/`}.gpupolicy-${revision}-${index}.tmp`;
}

/**
 * Puts `bytes` in the place of a file by a temporary file and a rename: at any moment the path shows the old content or
 * the new. Keeps permission bits, and owner and group as far as this user may. Other names of a hard-linked file keep the
 * old content; extended attributes other than the ones that the directory gives are not carried over.
 */
export function replaceFile(
	root: string,
	path: string,
	temporary: string,
	current: Extract<Current, { ok: true }>,
	bytes: Uint8Array,
	options: { readonly fsync: boolean },
): WriteOutcome {
	const target = absolutePath(root, path);
	const beside = absolutePath(root, temporary);
	if ((current.stamp.mode & 0o200) === 0) return { ok: false, rule: 'file/read-only', message: 'the file is read-only' };
	try {
		fs.accessSync(target, fs.constants.W_OK);
	} catch (error) {
		return { ok: false, rule: 'file/read-only', message: `may not be written: ${reasonOf(error)}` };
	}
	let created = false;
	try {
		const fd = createTemporary(beside);
		created = true;
		let stamp: Stamp;
		try {
			let done = 0;
			while (done < bytes.length) done += fs.writeSync(fd, bytes, done);
			keepOwner(fd, current);
			fs.fchmodSync(fd, current.stamp.mode);
			if (options.fsync) fs.fsyncSync(fd);
			stamp = stampOf(fs.fstatSync(fd, { bigint: true }));
		} finally {
			fs.closeSync(fd);
		}
		const now = fs.lstatSync(target, { bigint: true, throwIfNoEntry: false });
		if (!now?.isFile() || !sameContent(stampOf(now), current.stamp)) {
			fs.rmSync(beside, { force: true });
			return { ok: false, rule: 'file/changed', message: 'written by somebody else at this moment' };
		}
		renameOver(beside, target);
		return { ok: true, stamp };
	} catch (error) {
		if (created) fs.rmSync(beside, { force: true });
		const code = errorCode(error);
		const readOnly = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
		return {
			ok: false,
			rule: readOnly ? 'file/read-only' : 'file/write-failed',
			message: `${readOnly ? 'its directory may not be written: ' : ''}${reasonOf(error)}`,
		};
	}
}

/** The name is ours alone: what stands there was left by a pass that was killed. A link is removed, not followed. */
function createTemporary(file: string): number {
	try {
		return fs.openSync(file, 'wx', 0o600);
	} catch (error) {
		if (errorCode(error) !== 'EEXIST') throw error;
		fs.unlinkSync(file);
		return fs.openSync(file, 'wx', 0o600);
	}
}

/** A file of another owner becomes ours where the system does not let us give it back. */
function keepOwner(fd: number, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
	if (process.platform === 'win32') return;
	const made = fs.fstatSync(fd);
	if (made.uid === uid && made.gid === gid) return;
	try {
		fs.fchownSync(fd, uid, gid);
	} catch {
		try {
			fs.fchownSync(fd, -1, gid);
		} catch {}
	}
}

/** On Windows a virus scanner or an editor may hold the target open for a moment. */
function renameOver(from: string, to: string): void {
	for (let attempt = 0; ; attempt++) {
		try {
			fs.renameSync(from, to);
			return;
		} catch (error) {
			const code = errorCode(error);
			const passing = code === 'EPERM' || code === 'EACCES' || code === 'EBUSY';
			if (process.platform !== 'win32' || !passing || attempt === 6) throw error;
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 << attempt);
		}
	}
}
