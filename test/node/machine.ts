import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Component } from '../cluster/component.ts';
import { Supervised } from '../cluster/processes/supervised.ts';
import { type Command, type Isolation, Namespace } from './namespace.ts';

/** What a process of a node sees where the kubelet and every plugin look for the sockets of device plugins. */
export type View =
	/** The kubelet's own folder. */
	| 'kubelet'
	/** `plugins`, mounted over it: the folder of a proxy that plays the kubelet. */
	| 'proxy';

export interface RunOptions {
	/** Default `kubelet`. */
	readonly view?: View;
	/** Added to the environment. */
	readonly env?: Readonly<Record<string, string>>;
	/** Whether it serves now; must not reject. By default it is not waited for. */
	readonly isReady?: () => Promise<boolean>;
}

/** The machine that a node takes itself to be: a folder, a namespace, and the processes in it. */
export class Machine {
	/** Temporary folder of everything that belongs to it; removed at the end. */
	readonly folder: string;
	readonly namespace: Namespace;
	/** Empty folder for a proxy that plays the kubelet to the plugins with `view: 'proxy'`: `/run/gpupolicy/plugins` of the node. */
	readonly plugins: string;
	/** Working directory of its processes, so that none finds anything of the machine by a relative path. */
	readonly #empty: string;
	readonly #processes: Supervised;

	private constructor(folder: string, namespace: Namespace, processes: Supervised) {
		this.folder = folder;
		this.namespace = namespace;
		this.plugins = this.at('run/gpupolicy/plugins');
		this.#empty = this.at('empty');
		this.#processes = processes;
		for (const path of [this.plugins, this.#empty]) mkdirSync(path);
	}

	/** It ends with `stop()`, and at the latest with this process, however that ends. */
	static async open(isolation: Isolation): Promise<Machine> {
		const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gpupolicy-node-')));
		const processes = new Supervised(folder);
		try {
			return new Machine(folder, await Namespace.open(folder, processes, isolation), processes);
		} catch (error) {
			await processes.stop();
			throw error;
		}
	}

	/** A path of its folder. */
	at(path: string): string {
		return join(this.folder, path);
	}

	/** A process that is not in the namespace; not started yet. */
	outside(name: string, [command, ...args]: Command, isReady = async () => true): Component {
		return new Component({ name, command, args, log: this.at(`${name}.log`), isReady }, this.#processes);
	}

	/** A process in the namespace; not started yet. Paths must be absolute. */
	inside(name: string, command: Command, { view = 'kubelet', env = {}, isReady }: RunOptions = {}): Component {
		const full: Command = [
			'env',
			`--chdir=${this.#empty}`,
			...Object.entries(env).map(([key, value]) => `${key}=${value}`),
			...command,
		];
		return this.outside(
			name,
			view === 'kubelet' ? this.namespace.enter(full) : this.namespace.enterOver(this.plugins, full),
			isReady,
		);
	}

	/** Kills what was started, nothing else, and removes the folder. */
	stop(): Promise<void> {
		return this.#processes.stop();
	}
}
