import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Backoff, pause } from './backoff.ts';

describe('pauses between attempts', () => {
	it('are short after the first failure, then double up to the longest, and begin anew after a success', () => {
		const backoff = new Backoff({ minMs: 800, maxMs: 5_000, random: () => 1 });
		const pauses = Array.from({ length: 6 }, () => backoff.failed(null));
		assert.deepEqual(pauses, [200, 800, 1600, 3200, 5000, 5000]);
		assert.equal(backoff.failures, 6);
		backoff.succeeded();
		assert.equal(backoff.failed(null), 200);
	});

	it('differ between clients, by half', () => {
		const least = new Backoff({ random: () => 0 });
		assert.deepEqual([least.failed(null), least.failed(null), least.failed(null)], [0, 400, 800]);
	});

	it('are never shorter than what the server asked for', () => {
		const backoff = new Backoff({ random: () => 0 });
		assert.equal(backoff.failed(7_000), 7_000);
		assert.ok(new Backoff({ random: () => 1 }).failed(7_000) <= 8_750);
	});

	it('that are over already are none, and no warning', async () => {
		const warnings: Error[] = [];
		const note = (warning: Error): void => void warnings.push(warning);
		process.on('warning', note);
		await pause(-2_431.6, new AbortController().signal);
		await new Promise(setImmediate); // warnings are told a tick later
		process.off('warning', note);
		assert.deepEqual(warnings, []);
	});

	it('end at once when the caller gives up', async () => {
		const began = performance.now();
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 10);
		await pause(60_000, stop.signal);
		await pause(60_000, stop.signal);
		assert.ok(performance.now() - began < 5_000);
	});
});
