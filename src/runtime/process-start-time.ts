import { readFileSync } from 'node:fs';

/**
 * Start time of a process in clock ticks since boot (field 22 of /proc/PID/stat), as text because it may pass 2^53.
 * `null` where /proc does not show the process: it ended, lives in another pid namespace, or this is not Linux.
 */
export function processStartTime(procRoot: string, pid: number): string | null {
	try {
		const stat = readFileSync(`${procRoot}/${pid}/stat`, 'latin1');
		// The second field is the command in parentheses and may itself hold spaces and parentheses.
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
	} catch {
		return null;
	}
}
