import assert from 'node:assert/strict';
import { it } from 'node:test';
import { changedFields } from './changed-fields.ts';

it('names the fields that differ, whatever the order of keys', () => {
	const before = { mode: 'Audit', env: [{ name: 'A', value: '1' }], workloads: { bypass: 'Warn', pause: '1m' } };
	const after = { workloads: { pause: '1m', bypass: 'Deny' }, env: [{ value: '1', name: 'A' }], mode: 'Audit', nodes: {} };
	assert.deepEqual(changedFields(before, after), [
		{ path: 'nodes', before: undefined, after: {} },
		{ path: 'workloads.bypass', before: 'Warn', after: 'Deny' },
	]);
	assert.deepEqual(changedFields(before, structuredClone(before)), []);
	assert.deepEqual(
		changedFields(before, { ...before, env: [] }).map(({ path }) => path),
		['env'],
	);
});
