import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Run {
	readonly seconds: number;
	readonly exit: number | null;
	readonly stdout: string;
	readonly stderr: string;
	/** Highest resident memory in MB; `null` where the system does not tell. */
	readonly peakMB: number | null;
}

/** Runs a program once, without a shell. `discard` throws its stdout away instead of keeping it. */
export function once(
	file: string,
	args: readonly string[],
	options: { cwd?: string; discard?: boolean; env?: NodeJS.ProcessEnv } = {},
): Promise<Run> {
	const started = performance.now();
	const child = spawn(file, args, {
		cwd: options.cwd,
		env: { ...process.env, ...options.env },
		stdio: ['ignore', options.discard === true ? 'ignore' : 'pipe', 'pipe'],
	});
	const output = { stdout: '', stderr: '' };
	for (const name of ['stdout', 'stderr'] as const) {
		child[name]?.setEncoding('utf8').on('data', (text: string) => {
			output[name] += text;
		});
	}
	const memory = watchMemory(child);
	return new Promise((resolve, reject) => {
		let seconds = 0;
		child.once('error', (error) => {
			memory.stop();
			reject(error);
		});
		child.once('exit', () => {
			seconds = (performance.now() - started) / 1000;
		});
		child.once('close', (exit) => {
			memory.stop();
			resolve({ seconds, exit, ...output, peakMB: memory.peakMB() });
		});
	});
}

/** Reads the kernel's own high-water mark until the process is gone; children of the process are not counted. */
function watchMemory(child: ChildProcess): { stop(): void; peakMB(): number | null } {
	let peak: number | null = null;
	const look = (): void => {
		try {
			const kB = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'))?.[1];
			if (kB !== undefined) peak = Number(kB) / 1000;
		} catch {
			// No /proc, or the process is gone.
		}
	};
	const timer = setInterval(look, 5);
	return { stop: () => clearInterval(timer), peakMB: () => peak };
}

export function median(values: readonly number[]): number {
	return percentile(values, 0.5);
}

/** `share` of 0.99 is p99; the nearest value that was measured. */
export function percentile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** Runs all of `subjects` in turn, `rounds` times, so that each round meets the same machine; medians of what each returns. */
export async function inTurn<K extends string>(
	rounds: number,
	subjects: Record<K, () => Promise<number>>,
): Promise<Record<K, number>> {
	const values = Object.fromEntries(Object.keys(subjects).map((key) => [key, [] as number[]])) as Record<K, number[]>;
	for (let round = 0; round < rounds; round++) {
		for (const key of Object.keys(subjects) as K[]) values[key].push(await subjects[key]());
	}
	return Object.fromEntries(Object.entries<number[]>(values).map(([key, list]) => [key, median(list)])) as Record<K, number>;
}

export const seconds = (value: number): string =>
	value < 1 ? `${(value * 1000).toFixed(value < 0.01 ? 2 : 0)} ms` : `${value.toFixed(2)} s`;
