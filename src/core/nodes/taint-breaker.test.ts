import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tripsBreaker } from './taint-breaker.ts';

it('the breaker stops over half of the nodes, from five on', () => {
	for (const [wanted, recent, selected, trips] of [
		[4, 0, 4, false],
		[5, 0, 10, false],
		[5, 0, 9, true],
		[1, 4, 9, true],
		[1, 4, 10, false],
		[2, 4, 10, true],
		[0, 9, 10, false],
	] as const)
		assert.equal(tripsBreaker(wanted, recent, selected), trips, `${wanted} ${recent} ${selected}`);
});
