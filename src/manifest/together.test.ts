import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkTogether, parseManifest } from './index.ts';

const policy = (name: string) =>
	`apiVersion: gpupolicy.dev/v1alpha1\nkind: GpuPolicy\nmetadata: { name: ${name} }\nspec: { mode: Audit }\n`;

describe('policies beside each other', () => {
	it('may not share a name: the second is named, with the place of the first', () => {
		const loaded = [
			...parseManifest(policy('a'), 'one.yaml').policies,
			...parseManifest(`${policy('b')}---\n${policy('a')}`, 'two.yaml').policies,
		];
		const [error, ...others] = checkTogether(loaded);
		assert.deepEqual(others, []);
		assert.deepEqual([error?.code, error?.file, error?.line, error?.column, error?.endColumn], ['GP1015', 'two.yaml', 8, 19, 20]);
		assert.match(error?.message ?? '', /one\.yaml:3/);
		assert.equal(error?.sourceLine, 'metadata: { name: a }');
	});

	it('are in order with names of their own', () => {
		assert.deepEqual(checkTogether(parseManifest(`${policy('a')}---\n${policy('b')}`, 'p').policies), []);
	});
});
