import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkQueue } from './work-queue.ts';

function deferred(): { promise: Promise<void>; resolve: () => void } {
	let resolve = (): void => {};
	const promise = new Promise<void>((done) => {
		resolve = done;
	});
	return { promise, resolve };
}

const noError = (key: string, error: unknown): void => assert.fail(`${key} failed: ${String(error)}`);

describe('the work queue', () => {
	it('turns a storm of 10,000 events into one run while it waits and one more while it runs', async () => {
		let runs = 0;
		const gate = deferred();
		const queue = new WorkQueue({
			handle: async () => {
				runs++;
				await gate.promise;
				return {};
			},
			onError: noError,
		});
		for (let i = 0; i < 10_000; i++) queue.add('repo');
		assert.equal(runs, 1);
		gate.resolve();
		await sleep(5);
		assert.equal(runs, 2);
		await queue.drain();
	});

	it('never runs one key twice at once, and runs other keys up to its concurrency', async () => {
		const active = new Map<string, number>();
		let most = 0;
		const queue = new WorkQueue({
			concurrency: 2,
			handle: async (key) => {
				active.set(key, (active.get(key) ?? 0) + 1);
				assert.equal(active.get(key), 1);
				most = Math.max(
					most,
					[...active.values()].reduce((a, b) => a + b, 0),
				);
				await sleep(2);
				active.set(key, (active.get(key) ?? 0) - 1);
				return {};
			},
			onError: noError,
		});
		for (let i = 0; i < 30; i++) queue.add(`k${i % 3}`);
		await sleep(40);
		await queue.drain();
		assert.equal(most, 2);
	});

	it('retries a failing key with exponential back-off and jitter, and starts over after a success', async () => {
		const delays: number[] = [];
		let fail = 3;
		const done = deferred();
		const queue = new WorkQueue({
			handle: async () => {
				if (fail-- > 0) throw new Error('no');
				done.resolve();
				return {};
			},
			onError: (_, __, retryInMs) => delays.push(retryInMs),
			minBackoffMs: 2,
			maxBackoffMs: 6,
			random: () => 0.5,
		});
		queue.add('a');
		await done.promise;
		await queue.drain();
		assert.deepEqual(delays, [3, 5, 8]);
	});

	it('runs the higher priority first', async () => {
		const order: string[] = [];
		const gate = deferred();
		const queue = new WorkQueue({
			handle: async (key) => {
				order.push(key);
				if (key === 'first') await gate.promise;
				return {};
			},
			onError: noError,
		});
		queue.add('first');
		queue.add('low', 1);
		queue.add('high', 5);
		gate.resolve();
		await sleep(5);
		await queue.drain();
		assert.deepEqual(order, ['first', 'high', 'low']);
	});

	it('runs a key again after the time that its handler asked for', async () => {
		let runs = 0;
		const queue = new WorkQueue({
			handle: async () => {
				runs++;
				return runs < 3 ? { requeueAfterMs: 1 } : {};
			},
			onError: noError,
		});
		queue.add('a');
		await sleep(60);
		assert.equal(runs, 3);
		await queue.drain();
	});

	it('drains: what runs is finished, what waits is forgotten, nothing is taken any more', async () => {
		const order: string[] = [];
		const gate = deferred();
		const queue = new WorkQueue({
			handle: async (key) => {
				await gate.promise;
				order.push(key);
				return { requeueAfterMs: 0 };
			},
			onError: noError,
		});
		queue.add('running');
		queue.add('waiting');
		const drained = queue.drain();
		queue.add('late');
		gate.resolve();
		await drained;
		await sleep(5);
		assert.deepEqual(order, ['running']);
	});
});
