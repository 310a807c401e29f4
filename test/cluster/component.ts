import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Supervised } from './processes/supervised.ts';

/** How a component is run, and how it is seen to be ready. */
export interface ComponentPlan {
	readonly name: string;
	readonly command: string;
	readonly args: readonly string[];
	readonly log: string;
	/** Whether it serves now; must not reject. */
	isReady(): Promise<boolean>;
}

/** One process of the cluster. It is restarted on the same port and data. */
export class Component {
	readonly #plan: ComponentPlan;
	readonly #processes: Supervised;
	/** Of the last start. */
	pid = 0;

	constructor(plan: ComponentPlan, processes: Supervised) {
		this.#plan = plan;
		this.#processes = processes;
	}

	/** Starts it and waits until it serves. Rejects with the end of its log where it ends before, or takes longer than two minutes. */
	async start(): Promise<void> {
		await this.launch();
		await this.ready();
	}

	/** Starts it without waiting. */
	async launch(): Promise<void> {
		this.pid = await this.#processes.start(this.#plan.name, this.#plan.command, this.#plan.args, this.#plan.log);
	}

	/** Waits until it serves. */
	async ready(): Promise<void> {
		const limit = performance.now() + 120_000;
		while (!(await this.#plan.isReady())) {
			const ended = this.#processes.ended(this.#plan.name);
			if (ended !== undefined) throw new Error(`${this.#plan.name} ended (${ended}):\n${this.log(20)}`);
			if (performance.now() > limit) throw new Error(`${this.#plan.name} is not ready after two minutes:\n${this.log(20)}`);
			await pause(25);
		}
	}

	/** SIGKILL, or another signal; resolves when the process is gone. */
	kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
		return this.#processes.kill(this.#plan.name, signal);
	}

	/** kill -9, and start on the same port and data. */
	async restart(): Promise<void> {
		await this.kill();
		await this.start();
	}

	/** The last lines of what it wrote, over all its starts. */
	log(lines = 100): string {
		return readFileSync(this.#plan.log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
	}
}
