import fs from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';

/** Makes new names in a directory durable; Windows does so by itself and cannot open directories. */
export function syncDirectory(directory: string): void {
	if (process.platform === 'win32') return;
	const fd = fs.openSync(directory, 'r');
	try {
		fs.fsyncSync(fd);
	} finally {
		fs.closeSync(fd);
	}
}

let syncfs: ((fd: number) => number) | null | undefined;

/**
 * Writes out everything of the file system that holds `directory`: one call instead of an fsync per file.
 * False where the platform has no `syncfs(2)`; nothing was written out then.
 */
export function syncFileSystem(directory: string): boolean {
	syncfs ??= loadSyncfs();
	if (syncfs === null) return false;
	const fd = fs.openSync(directory, 'r');
	try {
		return syncfs(fd) === 0;
	} finally {
		fs.closeSync(fd);
	}
}

/** True where `syncFileSystem` will work. Loads the foreign function interface (7 ms), so ask only before writing many files. */
export function hasFileSystemSync(): boolean {
	syncfs ??= loadSyncfs();
	return syncfs !== null;
}

function loadSyncfs(): ((fd: number) => number) | null {
	if (process.platform !== 'linux') return null;
	try {
		const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
		return koffi.load(null).func('int syncfs(int fd)') as (fd: number) => number;
	} catch {
		return null;
	}
}
