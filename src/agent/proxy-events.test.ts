import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Refusal } from '../core/device-answer/index.ts';
import type { ClusterEvent } from '../core/ports/events.ts';
import { tellRefusals } from './proxy-events.ts';

it('tells each refusal of the proxy once, in their order, also where the clock was set back between two', () => {
	const told: string[] = [];
	const recorder = { record: ({ note }: ClusterEvent) => void told.push(note.split(' ')[1] ?? '') };
	const targets = { node: () => ({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } }), pod: () => null };
	const refusal = (id: string, at: string): Refusal => ({ at, resource: 'nvidia.com/gpu', id, policy: 'p', reason: 'r' });
	const tell = (refusals: readonly Refusal[], last: string): string =>
		tellRefusals(refusals, { allocations: null }, targets, recorder as never, last);
	const [a, b, c] = [
		refusal('a', '2031-01-01T00:00:00.000Z'),
		refusal('b', '2026-11-21T10:00:00.000Z'),
		refusal('c', '2026-11-21T10:00:01.000Z'),
	];
	let last = tell([a], '');
	last = tell([a, b], last);
	last = tell([a, b], last);
	last = tell([b, c], last);
	assert.deepEqual(told, ['a', 'b', 'c']);
	assert.equal(tell([], last), last, 'the proxy started again');
	tell([a], last);
	assert.deepEqual(told, ['a', 'b', 'c', 'a']);
});
