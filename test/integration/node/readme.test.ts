import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';
import { until } from '../../cluster/index.ts';
import { root } from '../cluster/install/chart.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The blocks of commands under `## In a cluster`, in order, as they are to be typed. */
const [start = '', typed = ''] = [
	...(readme.split(/^## In a cluster$/m)[1]?.split(/^## /m)[0] ?? '').matchAll(/^```sh\n(.*?)^```$/gms),
].map(([, text = '']) => text.trimEnd());

/** How the shell tells its outputs apart. */
const mark = '\u241e';

/** `npm run cluster` in a terminal of its own, without the building before, which these tests have behind them. */
class Terminal {
	readonly #process: ChildProcess;
	said = '';

	constructor(env: NodeJS.ProcessEnv = {}) {
		this.#process = spawn('npm', ['run', '--ignore-scripts', 'cluster'], {
			cwd: root,
			env: { ...process.env, ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
			detached: true,
		});
		for (const stream of [this.#process.stdout, this.#process.stderr])
			stream?.setEncoding('utf8').on('data', (text: string) => {
				this.said += text;
			});
	}

	get ended(): boolean {
		return this.#process.exitCode !== null || this.#process.signalCode !== null;
	}

	async up(): Promise<void> {
		await until(
			'the cluster says that it is up',
			() => {
				assert.ok(!this.ended, this.said);
				return /The cluster is up.*\n\n {4}.*\n\n/s.test(this.said);
			},
			300_000,
		);
	}

	/** To the whole group of processes, as a terminal does. */
	async ctrlC(): Promise<void> {
		if (this.ended) return;
		const exit = once(this.#process, 'exit');
		process.kill(-(this.#process.pid as number), 'SIGINT');
		await exit;
	}
}

/** Types lines into a shell, one after the other; gives its exit status, and what each line printed. */
async function type(lines: readonly string[]): Promise<{ readonly code: number; readonly outputs: readonly string[] }> {
	const script = lines.map((line) => `echo '${mark}'\n${line}`).join('\n');
	const shell = spawn('bash', ['-eu', '-o', 'pipefail', '-c', script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
	let out = '';
	for (const stream of [shell.stdout, shell.stderr])
		stream.setEncoding('utf8').on('data', (text: string) => {
			out += text;
		});
	const [code] = (await once(shell, 'close')) as [number];
	return { code, outputs: out.split(`${mark}\n`).slice(1) };
}

describe('the cluster section of the README, typed as it is written', () => {
	let terminal: Terminal;
	/** What each line printed. */
	const printed = new Map<string, string>();

	before(async () => {
		assert.equal(start, 'npm ci && npm run cluster');
		terminal = new Terminal();
		await terminal.up();
	});
	after(() => terminal?.ctrlC());

	it('succeeds, line by line', async () => {
		const lines = typed.split('\n');
		assert.ok(lines.length > 5, typed);
		const { code, outputs } = await type(lines);
		assert.equal(code, 0, `${lines[outputs.length - 1]}: ${outputs.at(-1)}\n${terminal.said}`);
		for (const [i, line] of lines.entries()) printed.set(line, outputs[i] ?? '');
	});

	const of = (start: string): string =>
		[...printed].find(([line]) => line.startsWith(start))?.[1] ?? `nothing is typed that begins with ${start}`;

	it('shows a wrong pod, and that it was made right', () => {
		assert.match(of('cat examples/cluster/wrong-pod.yaml'), /CUDA_DEVICE_ORDER, value: FASTEST_FIRST/);
		const env = JSON.parse(of('kubectl get pod wrong')) as { name: string; value: string }[];
		assert.deepEqual(
			env.map(({ name, value }) => `${name}=${value}`),
			['CUDA_DEVICE_ORDER=PCI_BUS_ID', 'EPOCHS=3', 'PYTORCH_ALLOC_CONF=max_split_size_mb:1024'],
		);
		assert.match(of('kubectl get gpol'), /^rtx3090-only +True +Enforce +- +1\/1 +2\/2 +Converged /m);
	});

	it('shows that the forbidden card of a node is not exposed', () => {
		assert.match(of('kubectl gpupolicy describe node'), /RTX 5060 Ti +16 GiB +NotExposed .+ forbidden: /);
	});

	it('shows that the deletion leaves nothing', () => {
		assert.match(of('kubectl delete'), /"rtx3090-only" deleted/);
		assert.equal(of('kubectl get mutatingadmissionpolicies').trim(), 'No resources found');
	});

	it('refuses to start a second cluster over the first', async () => {
		const second = spawn(process.execPath, ['test/cluster/up.ts'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
		let error = '';
		second.stderr.setEncoding('utf8').on('data', (text: string) => {
			error += text;
		});
		const [code] = (await once(second, 'close')) as [number];
		assert.equal(code, 1);
		assert.match(
			error,
			/a cluster is up already; its kubeconfig is build\/cluster\/kubeconfig\. To end it: npm run cluster -- down/,
		);
	});

	it('ends with Ctrl-C, and leaves no file', async () => {
		await terminal.ctrlC();
		assert.ok(!existsSync(join(root, 'build', 'cluster')));
	});
});

// In one file with the README, since there is one such cluster in a checkout.
describe('the page of examples/cluster', () => {
	it('is what its commands print, typed into the cluster of npm run cluster, which npm run cluster -- down then ends', async () => {
		const { exitCode, stderr } = await execa(process.execPath, [join(root, 'examples', 'cluster.ts'), '--check'], {
			reject: false,
		});
		assert.equal(exitCode, 0, stderr);
		assert.ok(!existsSync(join(root, 'build', 'cluster')));
	});
});

describe('a machine on which no kubelet can run', () => {
	it('gets nodes that kwok plays, is told why, and may type what it is told to', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-no-namespaces-'));
		writeFileSync(join(folder, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
		const terminal = new Terminal({ PATH: `${folder}:${process.env['PATH']}` });
		try {
			await terminal.up();
			assert.match(
				terminal.said,
				/played by kwok, .* since no kubelet can run here \(`unshare .*` fails here: run as root, or allow user/,
			);
			const told = [...terminal.said.matchAll(/^ {4}(.*)$/gm)].map(([, line = '']) => line);
			const { code, outputs } = await type([
				...told,
				'kubectl wait --for=condition=Ready node --all --timeout=2m',
				'kubectl wait --for=jsonpath=\'{.status.conditions[?(@.type=="NodesValidated")].reason}\'=ForbiddenDeviceExposed gpol --all --timeout=2m',
				'npm run --silent --ignore-scripts cluster -- down',
			]);
			assert.equal(code, 0, `${outputs.at(-1)}\n${terminal.said}`);
			assert.match(outputs.at(-1) ?? '', /the cluster is gone/);
			assert.ok(!existsSync(join(root, 'build', 'cluster')));
		} finally {
			await terminal.ctrlC();
			rmSync(folder, { recursive: true });
		}
	});
});
