import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Fact, known, unknown } from '../../core/observed/fact.ts';
import type { Inventory } from '../../core/observed/inventory.ts';
import type { InventorySource } from '../../core/ports/inventory-source.ts';
import { LineSplitter } from '../../runtime/lines.ts';
import { toUnknown } from './failure.ts';
import { nvmlLibraries } from './library.ts';
import { type ChildOptions, type Reply, type Request, repliesAt, requestsAt } from './protocol.ts';

export interface NvmlOptions {
	/** Libraries to try, best first; default: GPUPOLICY_NVML_LIBRARY, else what the platform offers. */
	readonly libraries?: readonly string[];
	/** Environment of the child; default: this process's. */
	readonly environment?: Readonly<Record<string, string | undefined>>;
	/** Where process start times are read; default `/proc`. */
	readonly procRoot?: string;
	/** Rather less memory than speed: for a child that stays for weeks and reads every few seconds. */
	readonly frugal?: boolean;
}

/** NVML behind the port, with what only it can tell. */
export interface NvmlSource extends InventorySource {
	subscribe(onChange: () => void): () => void;
	/** What the last snapshot cost in the child, in microseconds; `null` before the first. */
	lastMicros(): number | null;
	/** Process id of the child while there is one. */
	childPid(): number | null;
}

type Settle = (fact: Fact<Inventory>) => void;

/** How long a killed child may take to be gone before the answer is given without it: it may hang inside the kernel. */
const mostWaitForDeath = 100;
const watchEveryMs = 200;

/** Reads devices through NVML in a child process, which is kept for the next reading and ended when it does not answer. */
export function nvmlSource(options: NvmlOptions = {}): NvmlSource {
	const environment = options.environment ?? process.env;
	const listeners = new Set<() => void>();
	const waiting = new Map<number, Settle>();
	let child: ChildProcess | null = null;
	let stderr = '';
	let nextId = 1;
	let micros: number | null = null;

	function start(): ChildProcess {
		// Built it is a CommonJS file, which takes 3 MB less for good.
		const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'cjs';
		const argument: ChildOptions = {
			libraries: options.libraries ?? nvmlLibraries(process.platform, environment),
			procRoot: options.procRoot ?? '/proc',
			parent: process.pid,
		};
		// The user's NODE_OPTIONS (an inspector, a preload) are meant for the parent.
		const { NODE_OPTIONS: _, ...env } = environment;
		// Loaded here: most passes start no child, and the module costs each start 2 ms.
		const { spawn } = process.getBuiltinModule('node:child_process');
		const started = spawn(
			process.execPath,
			[
				'--max-semi-space-size=1',
				...(options.frugal ? ['--lite-mode'] : []),
				fileURLToPath(new URL(`./child.${extension}`, import.meta.url)),
				JSON.stringify(argument),
			],
			{ stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'], env, windowsHide: true, shell: false },
		);
		stderr = '';
		started.stderr?.on('data', (chunk: Buffer) => {
			stderr = (stderr + chunk.toString()).slice(-2000);
		});
		const lines = new LineSplitter();
		started.stdio[repliesAt]?.on('data', (chunk: Buffer) => {
			lines.push(chunk, (line) => receive(started, JSON.parse(line) as Reply));
		});
		// A child that is gone answers through its exit event.
		started.stdio[requestsAt]?.on('error', () => {});
		started.on('error', (error) => end(started, `the NVML process could not be started: ${error.message}`));
		started.on('exit', (code, signal) => {
			const said = stderr.trim().split('\n').at(-1) ?? '';
			end(started, `the NVML process ended with ${signal ?? `code ${code}`}${said && `: ${said}`}`);
		});
		if (listeners.size > 0) post(started, { kind: 'watch', everyMs: watchEveryMs });
		child = started;
		return started;
	}

	function receive(from: ChildProcess, reply: Reply): void {
		if (from !== child) return;
		if (reply.kind === 'event') for (const listener of listeners) listener();
		else if (reply.kind === 'failed') settle(reply.id, toUnknown(reply.failure));
		else {
			micros = reply.micros;
			const inventory: Inventory = { source: 'NVML', ...reply.snapshot, observedAt: reply.at };
			settle(reply.id, known(inventory, `NVML ${inventory.driverVersion}`, reply.at));
		}
	}

	function settle(id: number, fact: Fact<Inventory>): void {
		const done = waiting.get(id);
		waiting.delete(id);
		done?.(fact);
	}

	/** A child that is gone answers nothing more; whoever waits for it is told why. */
	function end(gone: ChildProcess, why: string): void {
		if (gone !== child) return;
		child = null;
		for (const id of [...waiting.keys()]) settle(id, unknown('SourceFailed', why));
	}

	function observe({ timeoutMs }: { readonly timeoutMs: number }): Promise<Fact<Inventory>> {
		const id = nextId++;
		return new Promise((resolve) => {
			const timer = setTimeout(
				async () => {
					waiting.delete(id);
					const ended = await kill(Math.min(mostWaitForDeath, timeoutMs / 10));
					resolve(unknown('TimedOut', timedOut(timeoutMs, ended)));
				},
				Math.max(0, timeoutMs - Math.min(mostWaitForDeath, timeoutMs / 10)),
			);
			waiting.set(id, (fact) => {
				clearTimeout(timer);
				hold(child, waiting.size > 0);
				resolve(fact);
			});
			const target = child ?? start();
			hold(target, true);
			post(target, { kind: 'snapshot', id });
		});
	}

	/** Ends the child; false where the kernel still holds it after `waitMs`. */
	function kill(waitMs: number): Promise<boolean> {
		const target = child;
		child = null;
		for (const id of [...waiting.keys()]) settle(id, unknown('TimedOut', 'NVML was ended because another reading got no answer'));
		if (target === null || target.exitCode !== null || target.signalCode !== null) return Promise.resolve(true);
		return new Promise((resolve) => {
			const timer = setTimeout(() => {
				hold(target, false);
				resolve(false);
			}, waitMs);
			target.once('exit', () => {
				clearTimeout(timer);
				resolve(true);
			});
			target.kill('SIGKILL');
		});
	}

	return {
		name: 'NVML',
		observe,
		close: async () => {
			await kill(1000);
		},
		subscribe: (onChange) => {
			listeners.add(onChange);
			if (child !== null && listeners.size === 1) post(child, { kind: 'watch', everyMs: watchEveryMs });
			return () => {
				listeners.delete(onChange);
				if (child !== null && listeners.size === 0) post(child, { kind: 'watch', everyMs: 0 });
			};
		},
		lastMicros: () => micros,
		childPid: () => child?.pid ?? null,
	};
}

function post(child: ChildProcess, request: Request): void {
	(child.stdio[requestsAt] as Writable).write(`${JSON.stringify(request)}\n`);
}

/** An idle child must not keep this process alive; one that owes an answer must. */
function hold(child: ChildProcess | null, wanted: boolean): void {
	if (child === null) return;
	const streams = [child, ...child.stdio] as readonly ({ ref?(): void; unref?(): void } | null)[];
	for (const stream of streams) wanted ? stream?.ref?.() : stream?.unref?.();
}

function timedOut(timeoutMs: number, ended: boolean): string {
	const rest = ended ? '' : '; its process could not be ended because the kernel holds it';
	return `NVML did not answer within ${timeoutMs / 1000} s${rest}; the driver may hang: look for Xid in the kernel log, then reset the GPU or reboot`;
}
