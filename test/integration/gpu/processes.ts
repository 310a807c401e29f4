import { readdirSync, readFileSync } from 'node:fs';

/** Is the process there and not a zombie? Reads /proc, so that a child nobody waited for is seen too. */
export function isRunning(pid: number): boolean {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
	} catch {
		return false;
	}
}

/** Pids of running processes whose environment holds `needle`: all that a command with that environment has left behind. */
export function processesWith(needle: string): readonly number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => isRunning(pid) && environmentOf(pid).includes(needle));
}

function environmentOf(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/environ`, 'latin1');
	} catch {
		return '';
	}
}

/** Waits until `holds` or fails after `limitMs`. */
export async function eventually(what: string, limitMs: number, holds: () => boolean): Promise<void> {
	const end = performance.now() + limitMs;
	while (!holds()) {
		if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
