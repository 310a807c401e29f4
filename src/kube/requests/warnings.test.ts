import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { warningTexts } from './warnings.ts';

describe('warnings of an answer', () => {
	it('are the quoted texts, unescaped, in order', () => {
		assert.deepEqual(warningTexts(['299 - "one"', '299 - "a \\"quoted\\" word, and a \\\\"']), [
			'one',
			'a "quoted" word, and a \\',
		]);
	});

	it('may be several in one header', () => {
		assert.deepEqual(warningTexts(['299 - "one", 299 agent "two, three"']), ['one', 'two, three']);
	});

	it('are UTF-8, as the server writes them', () => {
		assert.deepEqual(warningTexts([Buffer.from('299 - "größer"').toString('latin1')]), ['größer']);
	});

	it('are none where there are none', () => {
		assert.deepEqual(warningTexts(undefined), []);
	});
});
