import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { share, type Workload, workloadState } from './workload.ts';

type WorkloadObject = Parameters<typeof workloadState>[1];

function read(kind: Workload['kind'], object: Partial<WorkloadObject>): Workload {
	return workloadState({ kind, namespace: 'ml', name: 'a', uid: 'u' }, { metadata: { generation: 2 }, ...object }, '');
}

const progressing = (reason: string) => [{ type: 'Progressing', reason, message: reason }];

describe('an owner of pods', () => {
	it('is rolling until its controller has seen the change and every pod is replaced and available', () => {
		const spec = { replicas: 4 };
		const all = { replicas: 4, updatedReplicas: 4, availableReplicas: 4 };
		const state = (status: object): string => read('Deployment', { spec, status }).rollout.state;
		assert.equal(
			state({ observedGeneration: 1, ...all, conditions: progressing('NewReplicaSetAvailable') }),
			'Rolling',
			'not seen yet',
		);
		assert.equal(state({ observedGeneration: 2, ...all, updatedReplicas: 3 }), 'Rolling');
		assert.equal(state({ observedGeneration: 2, ...all, replicas: 5 }), 'Rolling', 'an old pod is left');
		assert.equal(
			state({ observedGeneration: 2, ...all, availableReplicas: 3, conditions: progressing('ReplicaSetUpdated') }),
			'Rolling',
		);
		assert.equal(state({ observedGeneration: 2, ...all, conditions: progressing('ReplicaSetUpdated') }), 'Complete');
		assert.equal(
			state({ observedGeneration: 2, ...all, updatedReplicas: 1, conditions: progressing('ProgressDeadlineExceeded') }),
			'Failed',
		);
	});

	it('has ended its rollout although pods of it broke later', () => {
		const status = {
			observedGeneration: 2,
			replicas: 4,
			updatedReplicas: 4,
			availableReplicas: 1,
			conditions: progressing('NewReplicaSetAvailable'),
		};
		const deployment = read('Deployment', { spec: { replicas: 4 }, status });
		assert.deepEqual([deployment.rollout.state, deployment.available], ['Complete', false]);
		const revisions = { currentRevision: 'r2', updateRevision: 'r2' };
		const set = read('StatefulSet', {
			spec: { replicas: 3 },
			status: { observedGeneration: 2, ...revisions, availableReplicas: 2 },
		});
		assert.deepEqual([set.rollout.state, set.available], ['Complete', false]);
	});

	it('that is a StatefulSet rolls until its revisions meet, a DaemonSet until all nodes have an available pod', () => {
		const set = (status: object): string =>
			read('StatefulSet', { spec: { replicas: 3 }, status: { observedGeneration: 2, ...status } }).rollout.state;
		assert.equal(set({ currentRevision: 'r1', updateRevision: 'r2', updatedReplicas: 3, availableReplicas: 3 }), 'Rolling');
		const daemon = (status: object) =>
			read('DaemonSet', { status: { observedGeneration: 2, desiredNumberScheduled: 3, ...status } }).rollout;
		assert.deepEqual(daemon({ updatedNumberScheduled: 3, numberAvailable: 2 }), {
			state: 'Rolling',
			allReplaced: true,
			message: '3 of 3 pods replaced, 2 available',
		});
		assert.equal(daemon({ updatedNumberScheduled: 2, numberAvailable: 3 }).state, 'Rolling');
		assert.equal(daemon({ updatedNumberScheduled: 3, numberAvailable: 3 }).state, 'Complete');
	});

	it('takes down at once what its own update strategy says', () => {
		const deployment = (strategy: object | undefined): number =>
			read('Deployment', { spec: { replicas: 10, ...(strategy ? { strategy } : {}) } }).atOnce;
		assert.equal(deployment(undefined), 2, '25%, rounded down');
		assert.equal(deployment({ type: 'Recreate' }), 10);
		assert.equal(deployment({ rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }), 1, 'at least one: a pod can fail');
		assert.equal(deployment({ rollingUpdate: { maxUnavailable: 30 } }), 10);
		const daemon = {
			status: { desiredNumberScheduled: 7 },
			spec: { updateStrategy: { rollingUpdate: { maxUnavailable: '20%' } } },
		};
		assert.equal(read('DaemonSet', daemon).atOnce, 2, 'rounded up');
		assert.equal(read('StatefulSet', { spec: { replicas: 3 } }).atOnce, 1);
	});

	it('is left alone where a restart is of no use or not wanted', () => {
		const reasons = [
			read('Deployment', { spec: { paused: true } }),
			read('StatefulSet', { spec: { updateStrategy: { type: 'OnDelete' } } }),
			read('StatefulSet', { spec: { updateStrategy: { rollingUpdate: { partition: 1 } } } }),
			read('DaemonSet', { spec: { updateStrategy: { type: 'OnDelete' } } }),
			read('ReplicaSet', {}),
			read('Deployment', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
		];
		for (const { noRestart } of reasons) assert.ok(noRestart);
		assert.deepEqual(
			reasons.map(({ leaving }) => leaving),
			[false, false, false, false, false, true],
		);
		assert.equal(read('Deployment', {}).noRestart, null);
	});

	it('is left alone by evictions where one would begin an update that somebody holds back', () => {
		const observedGeneration = 2;
		const set = (updateStrategy: object, status: object) =>
			read('StatefulSet', {
				spec: { replicas: 3, updateStrategy },
				status: { observedGeneration, availableReplicas: 3, ...status },
			});
		const [old, both] = [
			{ currentRevision: 'r1', updateRevision: 'r2', updatedReplicas: 1 },
			{ currentRevision: 'r2', updateRevision: 'r2', updatedReplicas: 3 },
		];
		assert.match(set({ type: 'OnDelete' }, old).noEviction ?? '', /would begin the update that waits/);
		assert.equal(set({ type: 'OnDelete' }, both).noEviction, null);
		assert.equal(set({ type: 'OnDelete' }, old).rollout.state, 'Complete', 'nobody rolls it out');
		const partitioned = set({ rollingUpdate: { partition: 2 } }, old);
		assert.deepEqual([partitioned.noEviction, partitioned.rollout.state], [null, 'Complete'], 'its pods come back as they were');
		assert.equal(set({ rollingUpdate: { partition: 1 } }, old).rollout.state, 'Rolling');
		const daemon = (updatedNumberScheduled: number) =>
			read('DaemonSet', {
				spec: { updateStrategy: { type: 'OnDelete' } },
				status: { observedGeneration, desiredNumberScheduled: 3, numberAvailable: 3, updatedNumberScheduled },
			});
		assert.ok(daemon(2).noEviction);
		assert.deepEqual([daemon(3).noEviction, daemon(2).rollout.state], [null, 'Complete']);
		const paused = (updatedReplicas: number) =>
			read('Deployment', {
				spec: { replicas: 3, paused: true },
				status: { observedGeneration, replicas: 3, updatedReplicas, availableReplicas: 3 },
			});
		assert.match(paused(1).noEviction ?? '', /paused in the middle of a rollout/);
		assert.equal(paused(3).noEviction, null);
	});

	it('has shares of a whole', () => {
		assert.deepEqual(
			[share(3, 10, Math.ceil), share('15%', 10, Math.ceil), share('15%', 10, Math.floor), share('2', 10, Math.ceil)],
			[3, 2, 1, 2],
		);
	});
});
