import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Runs `work` while no other process does so under the same lock file. A lock whose process is gone is taken over. Two that find the
 * same dead lock at the same moment may both go on: what is done under it must end in a rename, so that it is only done twice.
 */
export async function withLock<T>(file: string, onWait: (pid: number) => void, work: () => Promise<T>): Promise<T> {
	for (let told = false; ; await pause(500)) {
		const holder = take(file);
		if (holder === undefined) break;
		if (!alive(holder)) {
			rmSync(file, { force: true });
			continue;
		}
		if (!told) onWait(holder);
		told = true;
	}
	try {
		return await work();
	} finally {
		rmSync(file, { force: true });
	}
}

/** The process that holds the lock; undefined once it is ours. */
function take(file: string): number | undefined {
	try {
		const handle = openSync(file, 'wx');
		writeSync(handle, String(process.pid));
		closeSync(handle);
		return undefined;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
	try {
		// Empty for the moment between its creation and its first byte: whoever creates it is at work.
		return Number(readFileSync(file, 'utf8')) || process.pid;
	} catch {
		return process.pid; // Released just now.
	}
}

function alive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
