import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory in MB: with all that it shares with others (`rss`), and with its part of that (`pss`). */
export interface Resident {
	readonly rss: number;
	readonly pss: number;
}

export function residentOf(pid: number): Resident {
	const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
	const of = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) / 1000;
	return { rss: of('Rss'), pss: of('Pss') };
}

/** The most that was ever resident, in MB. */
export function peakOf(pid: number): number {
	return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1000;
}

/** Seconds on a processor, of all threads that live, to the nanosecond: /proc/PID/stat counts in hundredths, which is what an idle process takes. */
export function processorSeconds(pid: number): number {
	const tasks = readdirSync(`/proc/${pid}/task`);
	return tasks.reduce(
		(sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ')[0]) / 1e9,
		0,
	);
}

/** Processes that this one started and that live. */
export function childrenOf(pid: number): readonly number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((one) => parentOf(one) === pid);
}

function parentOf(pid: number): number | null {
	try {
		return Number(
			readFileSync(`/proc/${pid}/stat`, 'latin1')
				.replace(/^.*\) . /s, '')
				.split(' ')[0],
		);
	} catch {
		return null; // It ended meanwhile.
	}
}
