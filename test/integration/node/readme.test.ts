import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
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

describe('the cluster section of the README, typed as it is written', () => {
	let up: ChildProcess;
	let said = '';
	/** What each line printed. */
	const printed = new Map<string, string>();

	before(async () => {
		assert.equal(start, 'npm ci && npm run cluster');
		// What is typed but for the installing and building before, which these tests have behind them.
		up = spawn('npm', ['run', '--ignore-scripts', 'cluster'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
		for (const stream of [up.stdout, up.stderr])
			stream?.setEncoding('utf8').on('data', (text: string) => {
				said += text;
			});
		await until(
			'the cluster says that it is up',
			() => {
				assert.equal(up.exitCode, null, said);
				return said.includes('The cluster is up');
			},
			120_000,
		);
	});
	after(async () => {
		if (up?.exitCode === null && up.signalCode === null) await ctrlC();
	});

	/** To the whole group of processes, as a terminal does. */
	async function ctrlC(): Promise<void> {
		const exit = once(up, 'exit');
		process.kill(-(up.pid as number), 'SIGINT');
		await exit;
	}

	it('succeeds, line by line', async () => {
		const lines = typed.split('\n');
		assert.ok(lines.length > 5, typed);
		const script = lines.map((line) => `echo '${mark}'\n${line}`).join('\n');
		const shell = spawn('bash', ['-eu', '-o', 'pipefail', '-c', script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
		let out = '';
		for (const stream of [shell.stdout, shell.stderr])
			stream.setEncoding('utf8').on('data', (text: string) => {
				out += text;
			});
		const [code] = (await once(shell, 'close')) as [number];
		const outputs = out.split(`${mark}\n`).slice(1);
		assert.equal(code, 0, `${lines[outputs.length - 1]}: ${outputs.at(-1)}\n${said}`);
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
		await ctrlC();
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
