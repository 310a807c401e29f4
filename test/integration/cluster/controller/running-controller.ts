import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestCluster } from '../../../cluster/index.ts';

const bin = new URL('../../../../bin/gpupolicy.js', import.meta.url).pathname;

/** One line of the controller's log. */
export interface LogLine {
	readonly level: string;
	readonly msg: string;
	readonly [field: string]: unknown;
}

/** The command as it is built, run as a process of its own. */
export class RunningController {
	readonly lines: LogLine[] = [];
	/** Lines that are no JSON: there should be none. */
	readonly strays: string[] = [];
	/** Of the cluster that it is for. */
	readonly cluster: Pick<TestCluster, 'kubeconfig'>;
	readonly #child: ChildProcess;

	constructor(
		cluster: Pick<TestCluster, 'kubeconfig'>,
		options: {
			readonly kubeconfig?: string;
			readonly args?: readonly string[];
			/** Of Node itself. */
			readonly nodeArgs?: readonly string[];
		} = {},
	) {
		this.cluster = cluster;
		const args = [
			'controller',
			'--kubeconfig',
			options.kubeconfig ?? accounts.get(cluster) ?? cluster.kubeconfig,
			'--bind-address',
			'127.0.0.1:0',
		];
		const command = [...(options.nodeArgs ?? []), bin, ...args, ...(options.args ?? [])];
		this.#child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
		createInterface({ input: this.#child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
			try {
				this.lines.push(JSON.parse(line) as LogLine);
			} catch {
				this.strays.push(line);
			}
		});
		(this.#child.stdout as NodeJS.ReadableStream).resume();
		running.add(this);
		this.#child.once('exit', () => running.delete(this));
	}

	get pid(): number {
		return this.#child.pid as number;
	}

	get exited(): boolean {
		return this.#child.exitCode !== null || this.#child.signalCode !== null;
	}

	/** Resolves with the first line that fits, also one that was written already. */
	async says(fits: (line: LogLine) => boolean, limitMs = 20_000): Promise<LogLine> {
		const limit = performance.now() + limitMs;
		for (;;) {
			const line = this.lines.find(fits);
			if (line) return line;
			if (this.exited || performance.now() > limit)
				throw new Error(
					`the controller did not say it:\n${JSON.stringify(this.lines.slice(-20), null, 1)}\n${this.strays.join('\n')}`,
				);
			await pause(20);
		}
	}

	async leads(limitMs?: number): Promise<void> {
		await this.says(({ msg }) => msg === 'leading', limitMs);
	}

	/** The answer of `/healthz`, `/readyz` or `/metrics`. */
	async get(path: string): Promise<{ readonly status: number; readonly body: string }> {
		const { port } = await this.says(({ port }) => port !== undefined);
		return new Promise((resolve, reject) => {
			const call = request({ host: '127.0.0.1', port: port as number, path }, (answer) => {
				let body = '';
				answer.setEncoding('utf8').on('data', (text: string) => {
					body += text;
				});
				answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body }));
			});
			call.once('error', reject).end();
		});
	}

	/** Waits for it to end by itself and resolves with the exit code. */
	async ended(): Promise<number | null> {
		if (!this.exited) await once(this.#child, 'exit');
		return this.#child.exitCode;
	}

	/** Sends a signal and resolves with the exit code, `null` after SIGKILL. */
	async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
		if (this.exited) return this.#child.exitCode;
		const exit = once(this.#child, 'exit');
		this.#child.kill(signal);
		const [code] = (await exit) as [number | null];
		return code;
	}

	/** Sends a signal, and does not wait for what comes of it. */
	signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
		this.#child.kill(signal);
	}
}

/** Kubeconfigs of the controller's account, by cluster. */
const accounts = new WeakMap<object, string>();

/** Controllers of the cluster use this kubeconfig where a test names none. */
export function useAccount(cluster: object, kubeconfig: string): void {
	accounts.set(cluster, kubeconfig);
}

const running = new Set<RunningController>();
// Whatever ends the test or the benchmark: nothing goes on without it.
process.once('exit', () => {
	for (const one of running) one.signal('SIGKILL');
});

/** Ends what a failed test left. */
export async function endAll(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
	await Promise.all([...running].map((one) => one.end(signal)));
}

/** The same, on one cluster of several that are in use at once. */
export async function endAllOf(cluster: RunningController['cluster']): Promise<void> {
	await Promise.all([...running].filter((one) => one.cluster === cluster).map((one) => one.end('SIGKILL')));
}
