import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { yaml } from './index.ts';
import { carrierOf, interest, scanOf, sourceOf } from './testing.fixture.ts';

describe('compose', () => {
	test('a service runs GPU code where it reserves, is given or asks for an nvidia device', () => {
		const evidence = (body: string) => scanOf(`services:\n  s: {image: x, ${body}}\n`).carriers[0]?.gpuEvidence ?? 'none';
		assert.equal(
			evidence('deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}'),
			'reserves an nvidia device',
		);
		assert.equal(
			evidence('deploy: {resources: {reservations: {devices: [{driver: cdi, device_ids: [nvidia.com/gpu=all]}]}}}'),
			'reserves an nvidia device',
		);
		assert.equal(evidence('runtime: nvidia'), 'uses the runtime nvidia');
		assert.equal(evidence('gpus: all'), 'asks for gpus');
		assert.equal(evidence('gpus: [{count: 1}]'), 'asks for gpus');
		assert.equal(evidence('devices: [/dev/nvidia0]'), 'is given an nvidia device');
		assert.equal(evidence('runtime: runc'), 'none');
		assert.equal(evidence('deploy: {resources: {reservations: {devices: [{driver: amd, capabilities: [tpu]}]}}}'), 'none');
	});

	test('a service sees what it merges, its own entries first', () => {
		const scan = scanOf(
			'x: &e {CUDA_DEVICE_ORDER: A, PYTORCH_CUDA_ALLOC_CONF: A}\nservices:\n  s:\n    image: x\n    environment: {<<: *e, PYTORCH_CUDA_ALLOC_CONF: B}\n',
		);
		const texts = carrierOf(scan, 'service s').settings.map(({ variable, value }) => [
			variable,
			value.kind === 'literal' && value.text,
		]);
		assert.deepEqual(texts, [
			['CUDA_DEVICE_ORDER', 'A'],
			['PYTORCH_CUDA_ALLOC_CONF', 'B'],
		]);
	});

	test('a service that extends another of the file inherits its GPU and its variables', () => {
		const scan = scanOf(
			'services:\n  a: {image: a, gpus: all, environment: {CUDA_DEVICE_ORDER: X}}\n  b: {extends: a}\n  c: {extends: {file: other.yaml, service: a}}\n',
		);
		assert.equal(carrierOf(scan, 'service b').gpu, 'yes');
		assert.ok(carrierOf(scan, 'service b').inherited?.includes('CUDA_DEVICE_ORDER'));
		assert.equal(carrierOf(scan, 'service c').inherited, undefined);
	});

	test('services that extend or merge themselves end', () => {
		const scan = scanOf('services:\n  a: &a {image: a, <<: *a, extends: b}\n  b: {extends: a}\n');
		assert.deepEqual(
			scan.carriers.map(({ id }) => id),
			['service a', 'service b'],
		);
	});
});

describe('Kubernetes', () => {
	test('a container with an extended resource or a claim runs GPU code, one with none of it or zero does not say', () => {
		const gpu = (resources: string) =>
			scanOf(`apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {name: c, image: x, resources: ${resources}}\n`).carriers[0]
				?.gpu;
		assert.equal(gpu('{limits: {nvidia.com/gpu: 1}}'), 'yes');
		assert.equal(gpu('{requests: {nvidia.com/mig-1g.5gb: "1"}}'), 'yes');
		assert.equal(gpu('{claims: [{name: g}]}'), 'yes');
		assert.equal(gpu('{limits: {nvidia.com/gpu: 0}}'), 'undetermined');
		assert.equal(gpu('{limits: {cpu: 1}}'), 'undetermined');
	});

	test('containers of several templates and documents have ids of their own', () => {
		const pod =
			'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {initContainers: [{name: c, image: x}], containers: [{name: c, image: x}]}\n';
		assert.deepEqual(
			scanOf(`${pod}---\n${pod}`).carriers.map(({ id }) => id),
			['Pod/p init container c', 'Pod/p container c', 'Pod/p init container c #2', 'Pod/p container c #2'],
		);
	});

	test('what comes by valueFrom is dynamic, an entry without a value is empty and cannot be rewritten', () => {
		const scan = scanOf(
			'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: c\n    env:\n    - {name: CUDA_DEVICE_ORDER, valueFrom: {x: y}}\n    - {name: PYTORCH_CUDA_ALLOC_CONF}\n',
		);
		const [first, second] = scan.carriers[0]?.settings ?? [];
		assert.deepEqual(first?.value, { kind: 'dynamic', why: 'valueFrom' });
		assert.deepEqual(second?.value, { kind: 'literal', text: '' });
		assert.ok(second?.notRewritable);
	});

	test('custom resource definitions, secrets and our own objects are left alone', () => {
		for (const head of [
			'apiVersion: v1\nkind: Secret',
			'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition',
			'apiVersion: gpupolicy.dev/v1alpha1\nkind: GpuPolicy',
		]) {
			const scan = scanOf(
				`${head}\nstringData: {CUDA_DEVICE_ORDER: X, DEVICE: "cuda:1"}\nspec: {env: [{name: CUDA_DEVICE_ORDER, value: X}]}\n`,
			);
			assert.deepEqual(scan.carriers, []);
		}
	});
});

describe('plain configuration', () => {
	test('an environment knows what those around it set', () => {
		const scan = scanOf(
			'env: {CUDA_DEVICE_ORDER: X}\njobs:\n  a:\n    env: {CUDA_VISIBLE_DEVICES: 0}\n    steps:\n    - env: {PYTORCH_CUDA_ALLOC_CONF: x}\n  b:\n    env: {CUDA_VISIBLE_DEVICES: 0}\n',
		);
		assert.equal(carrierOf(scan, 'env').inherited, undefined);
		assert.deepEqual(carrierOf(scan, 'jobs.a.env').inherited, ['CUDA_DEVICE_ORDER']);
		assert.deepEqual(carrierOf(scan, 'jobs.a.steps.0.env').inherited, ['CUDA_DEVICE_ORDER', 'CUDA_VISIBLE_DEVICES']);
		assert.deepEqual(carrierOf(scan, 'jobs.b.env').inherited, ['CUDA_DEVICE_ORDER']);
	});

	test('a list of NAME=value counts under a key named like an environment only', () => {
		assert.equal(scanOf('environment: [CUDA_DEVICE_ORDER=X]\n').carriers.length, 1);
		assert.equal(scanOf('notes: [CUDA_DEVICE_ORDER=X]\n').carriers.length, 0);
	});

	test('literals of which kustomize makes a ConfigMap reach containers, with and without a kind', () => {
		const body = 'configMapGenerator:\n  - name: x\n    literals: [CUDA_VISIBLE_DEVICES=0, CUDA_DEVICE_ORDER=X]\n';
		for (const head of ['', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n']) {
			const [carrier] = scanOf(head + body).carriers;
			assert.deepEqual(
				carrier?.settings.map(({ variable, forbidden }) => [variable, forbidden !== undefined]),
				[
					['CUDA_VISIBLE_DEVICES', true],
					['CUDA_DEVICE_ORDER', false],
				],
			);
		}
	});

	test('a matrix of values is no setting', () => {
		assert.deepEqual(scanOf('matrix: {CUDA_VISIBLE_DEVICES: [0, 1]}\n').carriers, []);
	});
});

test('a patch that deletes a variable of a container removes it, and may remove a device list', () => {
	const scan = scanOf(
		'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: c\n      env:\n        - {name: CUDA_VISIBLE_DEVICES, $patch: delete}\n        - {name: CUDA_DEVICE_ORDER, $patch: delete}\n',
	);
	assert.deepEqual(
		scan.carriers.flatMap(({ settings }) => settings.map(({ variable, effect }) => [variable, effect])),
		[['CUDA_DEVICE_ORDER', 'unset']],
	);
});

test('a name spelled with escapes is found, and the prefilter lets it through', () => {
	const source = sourceOf('env: {"CUDA\\u005fDEVICE_ORDER": X}\n');
	assert.equal(yaml.mayConcern(source.bytes, interest, false), true);
	assert.equal(yaml.scan(source, interest).carriers[0]?.settings[0]?.variable, 'CUDA_DEVICE_ORDER');
});

test('a broken file that names no variable and reserves no GPU is none of our business', () => {
	assert.deepEqual(scanOf('a: {{ b }}-c\n- d\n').diagnostics, []);
	assert.equal(scanOf('services: [\n  driver: nvidia\n').diagnostics[0]?.rule, 'file/syntax');
	assert.deepEqual(scanOf('{{ if x }}\nnvidia.com/gpu: 1\n{{ end }}\n').diagnostics, []);
});

test('UTF-16 is refused by name', () => {
	const bytes = Buffer.from('\ufeffCUDA_DEVICE_ORDER: X\n', 'utf16le');
	assert.equal(yaml.mayConcern(bytes, interest, false), true);
	assert.match(yaml.scan({ path: 'x.yml', bytes }, interest).diagnostics[0]?.message ?? '', /UTF-16LE/);
});
