import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseInventory } from '../../../src/gpu/recorded/parse.ts';
import { fakeNvidiaSmi, smiAnswers } from '../../nvidia-smi-fake/index.ts';
import { openStub, type Stub, twoDevices } from '../../nvml-stub/index.ts';
import { eventually, processesWith } from './processes.ts';

const bin = fileURLToPath(new URL('../../../bin/gpupolicy.js', import.meta.url));

interface Ended {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

interface Started {
	readonly ended: Promise<Ended>;
	stdout(): string;
	kill(signal: NodeJS.Signals): void;
}

function start(args: readonly string[], environment: Readonly<Record<string, string | undefined>>, cwd?: string): Started {
	const child = spawn(process.execPath, [bin, 'inventory', ...args], {
		env: environment,
		cwd,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let stdout = '';
	let stderr = '';
	child.stdout.on('data', (chunk) => {
		stdout += chunk;
	});
	child.stderr.on('data', (chunk) => {
		stderr += chunk;
	});
	return {
		ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr }))),
		stdout: () => stdout,
		kill: (signal) => child.kill(signal),
	};
}

async function withStub(stub: Stub, run: (stub: Stub) => Promise<void>): Promise<void> {
	try {
		await run(stub);
		await eventually('no process is left', 60_000, () => processesWith(stub.folder).length === 0);
	} finally {
		stub.remove();
	}
}

describe('gpupolicy inventory', () => {
	it('shows the devices and says which source read them', () =>
		withStub(openStub({ devices: twoDevices }), async ({ environment }) => {
			const { code, stdout, stderr } = await start([], environment).ended;
			assert.equal(code, 0, stderr);
			assert.match(
				stdout,
				/^NVML 580\.65\.06, CUDA 13\.0, 2 of 2 devices read, \S+\nINDEX +NAME .*\n0 +NVIDIA GeForce RTX 5060 Ti +15\.9 GiB .*\n1 +NVIDIA GeForce RTX 3090 +24 GiB /,
			);
		}));

	it('writes a file that it reads again', () =>
		withStub(openStub({ devices: twoDevices }), async ({ environment, folder }) => {
			const yaml = await start(['-o', 'yaml'], environment).ended;
			const json = await start(['--json'], environment).ended;
			assert.deepEqual([yaml.code, json.code], [0, 0]);
			const fromYaml = parseInventory(yaml.stdout);
			assert.equal(fromYaml.ok && fromYaml.inventory.devices.length, 2);
			assert.equal(parseInventory(json.stdout).ok, true);
			writeFileSync(join(folder, 'i.yaml'), yaml.stdout);
			const again = await start(['--inventory', 'i.yaml'], environment, folder).ended;
			assert.match(again.stdout, /^recorded i\.yaml, .*2 of 2 devices read/);
		}));

	it('answers within its limit where the driver hangs, with exit code 3 and no process left', () =>
		withStub(openStub({ devices: twoDevices, faults: [{ call: 'nvmlInit_v2', seconds: 60 }] }), async ({ environment }) => {
			const started = performance.now();
			const { code, stdout, stderr } = await start(['--timeout', '1500ms', '-o', 'yaml'], environment).ended;
			assert.ok(performance.now() - started < 50_000);
			assert.deepEqual([code, stdout], [3, '']);
			assert.match(stderr, /^unknown: NVML did not answer within 1\.5 s; .* \[TimedOut\]\n$/);
		}));

	it('asks nvidia-smi where NVML cannot be loaded', async () => {
		const fake = fakeNvidiaSmi(smiAnswers(twoDevices));
		const { code, stdout, stderr } = await start([], {
			...fake.environment,
			GPUPOLICY_NVML_LIBRARY: '/nonexistent/libnvidia-ml.so.1',
		}).ended;
		fake.remove();
		assert.equal(code, 0, stderr);
		assert.match(stdout, /^nvidia-smi 580\.65\.06, .*2 of 2 devices read/);
	});

	it('without any source names both and exits 3', async () => {
		const { code, stdout, stderr } = await start(['--json'], {
			PATH: '/nonexistent',
			GPUPOLICY_NVML_LIBRARY: '/nonexistent/libnvidia-ml.so.1',
		}).ended;
		assert.equal(code, 3);
		assert.match(stderr, /NVML cannot be loaded \(.*nonexistent.*no nvidia-smi on PATH.*\[NoSource\]/);
		assert.equal(JSON.parse(stdout).reason, 'NoSource');
	});

	it('names the place in a recorded file that is wrong', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'inventory-'));
		writeFileSync(join(folder, 'bad.yaml'), 'apiVersion: gpupolicy.dev/v1alpha1\nkind: Pod\n');
		const { code, stderr } = await start(['--inventory', 'bad.yaml'], process.env, folder).ended;
		rmSync(folder, { recursive: true });
		assert.equal(code, 3);
		assert.match(stderr, /^unknown: bad\.yaml:1:1: spec is missing; bad\.yaml:2:7: kind: Pod is not one of GpuInventory/);
	});

	it('refuses wrong flags with 64', async () => {
		for (const args of [
			['--source', 'cuda'],
			['--timeout', 'soon'],
			['--interval', '1s'],
			['--inventory', 'x', '--source', 'nvml'],
		]) {
			assert.equal((await start(args, process.env).ended).code, 64, args.join(' '));
		}
	});

	it('watches: tells of a lost device at once, and ends with 130 on Ctrl-C', () =>
		withStub(openStub({ devices: twoDevices }), async (stub) => {
			const command = start(['--watch', '--interval', '200ms'], stub.environment);
			await eventually('the table is shown', 60_000, () => command.stdout().includes('RTX 3090'));
			stub.play({ devices: twoDevices, faults: [{ call: '*', device: 1, code: 15 }] });
			await eventually('the loss is told', 60_000, () =>
				/device 1 NVIDIA GeForce RTX 3090: lost: .*GPU_IS_LOST/.test(command.stdout()),
			);
			stub.play({ devices: [twoDevices[0], { ...twoDevices[1], xids: [79] }] });
			await eventually('the return is told', 60_000, () => command.stdout().includes('answers again'));
			command.kill('SIGINT');
			assert.equal((await command.ended).code, 130);
		}));
});
