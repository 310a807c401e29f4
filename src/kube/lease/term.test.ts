import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { microTime } from './micro-time.ts';
import { Term } from './term.ts';

describe('a term of leadership', () => {
	it('ends by the clock, also where timers are late', () => {
		let now = 0;
		const term = new Term(10_000, () => now);
		now = 9_999;
		assert.equal(term.holds(), true);
		now = 10_000;
		assert.equal(term.holds(), false);
		assert.equal(term.signal.aborted, true);
	});

	it('ends by a timer where nobody asks', async () => {
		const term = new Term(performance.now() + 20);
		await new Promise((resolve) => term.signal.addEventListener('abort', resolve));
		assert.equal(term.holds(), false);
	});

	it('lasts longer by each renewal, and never shorter', () => {
		let now = 0;
		const term = new Term(10, () => now);
		term.extend(30);
		term.extend(20);
		now = 25;
		assert.equal(term.holds(), true);
		term.end();
	});

	it('is not revived by a renewal that comes late', () => {
		let now = 0;
		const term = new Term(10, () => now);
		now = 11;
		assert.equal(term.holds(), false);
		term.extend(30);
		assert.equal(term.holds(), false);
	});
});

describe('a time of a Lease', () => {
	it('has six digits', () => {
		assert.equal(microTime(Date.UTC(2026, 0, 2, 3, 4, 5, 60)), '2026-01-02T03:04:05.060000Z');
	});
});
