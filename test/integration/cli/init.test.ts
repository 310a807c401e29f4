import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openStub, type StubDevice, type StubScenario, twoDevices } from '../../nvml-stub/index.ts';
import { bareProgram, Sandbox } from './sandbox.ts';

const [rtx5060, rtx3090] = twoDevices;

/** The variables under which the command finds the stub's devices. */
function devices(t: TestContext, scenario: StubScenario): Record<string, string> {
	const stub = openStub(scenario);
	t.after(() => stub.remove());
	const { GPUPOLICY_NVML_LIBRARY, NVML_STUB_SCENARIO, NVML_STUB_LOG } = stub.environment;
	return { GPUPOLICY_NVML_LIBRARY, NVML_STUB_SCENARIO, NVML_STUB_LOG } as Record<string, string>;
}

/** No NVML (the sandbox sees to that) and no nvidia-smi either. */
const noDriver = { PATH: '/nonexistent' };

function isValid(box: Sandbox): void {
	const ran = box.run(['validate']);
	assert.deepEqual([ran.code, /warning|error/.test(ran.stdout)], [0, false], ran.stdout + ran.stderr);
}

describe('gpupolicy init', () => {
	it('writes a policy and an inventory that validate, and that reconcile converges to', (t) => {
		const env = devices(t, { devices: twoDevices });
		const box = new Sandbox(t, {
			'src/train.py': bareProgram,
			'.env': 'CUDA_VISIBLE_DEVICES=0\n',
			'ops/compose.yaml': 'services:\n  a:\n    image: nvidia/cuda:13.0\n',
			Dockerfile: 'FROM nvidia/cuda:13.0\n',
			'scripts/run.sh': '#!/bin/sh\nexport CUDA_VISIBLE_DEVICES=0\npython src/train.py\n',
		});
		const ran = box.run(['init', '--mode', 'Enforce'], { env });
		assert.equal(ran.code, 0, ran.stderr);
		assert.equal(ran.stderr, '');
		assert.match(ran.stdout, /^\+ gpupolicy\.yaml\n\+ gpupolicy\.inventory\.yaml\n/);
		assert.match(ran.stdout, /NVIDIA GeForce RTX 3090 is allowed because it has the most memory; --allow NAME chooses another\./);
		const text = box.read('gpupolicy.yaml');
		assert.match(text, /^ {2}# NVML 580\.65\.06 at /m);
		assert.match(text, /^ {2}# {3}0 {2}NVIDIA GeForce RTX 5060 Ti .*matches no allow entry$/m);
		assert.match(text, /is allowed because it has the most memory/);
		for (const include of ['**/*.py', '.env', '**/compose*.yaml', '**/Dockerfile', '**/*.sh']) {
			assert.ok(text.includes(`- "${include}"`), include);
		}
		assert.ok(!text.includes('docker-compose'), 'what matches nothing is left out');
		assert.match(text, /deviceOrdinal: 0/);
		isValid(box);
		assert.equal(box.run(['reconcile'], { env }).code, 0);
		assert.equal(box.run(['check'], { env }).code, 0);
		// The committed inventory gives the same answer where there is no GPU.
		assert.equal(box.run(['check']).code, 0);
		assert.match(box.read('src/train.py'), /os\.environ\["CUDA_VISIBLE_DEVICES"\] = "1"[\s\S]*cuda:0/);
	});

	it('starts with an audit, which changes nothing', (t) => {
		const env = devices(t, { devices: twoDevices });
		const box = new Sandbox(t, { 'train.py': bareProgram });
		assert.equal(box.run(['init'], { env }).code, 0);
		isValid(box);
		const before = box.snapshot({ mtimes: true });
		assert.equal(box.run(['reconcile'], { env }).code, 2);
		assert.deepEqual(box.snapshot({ mtimes: true }), before);
	});

	it('allows and denies what it is told, and suggests a name where one matches no device', (t) => {
		const env = devices(t, { devices: twoDevices });
		const box = new Sandbox(t, { 'train.py': bareProgram });
		const ran = box.run(['init', '--allow', rtx3090.name, '--allow', 'NVIDIA GeForce RTX 3091', '--deny', rtx5060.name], { env });
		assert.equal(ran.code, 0, ran.stderr);
		assert.match(ran.stderr, /--allow "NVIDIA GeForce RTX 3091" matches no device; did you mean "NVIDIA GeForce RTX 3090"\?/);
		assert.doesNotMatch(ran.stdout, /most memory/);
		assert.match(box.read('gpupolicy.yaml'), /denied: productName matches deny\[0\]/);
		isValid(box);
	});

	it('takes a pattern for a name', (t) => {
		const box = new Sandbox(t, { 'train.py': bareProgram });
		const ran = box.run(['init', '--deny', '*5060*', '-o', 'json'], { env: devices(t, { devices: twoDevices }) });
		assert.equal(ran.code, 0, ran.stderr);
		const { policy, devices: found } = JSON.parse(ran.stdout);
		assert.deepEqual(policy.spec.devices.deny, [{ productNamePattern: '*5060*' }]);
		assert.deepEqual(
			found.list.map(({ verdict }: { verdict: string }) => verdict),
			['forbidden', 'allowed'],
		);
		isValid(box);
	});

	it('refuses a name that is allowed and denied, and writes nothing', (t) => {
		const box = new Sandbox(t, { 'train.py': bareProgram });
		const before = box.snapshot();
		const ran = box.run(['init', '--allow', 'A', '--deny', 'A'], { env: noDriver });
		assert.equal(ran.code, 64);
		assert.match(ran.stderr, /the policy would not be valid: spec\.devices\..*\[GP2012\]/);
		assert.deepEqual(box.snapshot(), before);
	});

	it('leaves ordinals alone where several devices of one kind are allowed', (t) => {
		const twin: StubDevice = { ...rtx3090, uuid: 'GPU-77777777-0000-4000-8000-000000003090', bus: [0, 3, 0] };
		const env = devices(t, { devices: [rtx3090, twin] });
		const box = new Sandbox(t, { 'train.py': 'import torch\n' });
		const ran = box.run(['init', '--mode', 'Enforce'], { env });
		assert.equal(ran.code, 0, ran.stderr);
		assert.doesNotMatch(ran.stdout + box.read('gpupolicy.yaml'), /most memory|deviceOrdinal/);
		isValid(box);
		assert.equal(box.run(['reconcile'], { env }).code, 0);
		assert.match(box.read('train.py'), /"CUDA_VISIBLE_DEVICES"\] = "0,1"/);
	});

	it('names the size where two devices of one name differ in it', (t) => {
		const small: StubDevice = {
			...rtx3090,
			uuid: 'GPU-77777777-0000-4000-8000-000000003090',
			bus: [0, 3, 0],
			memory: { total: 12288 * 2 ** 20, used: 0 },
		};
		const box = new Sandbox(t, { 'train.py': 'import torch\n' });
		assert.equal(box.run(['init'], { env: devices(t, { devices: [small, rtx3090] }) }).code, 0);
		assert.match(box.read('gpupolicy.yaml'), /minMemory: 24576Mi[\s\S]*deviceOrdinal: 0/);
		isValid(box);
	});

	it('where the devices are unknown writes the policy alone, says why, and exits 3', (t) => {
		const box = new Sandbox(t, { 'train.py': bareProgram });
		const ran = box.run(['init'], { env: noDriver });
		assert.equal(ran.code, 3);
		assert.match(ran.stderr, /^unknown: .+ \[NoSource\]\n/);
		assert.equal(fs.existsSync(box.at('gpupolicy.inventory.yaml')), false);
		const text = box.read('gpupolicy.yaml');
		assert.match(text, /# CUDA_VISIBLE_DEVICES is left out: \S+/);
		assert.doesNotMatch(text, /name: CUDA_VISIBLE_DEVICES|deviceOrdinal/);
		isValid(box);
		assert.equal(box.run(['check'], { env: noDriver }).code, 2);
	});

	it('calls a driver that hangs unknown, within its limit', (t) => {
		const env = devices(t, { devices: twoDevices, faults: [{ call: 'nvmlInit_v2', seconds: 60 }] });
		const box = new Sandbox(t, { 'train.py': bareProgram });
		const started = performance.now();
		const ran = box.run(['init', '--timeout', '1s'], { env });
		assert.ok(performance.now() - started < 50_000);
		assert.equal(ran.code, 3);
		assert.match(ran.stderr, /\[TimedOut\]/);
		isValid(box);
	});

	it('rests on no inventory while a device is lost', (t) => {
		const env = devices(t, { devices: twoDevices, faults: [{ call: '*', device: 1, code: 15 }] });
		const box = new Sandbox(t, { 'train.py': bareProgram });
		assert.equal(box.run(['init'], { env }).code, 3);
		assert.equal(fs.existsSync(box.at('gpupolicy.inventory.yaml')), false);
		isValid(box);
	});

	it('overwrites neither file, and writes none where one is there', (t) => {
		const env = devices(t, { devices: twoDevices });
		for (const standing of ['gpupolicy.yaml', 'gpupolicy.inventory.yaml']) {
			const box = new Sandbox(t, { 'train.py': bareProgram, [standing]: '# mine\n' });
			const before = box.snapshot({ mtimes: true });
			const ran = box.run(['init'], { env });
			assert.equal(ran.code, 1);
			assert.match(ran.stderr, new RegExp(`${standing} is there already.*\\[GP3601\\]\n.*--force`));
			assert.deepEqual(box.snapshot({ mtimes: true }), before);
			assert.equal(box.run(['init', '--force'], { env }).code, 0);
			assert.doesNotMatch(box.read(standing), /mine/);
			isValid(box);
		}
	});

	it('leaves a link in its place alone, also with --force', (t) => {
		const env = devices(t, { devices: twoDevices });
		const box = new Sandbox(t, { 'elsewhere.yaml': '# mine\n' });
		fs.symlinkSync('elsewhere.yaml', box.at('gpupolicy.yaml'));
		const before = box.snapshot({ mtimes: true });
		assert.equal(box.run(['init', '--force'], { env }).code, 1);
		assert.deepEqual(box.snapshot({ mtimes: true }), before);
	});

	it('writes none of the two where the directory may not be written', (t) => {
		const env = devices(t, { devices: twoDevices });
		const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'gpupolicy-init-'));
		t.after(() => fs.rmSync(outside, { recursive: true, force: true }));
		fs.chmodSync(outside, 0o555);
		const box = new Sandbox(t);
		fs.chmodSync(path.dirname(env['NVML_STUB_SCENARIO'] as string), 0o755);
		const uid = process.getuid?.() === 0 ? { uid: 65534 } : {};
		const ran = box.run(['init', '-C', outside], { env, ...uid, cwd: os.tmpdir() });
		assert.equal(ran.code, 1);
		assert.match(ran.stderr, /\[GP3602\]/);
		assert.deepEqual(fs.readdirSync(outside), []);
	});

	it('rests on a recorded inventory that is named, and keeps the one that stands at the root', (t) => {
		const box = new Sandbox(t, { 'train.py': bareProgram });
		const example = path.join(import.meta.dirname, '..', '..', '..', 'examples', 'mixed-gpu', 'gpupolicy.inventory.yaml');
		box.write('gpupolicy.inventory.yaml', fs.readFileSync(example));
		const before = box.snapshot({ mtimes: true })['gpupolicy.inventory.yaml'];
		const ran = box.run(['init', '--inventory', 'gpupolicy.inventory.yaml', '--mode', 'Enforce'], { env: noDriver });
		assert.equal(ran.code, 0, ran.stderr);
		assert.equal(box.snapshot({ mtimes: true })['gpupolicy.inventory.yaml'], before);
		isValid(box);
		assert.equal(box.run(['reconcile'], { env: noDriver }).code, 0);
		assert.equal(box.run(['check'], { env: noDriver }).code, 0);
	});

	it('writes nothing where the named inventory cannot be read', (t) => {
		const box = new Sandbox(t, { 'bad.yaml': 'apiVersion: gpupolicy.dev/v1alpha1\nkind: Pod\n' });
		for (const name of ['bad.yaml', 'none.yaml']) {
			const ran = box.run(['init', '--inventory', name]);
			assert.equal(ran.code, 3);
			assert.match(ran.stderr, new RegExp(`the inventory cannot be used: .*${name}.*\\[GP2014\\]`));
		}
		assert.deepEqual(Object.keys(box.snapshot()), ['bad.yaml']);
	});

	it('with --dry-run prints the policy alone, which validates, and writes nothing', (t) => {
		const env = devices(t, { devices: twoDevices });
		const box = new Sandbox(t, { 'train.py': bareProgram });
		for (const format of ['text', 'yaml', 'json']) {
			const ran = box.run(['init', '--dry-run', '-o', format], { env });
			assert.equal(ran.code, 0, ran.stderr);
			const checked = box.run(['validate', '-f', '-'], { input: ran.stdout });
			assert.equal(checked.code, 0, checked.stdout);
		}
		assert.deepEqual(Object.keys(box.snapshot()), ['train.py']);
	});

	it('in an empty folder writes a policy without files, which validates', (t) => {
		const box = new Sandbox(t);
		assert.equal(box.run(['init'], { env: devices(t, { devices: twoDevices }) }).code, 0);
		assert.doesNotMatch(box.read('gpupolicy.yaml'), /^ {2}files:/m);
		isValid(box);
	});

	it('keeps what a driver says inside comments and strings', (t) => {
		const hostile: StubDevice = { ...rtx3090, name: 'X: \'y\' #\u2028[evil]: {"a"}' };
		const box = new Sandbox(t, { 'train.py': bareProgram });
		const ran = box.run(['init', '-o', 'json'], { env: devices(t, { devices: [hostile] }) });
		assert.equal(ran.code, 0, ran.stderr);
		assert.deepEqual(JSON.parse(ran.stdout).policy.spec.devices.allow, [{ productName: hostile.name }]);
		isValid(box);
	});

	it('refuses -f, which names manifests to read', (t) => {
		const ran = new Sandbox(t).run(['init', '-f', 'x.yaml']);
		assert.equal(ran.code, 64);
		assert.match(ran.stderr, /\[GP2013\]/);
	});
});
