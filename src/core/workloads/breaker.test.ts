import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { breakerWindowMs, touchedPods } from './breaker.ts';

const now = 1_800_000_000_000;
const hour = 3_600_000;
const never = { since: 0, ahead: 0 };

describe('what the circuit breaker counts', () => {
	it('is what was touched within the window, and what a clock that was ahead put into the future', () => {
		const touches = [now - breakerWindowMs, now - breakerWindowMs + 1, now, now + hour].map((at) => ({ at, pods: 1 }));
		assert.equal(touchedPods(touches, now, never), 3);
	});

	it('is nothing of what was lifted, be it in the future, and everything after it', () => {
		const touches = [now - 10, now + hour].map((at) => ({ at, pods: 2 }));
		const lifted = { since: now, ahead: now + hour };
		assert.equal(touchedPods(touches, now, lifted), 0);
		assert.equal(touchedPods([...touches, { at: now + 5, pods: 1 }], now + 10, lifted), 1, 'by us');
		assert.equal(
			touchedPods([...touches, { at: now + hour + 5, pods: 1 }], now + 10, lifted),
			1,
			'by the one whose clock is ahead',
		);
	});
});
