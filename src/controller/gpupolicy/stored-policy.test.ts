import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GpuPolicy } from '../../api/v1alpha1.generated.ts';
import type { ApiObject } from '../../core/ports/cluster.ts';
import { ClusterError } from '../../core/ports/cluster.ts';
import { Board } from './board.ts';
import { failureOf } from './duty-runner.ts';
import { concernsDuties, PolicyReader } from './stored-policy.ts';

function object(metadata: Partial<ApiObject['metadata']> = {}, status?: object): ApiObject {
	return {
		apiVersion: 'gpupolicy.dev/v1alpha1',
		kind: 'GpuPolicy',
		metadata: { name: 'one', uid: 'u', generation: 1, resourceVersion: '5', ...metadata },
		spec: { mode: 'Enforce' },
		...(status ? { status } : {}),
	};
}

function reader(count: { examined: number }): PolicyReader {
	return new PolicyReader((examined) => {
		count.examined++;
		return { policy: examined as GpuPolicy, digest: 'd', intervalMs: 600_000, problems: [] };
	});
}

describe('a policy in the cache', () => {
	it('is examined once for each generation, not for each status', () => {
		const count = { examined: 0 };
		const one = reader(count);
		one.read(object());
		one.read(object({ resourceVersion: '6' }, { observedGeneration: 1 }));
		one.read(object({ generation: 2 }));
		one.read(object({ generation: 2, uid: 'another' }));
		assert.equal(count.examined, 3);
	});

	it('has the duties look again for anything but its status, labels and annotations', () => {
		const one = reader({ examined: 0 });
		const before = one.read(object());
		assert.equal(concernsDuties(before, one.read(object({ labels: { a: 'b' } }, { observedGeneration: 1 }))), false);
		for (const change of [
			{ generation: 2 },
			{ uid: 'another' },
			{ deletionTimestamp: '2026-01-01T00:00:00Z' },
			{ finalizers: ['gpupolicy.dev/cleanup'] },
			{ annotations: { 'gpupolicy.dev/resume': 'token' } },
		])
			assert.equal(concernsDuties(before, one.read(object(change))), true, JSON.stringify(change));
	});
});

describe('the board', () => {
	it('forgets what was said of a policy that was deleted and made anew', () => {
		const board = new Board();
		board.report({ name: 'one', uid: 'u' }, 'admission', { cleaned: true });
		assert.equal(board.state({ name: 'one', uid: 'u' }, 'admission').cleaned, true);
		assert.equal(board.state({ name: 'one', uid: 'v' }, 'admission').cleaned, false);
		board.report({ name: 'one', uid: 'v' }, 'nodes', { failure: { kind: 'retry', message: 'm' } });
		assert.equal(board.state({ name: 'one', uid: 'v' }, 'admission').cleaned, false);
	});
});

describe('a failure of a duty', () => {
	it("waits for a person where a right is missing or a field is somebody else's, and is tried again otherwise", () => {
		const at = { verb: 'patch', resource: 'pods' } as const;
		assert.equal(failureOf(new ClusterError('Forbidden', 'no', at)).kind, 'stalled');
		assert.equal(failureOf(new ClusterError('FieldManagerConflict', 'no', at)).kind, 'stalled');
		assert.equal(failureOf(new ClusterError('TimedOut', 'no', at)).kind, 'retry');
		assert.equal(failureOf(new Error('a bug')).kind, 'retry');
	});
});
