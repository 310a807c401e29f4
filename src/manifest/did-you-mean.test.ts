import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anyOf, didYouMean, editDistance } from './did-you-mean.ts';

describe('did you mean', () => {
	it('counts a swap of neighbours as one mistake', () => {
		assert.equal(editDistance('mode', 'mdoe'), 1);
		assert.equal(editDistance('', 'abc'), 3);
		assert.equal(editDistance('kitten', 'sitting'), 3);
	});

	it('finds what was probably meant, whatever its case and dashes', () => {
		const known = ['include', 'exclude', 'defaultExcludes', 'deviceOrdinal', 'gpuLibraries'];
		assert.equal(didYouMean('inclde', known), 'include');
		assert.equal(didYouMean('includes', known), 'include');
		assert.equal(didYouMean('device_ordinal', known), 'deviceOrdinal');
		assert.equal(didYouMean('DefaultExclude', known), 'defaultExcludes');
	});

	it('says nothing where nothing is near', () => {
		assert.equal(didYouMean('colour', ['include', 'exclude']), undefined);
		assert.equal(didYouMean('x'.repeat(1_000_000), ['include']), undefined);
	});

	it('lists names as a sentence does', () => {
		assert.equal(anyOf(['a']), 'a');
		assert.equal(anyOf(['a', 'b', 'c']), 'a, b or c');
	});
});
