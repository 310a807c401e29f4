import assert from 'node:assert/strict';
import { it } from 'node:test';
import { coversRange, inCapabilityRange, parseCapabilityRange } from './capability-range.ts';

const cases: readonly [range: string, inside: readonly string[], outside: readonly string[]][] = [
	['>=8.0', ['8.0', '8.10', '12.1'], ['7.9']],
	['>=8.9', ['8.10', '8.9'], ['8.6']],
	['8.x', ['8.0', '8.10'], ['7.5', '9.0']],
	['8', ['8.0', '8.9'], ['9.0']],
	['8.6', ['8.6'], ['8.0', '8.60']],
	['>=7.5 <9.0', ['7.5', '8.9'], ['7.4', '9.0']],
	['>= 7.5, < 9', ['7.5', '8.9'], ['9.0']],
	['>8', ['9.0'], ['8.9']],
	['<=8', ['8.9', '7.0'], ['9.0']],
	['7.5 || >=9.0', ['7.5', '9.0'], ['8.0']],
];
for (const [text, inside, outside] of cases) {
	it(`${text} holds ${inside.join(', ')} and not ${outside.join(', ')}`, () => {
		const range = parseCapabilityRange(text);
		assert.ok(range);
		for (const version of inside) assert.equal(inCapabilityRange(version, range), true, version);
		for (const version of outside) assert.equal(inCapabilityRange(version, range), false, version);
	});
}

it('is empty where the comparators exclude each other', () => {
	assert.deepEqual(parseCapabilityRange('>9 <8'), []);
});

it('refuses what is not a range', () => {
	for (const text of ['', ' ', 'ampere', '8.6.1', '~8.0', '>=', '8..6', '|| 8.0'])
		assert.equal(parseCapabilityRange(text), null, text);
});

it('tells whether one range covers another', () => {
	const covers = (outer: string, inner: string) =>
		coversRange(parseCapabilityRange(outer) ?? [], parseCapabilityRange(inner) ?? []);
	assert.equal(covers('>=8.0', '8.x'), true);
	assert.equal(covers('8.x || 9.x', '>=8.5 <9.5'), true);
	assert.equal(covers('8.x || 10.x', '>=8.5 <9.5'), false);
});
