import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { DatabaseSync } from 'node:sqlite';
import type { LockHolder, PassLock } from '../../core/ports/journal.ts';
import { errorCode } from '../../runtime/errors.ts';
import { hostError, hostErrors, reasonOf } from '../errors.ts';
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
			if (isBusy(error)) return { ok: false, holder: readHolder(holderFile) };
			throw hostError(
				hostErrors.lockUnavailable,
				`the lock ${file} cannot be taken: ${reasonOf(error)}`,
				'Check that this user may write there and that the file system supports locks.',
				error,
			);
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
			fs.rmSync(holderFile, { force: true });
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

function isBusy(error: unknown): boolean {
	return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === busy;
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
