import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const bin = new URL('../../bin/gpupolicy.js', import.meta.url).pathname;
const endsWithTest = new URL('ends-with-test.cjs', import.meta.url).pathname;

/** One line of the log of a command. */
export interface LogLine {
	readonly level: string;
	readonly msg: string;
	readonly [field: string]: unknown;
}

/** A command that goes on until it is stopped, as it is built, run as a process of its own. It ends with the test, also where that is killed. */
export class RunningCommand {
	readonly lines: LogLine[] = [];
	/** Lines that are no JSON: there should be none. */
	readonly strays: string[] = [];
	readonly #name: string;
	readonly #child: ChildProcess;

	constructor(
		args: readonly string[],
		options: {
			/** Of Node itself. */
			readonly nodeArgs?: readonly string[];
			/** Default: that of the test. */
			readonly env?: NodeJS.ProcessEnv;
		} = {},
	) {
		this.#name = args[0] ?? '';
		const command = ['--require', endsWithTest, ...(options.nodeArgs ?? []), bin, ...args];
		this.#child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: options.env ?? process.env });
		this.#child.channel?.unref();
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

	/** Waits for a state; shows what the command said last where it does not come, or where the command ends. */
	async until<T>(
		what: string,
		ask: () => T | undefined | false | null | Promise<T | undefined | false | null>,
		limitMs = 60_000,
	): Promise<T> {
		for (const limit = performance.now() + limitMs; ; await pause(20)) {
			const found = await ask();
			if (found !== undefined && found !== false && found !== null) return found;
			if (this.exited || performance.now() > limit) {
				const said = [JSON.stringify(this.lines.slice(-20), null, 1), ...this.strays].join('\n');
				throw new Error(`${this.#name} ${this.exited ? 'ended' : `took ${limitMs} ms`}, not seen: ${what}\n${said}`);
			}
		}
	}

	/** Resolves with the first line that fits, also one that was written already. */
	says(fits: (line: LogLine) => boolean, limitMs = 60_000): Promise<LogLine> {
		return this.until(`a line that fits ${fits}`, () => this.lines.find(fits), limitMs);
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
		if (!this.exited) this.signal(signal);
		return this.ended();
	}

	/** Sends a signal, and does not wait for what comes of it. */
	signal(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}
}

const running = new Set<RunningCommand>();

/** Ends what a failed test left; `which`: by default all. */
export async function endAll(
	signal: NodeJS.Signals = 'SIGKILL',
	which: (command: RunningCommand) => boolean = () => true,
): Promise<void> {
	await Promise.all([...running].filter(which).map((one) => one.end(signal)));
}
