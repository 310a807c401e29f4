import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Heartbeats } from './heartbeats.ts';

describe('heartbeats', () => {
	let now = 0;
	const make = (): Heartbeats => {
		now = 0;
		return new Heartbeats(100, () => now);
	};

	it('are missed after three, counted from when we heard the last', () => {
		const beats = make();
		assert.equal(beats.stale('n'), false, 'nobody was ever heard');
		beats.heard('n');
		now = 299;
		assert.equal(beats.stale('n'), false);
		assert.equal(beats.staleInMs('n'), 1);
		now = 300;
		assert.equal(beats.stale('n'), true);
		beats.heard('n');
		assert.equal(beats.stale('n'), false);
		beats.forget('n');
		assert.equal(beats.staleInMs('n'), null);
	});

	it('that we could not have heard are not missed', () => {
		const beats = make();
		beats.heard('n');
		now = 200;
		beats.blind();
		now = 10_000;
		beats.blind();
		assert.equal(beats.stale('n'), false);
		beats.heard('m');
		beats.seeing();
		now = 10_099;
		assert.equal(beats.stale('n'), false);
		now = 10_100;
		assert.equal(beats.stale('n'), true);
		assert.equal(beats.stale('m'), false, 'never later than when it was heard');
		now = 10_300;
		assert.equal(beats.stale('m'), true);
	});
});
