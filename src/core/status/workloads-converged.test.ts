import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { demandOf } from '../workloads/demand.fixture.ts';
import type { PodDemand } from '../workloads/demand.ts';
import { podJudge } from '../workloads/judge-pod.ts';
import { podShape, type RunningPod } from '../workloads/running-pod.ts';
import { judgeWorkloads, tally, type WorkloadsTally, workloadsStatus } from './workloads-converged.ts';

const demand = demandOf({
	policy: 'one',
	digest: 'd'.repeat(64),
	variables: [
		{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' },
		{ name: 'PYTORCH_CUDA_ALLOC_CONF', value: 'max_split_size_mb:1024' },
	],
});
const quiet = { failed: null, notes: [] };

function running(index: number, changes: Partial<RunningPod> = {}): RunningPod {
	return {
		namespace: `namespace-${index % 700}`.padEnd(63, 'x'),
		name: `pod-${index}`.padEnd(253, 'x'),
		uid: `u${index}`,
		created: '2026-01-01T00:00:00Z',
		labels: {},
		applied: '',
		restarted: '',
		mirror: index % 5 === 0,
		owner: null,
		node: `node-${index}`,
		finished: false,
		ready: true,
		terminating: false,
		shape: podShape({
			containers: ['a', 'b'].map((name) => ({
				name: name.repeat(63),
				resources: { limits: { 'nvidia.com/gpu': 1 } },
				env: [{ name: 'CUDA_DEVICE_ORDER', value: '漢'.repeat(5_000) }],
				securityContext: { privileged: true },
			})),
		}),
		...changes,
	};
}

function found(pods: readonly RunningPod[], of = demand): WorkloadsTally {
	const judge = podJudge(of);
	return tally(pods.map((pod) => [pod, judge(pod, { name: pod.namespace, labels: {} })] as const));
}

const nameOf = ({ namespace, name }: RunningPod): string => `Pod ${namespace}/${name}`;

describe('what a status says of running pods', () => {
	it('stays small, however many there are and however long their names and values', () => {
		const all = found(Array.from({ length: 2_000 }, (_, index) => running(index)));
		const status = workloadsStatus(demand, all);
		assert.equal(status.violations?.length, 20);
		const { message } = judgeWorkloads(demand, all, nameOf, quiet);
		const bytes = Buffer.byteLength(JSON.stringify({ status, message }));
		assert.ok(bytes < 32 * 1024, `${bytes} bytes`);
		assert.deepEqual([status.summary, status.restartRequired, status.unmanaged], ['0/2000', 1_600, 400]);
	});

	it('is the same for the same pods in any order', () => {
		const pods = Array.from({ length: 60 }, (_, index) => running(index, { owner: owners[index % 4] ?? null }));
		const ofOwner = (pod: RunningPod): string => (pod.owner ? `Deployment ${pod.owner.name}` : nameOf(pod));
		const said = (ordered: readonly RunningPod[]) => {
			const all = found(ordered);
			return { status: workloadsStatus(demand, all), message: judgeWorkloads(demand, all, ofOwner, quiet).message };
		};
		const expected = said(pods);
		fc.assert(
			fc.property(fc.shuffledSubarray(pods, { minLength: pods.length }), (ordered) => {
				assert.deepEqual(said(ordered), expected);
			}),
			{ numRuns: 50, ...(process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) }) },
		);
	});

	it('calls ways around the device plugin out of order only where the policy denies them', () => {
		const env = demand.variables.map(({ name, value }) => ({ name, value }));
		const shape = podShape({
			containers: [{ name: 'c', env, resources: { limits: { 'nvidia.com/gpu': 1 } }, securityContext: { privileged: true } }],
		});
		const reason = (bypass: PodDemand['bypass']): string => {
			const of = { ...demand, bypass };
			return judgeWorkloads(of, found([running(1, { shape })], of), nameOf, quiet).reason;
		};
		assert.deepEqual([reason('Allow'), reason('Warn'), reason('Deny')], ['InSync', 'InSync', 'Unmanaged']);
	});

	it('names an owner with all its pods, whichever of its ReplicaSets they are of', () => {
		const pods = [0, 1, 2, 3].map((index) => running(index, { mirror: false, owner: owners[index % 2] ?? null }));
		const { message } = judgeWorkloads(demand, found(pods), () => 'Deployment ml/train', quiet);
		assert.match(message, /4 came up without it: Deployment ml\/train \(4\);/);
	});
});

const owners = ['a', 'b', 'c'].map((name) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: name }));
