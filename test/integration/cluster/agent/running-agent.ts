import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { GpuNodeReportStatus } from '../../../../src/api/v1alpha1.generated.ts';
import type { DeviceAnswer } from '../../../../src/core/device-answer/index.ts';
import { parseDeviceAnswer } from '../../../../src/core/device-answer/index.ts';
import type { TestCluster } from '../../../cluster/index.ts';
import type { Stub } from '../../../nvml-stub/index.ts';

const bin = new URL('../../../../bin/gpupolicy.js', import.meta.url).pathname;

/** One line of the agent's log. */
interface LogLine {
	readonly level: string;
	readonly msg: string;
	readonly [field: string]: unknown;
}

export interface AgentSetting {
	readonly node: string;
	/** Whose devices it sees; `null`: a machine without a driver. */
	readonly stub: Pick<Stub, 'environment'> | null;
	readonly kubeconfig: string;
	/** Default: one of its own, which goes with the agent. */
	readonly stateDirectory?: string;
	readonly args?: readonly string[];
	readonly environment?: Readonly<Record<string, string>>;
}

/** `gpupolicy agent` as it is built, run as a process of its own. */
export class RunningAgent {
	readonly lines: LogLine[] = [];
	/** Lines that are no JSON: there should be none. */
	readonly strays: string[] = [];
	readonly stateDirectory: string;
	readonly #child: ChildProcess;
	readonly #ownState: boolean;

	constructor({ node, stub, kubeconfig, stateDirectory, args = [], environment = {} }: AgentSetting) {
		this.#ownState = stateDirectory === undefined;
		this.stateDirectory = stateDirectory ?? mkdtempSync(join(tmpdir(), 'agent-state-'));
		const own = ['--node-name', node, '--kubeconfig', kubeconfig, '--state-dir', this.stateDirectory];
		const command = [bin, 'agent', ...own, '--interval', '1s', '--bind-address', '127.0.0.1:0', ...args];
		const { LD_LIBRARY_PATH: _, ...bare } = process.env;
		this.#child = spawn(process.execPath, command, {
			stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...(stub?.environment ?? { ...bare, PATH: '/nonexistent' }), ...environment },
		});
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

	/** What the proxy is told; `null` before the first answer. */
	answer(): DeviceAnswer | null {
		try {
			return parseDeviceAnswer(readFileSync(join(this.stateDirectory, 'answer.json'), 'utf8'));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
			throw error;
		}
	}

	/** Verdicts of the answer, by product of the stub's uuid: `{ 'GPU-…': 'Allowed' }`. */
	verdicts(): Record<string, string> {
		return Object.fromEntries((this.answer()?.devices ?? []).map(({ uuid, verdict }) => [uuid, verdict]));
	}

	/** Waits for a state; shows what the agent said last where it does not come. */
	async until<T>(
		what: string,
		ask: () => T | undefined | false | null | Promise<T | undefined | false | null>,
		limitMs = 60_000,
	): Promise<T> {
		for (const end = performance.now() + limitMs; ; await pause(50)) {
			const found = await ask();
			if (found !== undefined && found !== false && found !== null) return found;
			if (performance.now() > end || this.exited)
				throw new Error(
					`not within ${limitMs} ms: ${what}\n${JSON.stringify(this.lines.slice(-15), null, 1)}\n${this.strays.join('\n')}`,
				);
		}
	}

	/** The answer of `/healthz`, `/readyz` or `/metrics`. */
	async get(path: string): Promise<{ readonly status: number; readonly body: string }> {
		const port = await this.until(
			'it serves',
			() => this.lines.find((line) => line.port !== undefined)?.port as number | undefined,
		);
		return new Promise((resolve, reject) => {
			const call = request({ host: '127.0.0.1', port, path }, (answer) => {
				let body = '';
				answer.setEncoding('utf8').on('data', (text: string) => {
					body += text;
				});
				answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body }));
			});
			call.once('error', reject).end();
		});
	}

	signal(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}

	/** Ends it and resolves with the exit code, `null` after SIGKILL. Keeps the state directory that a test gave. */
	async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
		if (!this.exited) {
			const exit = once(this.#child, 'exit');
			this.#child.kill(signal);
			await exit;
		}
		if (this.#ownState) rmSync(this.stateDirectory, { recursive: true, force: true });
		return this.#child.exitCode;
	}
}

const running = new Set<RunningAgent>();
// Whatever ends the test: nothing goes on without it.
process.once('exit', () => {
	for (const one of running) one.signal('SIGKILL');
});

/** Ends what a failed test left. */
export async function endAllAgents(): Promise<void> {
	await Promise.all([...running].map((one) => one.end('SIGKILL')));
}

/** The status of the report of a node; `null` where there is none or it is empty. */
export async function reportOf(server: TestCluster, node: string): Promise<GpuNodeReportStatus | null> {
	const { status, body } = await server.request('GET', `/apis/gpupolicy.dev/v1alpha1/gpunodereports/${node}`);
	return status === 200 ? (body.status ?? null) : null;
}
