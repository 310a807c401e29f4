import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeUtf8 } from './decode.ts';

test('the byte offset of an index is the length of the text before it in UTF-8', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme' }), fc.boolean(), (drawn, bom) => {
			const source = (bom ? '\ufeff' : '') + drawn;
			const { text, byteAt } = decodeUtf8(Buffer.from(source));
			assert.equal(text, source);
			for (let index = 0; index <= text.length; index++) {
				const splitsPair = /[\ud800-\udbff]/.test(text[index - 1] ?? '') && /[\udc00-\udfff]/.test(text[index] ?? '');
				if (!splitsPair) assert.equal(byteAt(index), Buffer.byteLength(text.slice(0, index)));
			}
			assert.equal(byteAt(text.length + 5), Buffer.byteLength(text));
		}),
		{ numRuns: Number(process.env.FC_RUNS ?? 200) },
	);
});
