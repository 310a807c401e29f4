import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatQuantity, parseQuantity } from './quantity.ts';

const quantities: readonly [string | number, bigint | null][] = [
	[0, 0n],
	[25_769_803_776, 25_769_803_776n],
	[1.5, null],
	['20Gi', 21_474_836_480n],
	['1.5Gi', 1_610_612_736n],
	['24576Mi', 25_769_803_776n],
	['20G', 20_000_000_000n],
	['1k', 1000n],
	['.5k', 500n],
	['5.', 5n],
	['2e10', 20_000_000_000n],
	['2E3', 2000n],
	['2E', 2_000_000_000_000_000_000n],
	['1500m', 2n],
	['0.1', 1n],
	['9007199254740993', 9_007_199_254_740_993n],
	['0.1Ki', 103n],
	['-1Gi', -1_073_741_824n],
	['20 gigs', null],
	['20GB', null],
	['20gi', null],
	['', null],
	['.', null],
	['Gi', null],
	['1e999999999', null],
	['0x10', null],
];
for (const [text, bytes] of quantities) {
	it(`reads ${JSON.stringify(text)} as ${bytes} bytes`, () => assert.equal(parseQuantity(text), bytes));
}

it('prints bytes so that they read back the same', () => {
	for (const bytes of [0, 1, 2 ** 20, 16311 * 2 ** 20, 2 ** 20 + 1])
		assert.equal(parseQuantity(formatQuantity(bytes)), BigInt(bytes));
	assert.equal(formatQuantity(16311 * 2 ** 20), '16311Mi');
});
