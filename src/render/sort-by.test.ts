import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sortBy } from './sort-by.ts';

const objects = [
	{ name: 'c', spec: { n: 10 } },
	{ name: 'a', spec: { n: 9 } },
	{ name: 'b', spec: {} },
	{ name: 'd', spec: { n: 9 } },
];

it('puts objects in the order of a field: those without it first, numbers as numbers, equal ones as they came', () => {
	const names = (path: string): string =>
		sortBy(objects, path)
			.map(({ name }) => name)
			.join('');
	assert.equal(names('.spec.n'), 'badc');
	assert.equal(names('{name}'), 'abcd');
	assert.deepEqual(sortBy([], '.spec.n'), []);
});

it('refuses a field that no object has, and values without an order', () => {
	assert.throws(() => sortBy(objects, '.nothing'), { code: 'GP2022' });
	assert.throws(() => sortBy(objects, '.spec'), { code: 'GP2023' });
	assert.throws(() => sortBy([{ a: 1 }, { a: 'x' }], '.a'), { code: 'GP2023' });
	assert.throws(() => sortBy(objects, '{'), { code: 'GP2019' });
});
