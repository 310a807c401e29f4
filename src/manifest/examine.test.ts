import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { examinePolicy } from './examine.ts';
import { parseManifest } from './load.ts';

const object = (spec: object): object => ({
	apiVersion: 'gpupolicy.dev/v1alpha1',
	kind: 'GpuPolicy',
	metadata: { name: 'one' },
	spec,
});

describe('a policy that an API server holds', () => {
	it('has the digest that its manifest has, with the defaults written out or not', () => {
		const { policies } = parseManifest(
			'apiVersion: gpupolicy.dev/v1alpha1\nkind: GpuPolicy\nmetadata: { name: one }\nspec: { mode: Audit, workloads: {} }\n',
			'p.yaml',
		);
		const short = examinePolicy(object({ mode: 'Audit', workloads: {} }));
		assert.equal(short.digest, policies[0]?.digest);
		assert.equal(examinePolicy(short.policy).digest, short.digest);
		assert.deepEqual([short.intervalMs, short.problems], [600_000, []]);
	});

	it('is refused for what its fields mean together', () => {
		const contradiction = { productName: 'NVIDIA L4', productNamePattern: '*RTX*' };
		const { problems } = examinePolicy(object({ mode: 'Enforce', devices: { allow: [contradiction] } }));
		assert.equal(problems.length, 1);
		assert.match(problems[0] ?? '', /^spec\.devices\.allow\[0\]\.productNamePattern: /);
	});

	it('is refused for what an older schema let through, and never throws', () => {
		assert.match(examinePolicy(object({ mode: 'Enforce', later: true })).problems[0] ?? '', /spec\.later: unknown field/);
		assert.match(examinePolicy(object({ mode: 'Enforce', interval: '1s' })).problems[0] ?? '', /at least 30s/);
		assert.ok(examinePolicy({ metadata: {} }).problems.length > 0);
		assert.ok(examinePolicy({ ...object({}), spec: null }).problems.length > 0);
	});
});
