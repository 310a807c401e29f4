import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Order, Report } from './messages.ts';

type Request = Order extends infer Each ? (Each extends unknown ? Omit<Each, 'id'> : never) : never;

/** Processes that end with this one, however it ends. */
export class Supervised {
	readonly #supervisor: ChildProcess;
	readonly #pending = new Map<number, { resolve(pid: number | undefined): void; reject(error: Error): void }>();
	readonly #ended = new Map<string, string>();
	#orders = 0;

	/** `folder` is removed at the end; `GPUPOLICY_KEEP_CLUSTER=1` keeps it for a look at the logs. */
	constructor(folder: string) {
		this.#supervisor = spawn(process.execPath, [join(import.meta.dirname, 'supervisor.ts'), folder], {
			stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
			detached: true, // A signal to our process group must not stop it before it has cleaned up.
		});
		this.#supervisor.on('message', (report: Report) => this.#take(report));
		this.#supervisor.once('exit', (code, signal) => {
			for (const { reject } of this.#pending.values()) reject(new Error(`the supervisor ended (${signal ?? code})`));
			this.#pending.clear();
		});
		this.#supervisor.unref();
		this.#supervisor.channel?.unref();
	}

	/** Starts a process and gives its id. */
	async start(name: string, command: string, args: readonly string[], log: string): Promise<number> {
		this.#ended.delete(name);
		return (await this.#send({ do: 'start', name, command, args, log })) as number;
	}

	/** Sends a signal and waits until the process is gone. */
	async kill(name: string, signal: NodeJS.Signals): Promise<void> {
		await this.#send({ do: 'kill', name, signal });
	}

	/** How a process ended (`exit 1`, `SIGKILL`); undefined while it runs. */
	ended(name: string): string | undefined {
		return this.#ended.get(name);
	}

	/** Kills all and removes the folder. */
	async stop(): Promise<void> {
		if (this.#supervisor.connected) await this.#send({ do: 'stop' });
	}

	#send(request: Request): Promise<number | undefined> {
		const id = ++this.#orders;
		return new Promise((resolve, reject) => {
			this.#pending.set(id, { resolve, reject });
			this.#supervisor.channel?.ref(); // A test that awaits nothing else must not end here.
			this.#supervisor.send({ id, ...request }, (error) => {
				if (error !== null) this.#settle(id)?.reject(error);
			});
		});
	}

	#take(report: Report): void {
		if ('exited' in report) this.#ended.set(report.exited, report.status);
		else if (report.error === undefined) this.#settle(report.id)?.resolve(report.pid);
		else this.#settle(report.id)?.reject(new Error(report.error));
	}

	#settle(id: number) {
		const waiting = this.#pending.get(id);
		this.#pending.delete(id);
		if (this.#pending.size === 0) this.#supervisor.channel?.unref();
		return waiting;
	}
}
