import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eachAtOnce, pause, Slots } from './pause.ts';

describe('slots', () => {
	it('run so many at once and no more, also after a failure', async () => {
		const slots = new Slots(2);
		let running = 0;
		let most = 0;
		const task = async (index: number): Promise<number> => {
			running++;
			most = Math.max(most, running);
			await pause(1, new AbortController().signal);
			running--;
			if (index === 1) throw new Error('one fails');
			return index;
		};
		const results = await Promise.allSettled([0, 1, 2, 3, 4].map((index) => slots.run(() => task(index))));
		assert.equal(most, 2);
		assert.deepEqual(
			results.map(({ status }) => status),
			['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
		);
		assert.deepEqual(await eachAtOnce([3, 1, 2], 2, async (item) => item * 2), [6, 2, 4]);
	});
});

describe('a pause', () => {
	it('ends at once with the reason of an abort', async () => {
		const stop = new AbortController();
		const waiting = pause(60_000, stop.signal);
		stop.abort(new Error('enough'));
		await assert.rejects(waiting, /enough/);
		await assert.rejects(pause(1, stop.signal), /enough/);
	});
});
