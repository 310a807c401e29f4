import process from 'node:process';
import { ffi } from './koffi.ts';

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

/**
 * Has the kernel end this process when `parent` dies. A disconnected channel cannot do it: a driver call that hangs keeps
 * the event loop from noticing. On Windows libuv puts children into a job that the system ends with the parent (uv_spawn,
 * JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE), so there is nothing to do.
 */
export function dieWithParent(parent: number): void {
	if (process.platform === 'linux') {
		const prctl = ffi
			.load(null)
			.func('prctl', 'int', ['int', 'unsigned long', 'unsigned long', 'unsigned long', 'unsigned long']);
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	}
	// The parent may have died before the request was in force.
	if (process.ppid !== parent) process.exit(1);
}
