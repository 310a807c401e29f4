import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { codePointLength } from './code-point-length.ts';

it('counts the code points of any text, lone surrogates too', () => {
	assert.equal(codePointLength('a𝄞b\ud834'), 4);
	const units = fc.array(fc.constantFrom('a', 'é', '\ud834', '\udd1e', '𝄞')).map((parts) => parts.join(''));
	fc.assert(fc.property(units, (text) => assert.equal(codePointLength(text), [...text].length)));
});
