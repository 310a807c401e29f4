import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { DatabaseSync } from 'node:sqlite';
import type { LockHolder, PassLock } from '../../core/ports/journal.ts';
import { type CodedError, errorCode } from '../../runtime/errors.ts';
import { hintOf, hostError, hostErrors, reasonOf } from '../errors.ts';
import { resolveRoot } from '../root.ts';
import { writeStateFile } from '../state-file.ts';
import { ensureStateFolder } from '../state-folder.ts';

/**
 * The lock of one root. It is a lock of the operating system on `.gpupolicy/lock`, taken through SQLite, the one part of
 * Node that takes such locks on every platform: the kernel frees it however the holder dies (docs/adr/0009).
 */
export function openPassLock(root: string): PassLock {
	return new KernelPassLock(resolveRoot(root));
}

/** SQLITE_BUSY: another connection, of this process or of another, holds the lock. */
const busy = 5;

/**
 * Milliseconds to try. SQLite takes the lock in steps (shared, reserved, exclusive), so that of two processes that try at the
 * same moment each can be in the other's way; without trying again both would be refused.
 */
const TRY_MS = 100;

class KernelPassLock implements PassLock {
	readonly #root: string;

	constructor(root: string) {
		this.#root = root;
	}

	acquire(command: string): ReturnType<PassLock['acquire']> {
		const folder = ensureStateFolder(this.#root);
		const file = path.join(folder, 'lock');
		const holderFile = path.join(folder, 'lock-holder.json');
		let database: DatabaseSync | undefined;
		try {
			createOnce(file);
			database = new (sqlite().DatabaseSync)(file);
			database.exec(`PRAGMA busy_timeout = ${TRY_MS}; BEGIN EXCLUSIVE`);
		} catch (error) {
			database?.close();
			if (resultCode(error) === busy) return { ok: false, holder: readHolder(holderFile) };
			throw lockUnavailable(file, error);
		}
		const held = database;
		const holder: LockHolder = { pid: process.pid, command, since: new Date().toISOString() };
		try {
			writeStateFile(holderFile, JSON.stringify(holder), { durable: false });
		} catch {
			// Only for messages; a full disk must not keep a pass from running.
		}
		let released = false;
		const release = (): void => {
			if (released) return;
			released = true;
			removeNote(holderFile);
			held.close();
		};
		return { ok: true, release };
	}
}

/**
 * Never opens a file that exists: POSIX drops all locks of a process on a file when the process closes any descriptor of it.
 */
function createOnce(file: string): void {
	if (fs.existsSync(file)) return;
	try {
		fs.closeSync(fs.openSync(file, 'wx', 0o600));
	} catch (error) {
		if (errorCode(error) !== 'EEXIST') throw error;
	}
}

/** The primary result code of an error of SQLite; `undefined` for any other error. */
function resultCode(error: unknown): number | undefined {
	const code = typeof error === 'object' && error !== null && 'errcode' in error ? error.errcode : undefined;
	return typeof code === 'number' ? code & 0xff : undefined;
}

/** What to do about each of SQLite's result codes, https://www.sqlite.org/rescode.html */
const sqliteHints: Readonly<Record<number, string>> = {
	[3]: 'Run as a user who may write there.',
	[8]: 'Make the file and its folder writable for this user.',
	[13]: 'Free some space on that disk and run again.',
	[26]: 'It is not the file that gpupolicy made: remove it. It holds nothing.',
};

function lockUnavailable(file: string, cause: unknown): CodedError {
	const foreign = fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() === false;
	const code = resultCode(cause);
	const general =
		code === undefined && errorCode(cause) !== undefined
			? hintOf(cause)
			: 'Check that this user may write there and that the file system supports locks.';
	const hint = foreign ? 'What stands there is no regular file: move it away.' : (sqliteHints[code ?? 0] ?? general);
	return hostError(hostErrors.lockUnavailable, `the lock ${file} cannot be taken: ${reasonOf(cause)}`, hint, cause);
}

/** The note is only for messages: whatever stands in its place must not fail the pass. */
function removeNote(file: string): void {
	try {
		fs.rmSync(file, { force: true });
	} catch {}
}

/** Loads SQLite on first use; Node 22 announces it as experimental, which is nothing for a user to act on. */
function sqlite(): typeof import('node:sqlite') {
	const emit = process.emitWarning;
	process.emitWarning = () => {};
	try {
		return process.getBuiltinModule('node:sqlite');
	} finally {
		process.emitWarning = emit;
	}
}

/** `null` where the holder has not yet written who it is, or its note was left by one that died before the present holder. */
function readHolder(file: string): LockHolder | null {
	try {
		const value = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<LockHolder>;
		const { pid, command, since } = value;
		if (typeof pid !== 'number' || typeof command !== 'string' || typeof since !== 'string') return null;
		return isAlive(pid) ? { pid, command, since } : null;
	} catch {
		return null;
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return errorCode(error) === 'EPERM';
	}
}
