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
		assert.equal(beats.nextInMs(), null, 'nobody was ever heard');
		beats.heard('n');
		now = 299;
		assert.deepEqual(beats.expire(), []);
		assert.equal(beats.nextInMs(), 1);
		now = 300;
		assert.deepEqual(beats.expire(), ['n']);
		assert.equal(beats.stale('n'), true);
		assert.deepEqual(beats.expire(), [], 'told once');
		beats.heard('n');
		assert.equal(beats.stale('n'), false);
		beats.forget('n');
		assert.equal(beats.nextInMs(), null);
	});

	it('are missed in the order in which they were heard, however many are silent already', () => {
		const beats = make();
		for (const [i, node] of ['a', 'b', 'c'].entries()) {
			now = i * 10;
			beats.heard(node);
		}
		now = 50;
		beats.heard('a');
		now = 310;
		assert.deepEqual(beats.expire(), ['b']);
		assert.equal(beats.nextInMs(), 10, 'c');
		now = 1_000;
		assert.deepEqual(beats.expire(), ['c', 'a']);
		assert.equal(beats.nextInMs(), null);
	});

	it('that we could not have heard are not missed', () => {
		const beats = make();
		beats.heard('n');
		now = 200;
		beats.blind();
		now = 10_000;
		beats.blind();
		assert.deepEqual(beats.expire(), []);
		beats.heard('m');
		beats.seeing();
		now = 10_099;
		assert.deepEqual(beats.expire(), []);
		now = 10_100;
		assert.deepEqual(beats.expire(), ['n']);
		now = 10_299;
		assert.deepEqual(beats.expire(), [], 'never later than when it was heard');
		now = 10_300;
		assert.deepEqual(beats.expire(), ['m']);
	});
});
