import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { podDeviations } from './admit-pod.ts';
import { demandOf } from './demand.fixture.ts';
import type { PodDemand } from './demand.ts';
import { isMended, isUnmanaged, podJudge } from './judge-pod.ts';
import type { Pod, PodContainer } from './pod.ts';
import { podScope } from './pod-scope.ts';
import { podShape, type RunningPod } from './running-pod.ts';

const demand = demandOf({
	policy: 'one',
	digest: 'd1',
	variables: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }],
});
const gpu = { limits: { 'nvidia.com/gpu': 1 } };
const right = [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }];

function running(
	container: Partial<PodContainer>,
	changes: Partial<RunningPod> = {},
	spec: Partial<Pod['spec']> = {},
): RunningPod {
	return {
		namespace: 'ml',
		name: 'a',
		uid: 'u',
		created: '2026-01-01T00:00:00Z',
		labels: {},
		applied: '',
		restarted: '',
		mirror: false,
		owner: null,
		node: '',
		finished: false,
		ready: true,
		terminating: false,
		shape: podShape({ containers: [{ name: 'c', ...container }], ...spec }),
		...changes,
	};
}

const judge = (pod: RunningPod, changes: Partial<PodDemand> = {}, namespace = { name: 'ml', labels: {} }) =>
	podJudge({ ...demand, ...changes })(pod, namespace);

describe('a running pod', () => {
	it('complies when every container in scope carries the env, whenever it came up', () => {
		assert.deepEqual(judge(running({ resources: gpu, env: right })), { state: 'Compliant', routes: [] });
		assert.deepEqual(judge(running({ resources: gpu, env: right }, { applied: 'one@old' })), { state: 'Compliant', routes: [] });
	});

	it('deviates where it holds a forbidden device, and can be helped only where a new one would not', () => {
		const held = (replaceable: boolean) => ({
			by: 'resource claim c',
			place: 'c',
			device: 'gpu-0 of n0',
			reason: 'matches no allow entry',
			replaceable,
		});
		const cause = (pod: RunningPod, ...holds: ReturnType<typeof held>[]): string => {
			const verdict = podJudge(demand)(pod, { name: 'ml', labels: {} }, holds);
			return verdict.state === 'Deviating' ? verdict.cause : verdict.state;
		};
		const carrying = running({ resources: gpu, env: right });
		assert.equal(cause(carrying), 'Compliant');
		assert.equal(cause(carrying, held(true)), 'ForbiddenDevice');
		assert.equal(cause(carrying, held(true), held(false)), 'ForbiddenForGood');
		assert.equal(cause(running({}), held(true)), 'ForbiddenDevice', 'whatever its containers ask for');
		assert.equal(cause(running({ resources: gpu }), held(false)), 'Predates', 'a new one would have the env at least');
		assert.equal(cause(running({ resources: gpu }, { applied: 'one@d1' }), held(true)), 'ForbiddenDevice');
		assert.equal(cause(running({ resources: gpu }, { mirror: true }), held(true)), 'Static');
		const around = running({ resources: gpu, env: right, securityContext: { privileged: true } });
		assert.equal(cause(around, held(true)), 'ForbiddenForGood', 'a new one would reach it too');
		assert.equal(cause(running({ resources: gpu }, { finished: true }), held(true)), 'NotSelected');
		assert.deepEqual(
			(['Predates', 'ForbiddenDevice', 'ForbiddenForGood', 'Overridden'] as const).map((one) => [
				isMended(one),
				isUnmanaged(one),
			]),
			[
				[true, false],
				[true, false],
				[false, true],
				[false, false],
			],
		);
	});

	it('deviates because it predates the digest, was changed after admission, or never passes it', () => {
		const cause = (changes: Partial<RunningPod>): string => {
			const verdict = judge(running({ resources: gpu }, changes));
			return verdict.state === 'Deviating' ? verdict.cause : verdict.state;
		};
		assert.equal(cause({}), 'Predates');
		assert.equal(cause({ applied: 'one@old,two@d1' }), 'Predates');
		assert.equal(cause({ applied: 'two@x,one@d1' }), 'Overridden');
		assert.equal(cause({ mirror: true }), 'Static');
		assert.equal(cause({ mirror: true, applied: 'one@d1' }), 'Static');
	});

	it('deviates by an ephemeral container alone, which is told apart from what a new pod would mend', () => {
		const ephemeralContainers = [{ name: 'debug', env: [] }];
		const cause = (container: Partial<PodContainer>, changes: Partial<RunningPod> = {}): string => {
			const verdict = judge(running(container, changes, { ephemeralContainers }), { containers: 'All' });
			return verdict.state === 'Deviating' ? verdict.cause : verdict.state;
		};
		assert.equal(cause({ env: right }), 'Ephemeral');
		assert.equal(cause({ env: right }, { applied: 'one@d1' }), 'Ephemeral');
		assert.equal(cause({}), 'Predates', 'its own container too');
	});

	it('says which variable of which container is wrong, init containers too', () => {
		const pod = running(
			{ resources: gpu, env: right },
			{},
			{ initContainers: [{ name: 'init', resources: gpu, env: [{ name: 'CUDA_DEVICE_ORDER', value: 'x' }] }] },
		);
		assert.equal(judge(pod).state, 'Deviating');
		assert.deepEqual(podDeviations(demand, pod.shape), [
			{ container: 'init', name: 'CUDA_DEVICE_ORDER', want: 'PCI_BUS_ID', found: { state: 'Value', value: 'x' } },
		]);
	});

	it('is not judged when it asks for no GPU, has ended, or is on its way out', () => {
		assert.equal(judge(running({})).state, 'NotSelected');
		assert.equal(judge(running({}), { containers: 'All' }).state, 'Deviating');
		assert.equal(judge(running({ resources: gpu }, { finished: true })).state, 'NotSelected');
		assert.equal(judge(running({ resources: gpu }, { terminating: true })).state, 'NotSelected');
	});

	it('is told of when it reaches GPUs around the device plugin, unless the policy allows it', () => {
		const privileged = running({ securityContext: { privileged: true } });
		const verdict = judge(privileged);
		assert.ok(verdict.state === 'OutOfScope');
		assert.deepEqual(
			verdict.routes.map(({ kind }) => kind),
			['Privileged'],
		);
		assert.equal(judge(privileged, { bypass: 'Allow' }).state, 'NotSelected');
	});

	it('is exempt with the reason', () => {
		const exemptions = [
			{ podSelector: { matchLabels: { app: 'other' } }, reason: 'no' },
			{ podSelector: { matchLabels: { app: 'a' } }, reason: 'vendor image, GPU-12' },
		];
		assert.deepEqual(judge(running({ resources: gpu }, { labels: { app: 'a' } }), { exemptions }), {
			state: 'Exempt',
			reason: 'vendor image, GPU-12',
		});
	});

	it('is selected just as admission selects it', () => {
		const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('a', 'b'));
		const requirement = fc.record({
			key: fc.constantFrom('app', 'tier', 'kubernetes.io/metadata.name'),
			operator: fc.constantFrom('In' as const, 'NotIn' as const, 'Exists' as const, 'DoesNotExist' as const),
			values: fc.uniqueArray(fc.constantFrom('a', 'b', 'ml', 'kube-system', 'gpupolicy-probe'), { minLength: 1 }),
		});
		const selector = fc.record(
			{ matchLabels: labels, matchExpressions: fc.array(requirement, { maxLength: 2 }) },
			{ requiredKeys: [] },
		);
		const exemption = fc.record(
			{ namespaceSelector: selector, podSelector: selector, reason: fc.constant('r') },
			{ requiredKeys: ['reason'] },
		);
		fc.assert(
			fc.property(
				fc.record({ namespaceSelector: selector, podSelector: selector, exemptions: fc.array(exemption, { maxLength: 2 }) }),
				fc.constantFrom('ml', 'kube-system', 'other'),
				labels,
				labels,
				(changes, name, ofNamespace, ofPod) => {
					const namespace = { name, labels: { ...ofNamespace, 'kubernetes.io/metadata.name': name } };
					const pod = running({ resources: gpu }, { labels: ofPod });
					const scope = podScope({ ...demand, ...changes }, { metadata: { labels: ofPod }, spec: pod.shape.spec }, namespace);
					const verdict = podJudge({ ...demand, ...changes })(pod, namespace);
					assert.equal(verdict.state, scope.state === 'Selected' ? 'Deviating' : scope.state);
				},
			),
			{ numRuns: 1_000, ...(process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) }) },
		);
	});
});
