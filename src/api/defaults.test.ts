import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDefaults } from './defaults.ts';

const manifest = (spec: object) => ({ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: 'a' }, spec });

describe('withDefaults', () => {
	it('turns on no duty that the manifest leaves out', () => {
		assert.deepEqual(withDefaults(manifest({ mode: 'Audit' })).spec, { mode: 'Audit', suspend: false, interval: '10m' });
	});

	it('fills a present block all the way down', () => {
		const { workloads, nodes } = withDefaults(manifest({ mode: 'Audit', workloads: {}, nodes: {} })).spec;
		assert.deepEqual(workloads, {
			namespaceSelector: {},
			podSelector: {},
			containers: { scope: 'RequestingGpu' },
			remediation: { type: 'Report', maxUnavailable: 1, pause: '30s' },
			bypass: 'Warn',
			exemptions: [],
		});
		assert.deepEqual(nodes, {
			selector: {},
			onForbiddenDevice: 'Report',
			taint: { key: 'gpupolicy.dev/forbidden-device', effect: 'NoSchedule' },
		});
	});

	it('fills the items of lists and leaves what is there', () => {
		const { files, env } = withDefaults(
			manifest({ mode: 'Audit', files: [{ include: ['a'], gpuLibraries: ['x'] }], env: [{ name: 'A', value: '1' }] }),
		).spec;
		assert.deepEqual(files, [{ include: ['a'], gpuLibraries: ['x'], exclude: [], defaultExcludes: true }]);
		assert.deepEqual(env, [{ name: 'A', value: '1', targets: ['Files', 'Workloads'] }]);
	});

	it('gives deviceOrdinal and gpuLibraries no default', () => {
		const [set] = withDefaults(manifest({ mode: 'Audit', files: [{ include: ['a'] }] })).spec.files ?? [];
		assert.equal(set && 'deviceOrdinal' in set, false);
		assert.equal(set && 'gpuLibraries' in set, false, 'the list that is built in holds');
	});

	it('is idempotent and changes neither its input nor the defaults', () => {
		const input = manifest({ mode: 'Audit', files: [{ include: ['a'] }] });
		const copy = structuredClone(input);
		const once = withDefaults(input);
		assert.deepEqual(withDefaults(once), once);
		assert.deepEqual(input, copy);
		once.spec.files?.[0]?.exclude.push('changed');
		assert.deepEqual(withDefaults(input).spec.files?.[0]?.exclude, []);
	});

	it('keeps what is no object where one is wanted, for the validator to name', () => {
		assert.deepEqual(withDefaults({ spec: { workloads: 'x', files: { a: 1 } } }).spec, {
			workloads: 'x',
			files: { a: 1 },
			suspend: false,
			interval: '10m',
		});
	});
});
