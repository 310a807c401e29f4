import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import type { TestCluster } from '../../../cluster/index.ts';
import { toolPath } from '../../../cluster/tools/build.ts';

const bins = join(import.meta.dirname, '..', '..', '..', '..', 'bin');

export interface Ran {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** The command as it is built, in a folder without a policy, with the kubeconfig of a cluster as KUBECONFIG. */
export class Command {
	readonly #cluster: TestCluster;
	readonly #kubeconfig: string;
	readonly cwd: string;

	constructor(cluster: TestCluster, kubeconfig = cluster.kubeconfig) {
		this.#cluster = cluster;
		this.#kubeconfig = kubeconfig;
		this.cwd = join(cluster.folder, 'cwd');
		mkdirSync(this.cwd, { recursive: true });
	}

	/** The same with another kubeconfig. */
	as(kubeconfig: string): Command {
		return new Command(this.#cluster, kubeconfig);
	}

	/** `gpupolicy …`, with `--context` of the cluster. */
	run(args: readonly string[], options: { readonly input?: string; readonly cwd?: string } = {}): Promise<Ran> {
		return this.plain([...args, '--context', 'test'], options);
	}

	/** `gpupolicy …` as it stands. */
	async plain(args: readonly string[], { input = '', cwd = this.cwd } = {}): Promise<Ran> {
		return finished(spawn(process.execPath, [join(bins, 'gpupolicy.js'), ...args], { cwd, env: this.#env() }), input);
	}

	/** `gpupolicy …`, with `--context`, left running. */
	start(args: readonly string[], options: { readonly cwd?: string } = {}): Running {
		const argv = [join(bins, 'gpupolicy.js'), ...args, '--context', 'test'];
		return new Running(spawn(process.execPath, argv, { cwd: options.cwd ?? this.cwd, env: this.#env(), stdio: 'pipe' }));
	}

	/** `kubectl gpupolicy …` through the real kubectl, which finds the plugin on PATH as an installation puts it there. */
	async plugin(args: readonly string[]): Promise<Ran> {
		const folder = join(this.#cluster.folder, 'plugins');
		mkdirSync(folder, { recursive: true });
		const link = join(folder, 'kubectl-gpupolicy');
		writeFileSync(link, `#!/bin/sh\nexec '${process.execPath}' '${join(bins, 'kubectl-gpupolicy.js')}' "$@"\n`);
		chmodSync(link, 0o755);
		const env = { ...this.#env(), PATH: `${folder}${delimiter}${process.env.PATH ?? ''}` };
		return finished(spawn(await toolPath('kubectl'), ['gpupolicy', ...args], { cwd: this.cwd, env }), '');
	}

	#env(): NodeJS.ProcessEnv {
		const { CI: _, FORCE_COLOR: _color, ...rest } = process.env;
		const nvml = '/nonexistent/libnvidia-ml.so.1';
		return { ...rest, HOME: this.cwd, KUBECONFIG: this.#kubeconfig, GPUPOLICY_NVML_LIBRARY: nvml };
	}
}

/** A command that stays until it is told to end. */
export class Running {
	stdout = '';
	stderr = '';
	readonly #child: ChildProcess;

	constructor(child: ChildProcess) {
		this.#child = child;
		child.stdout?.setEncoding('utf8').on('data', (text: string) => {
			this.stdout += text;
		});
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			this.stderr += text;
		});
	}

	get exited(): boolean {
		return this.#child.exitCode !== null || this.#child.signalCode !== null;
	}

	/** Resolves when what was written fits. */
	async writes(fits: (running: Running) => boolean, what: string, limitMs = 60_000): Promise<void> {
		const limit = performance.now() + limitMs;
		while (!fits(this)) {
			if (this.exited || performance.now() > limit) throw new Error(`it did not write ${what}:\n${this.stdout}\n${this.stderr}`);
			await new Promise((resolve) => setTimeout(resolve, 25));
		}
	}

	/** Sends a signal and resolves with the exit code. */
	async end(signal: NodeJS.Signals): Promise<number | null> {
		if (this.exited) return this.#child.exitCode;
		const exit = once(this.#child, 'close');
		this.#child.kill(signal);
		await exit;
		return this.#child.exitCode;
	}
}

async function finished(child: ChildProcess, input: string): Promise<Ran> {
	const running = new Running(child);
	child.stdin?.on('error', () => {}); // it may end before it has read all
	child.stdin?.end(input);
	const [code] = (await once(child, 'close')) as [number | null];
	return { code, stdout: running.stdout, stderr: running.stderr };
}
