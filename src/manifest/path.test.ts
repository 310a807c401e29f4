import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatPath, fromPointer, parsePath } from './path.ts';

const seed = process.env['FC_SEED'] ? { seed: Number(process.env['FC_SEED']) } : {};

describe('paths', () => {
	it('are written as people write them, with odd keys quoted', () => {
		assert.equal(formatPath(['spec', 'devices', 'allow', 0, 'minMemory']), 'spec.devices.allow[0].minMemory');
		assert.equal(formatPath(['metadata', 'labels', 'a.b/c']), 'metadata.labels["a.b/c"]');
		assert.equal(formatPath([]), '');
	});

	it('are read back as they were', () => {
		const step = fc.oneof(fc.nat(1000), fc.string({ maxLength: 8 }));
		fc.assert(
			fc.property(fc.array(step, { maxLength: 6 }), (path) => assert.deepEqual(parsePath(formatPath(path)), path)),
			{ numRuns: Number(process.env['FC_RUNS'] ?? 300), ...seed },
		);
	});

	it('are refused where they are none', () => {
		for (const text of ['a..b', '[x]', 'a[', 'a b']) assert.throws(() => parsePath(text), SyntaxError, text);
	});

	it('come from JSON pointers, with indexes only inside lists', () => {
		assert.deepEqual(fromPointer('/a/0/b~1c~0d', { a: [{}] }), ['a', 0, 'b/c~d']);
		assert.deepEqual(fromPointer('/a/0', { a: { 0: 1 } }), ['a', '0']);
	});
});
