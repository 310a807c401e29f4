import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { appliedAnnotation } from '../../../core/workloads/applied-annotation.ts';
import { demandOf } from '../../../core/workloads/demand.fixture.ts';
import type { PodDemand } from '../../../core/workloads/demand.ts';
import type { Pod } from '../../../core/workloads/pod.ts';
import { reservedNamespaces } from '../../../core/workloads/pod-scope.ts';
import { policyLabel, probeLabel } from '../names.ts';
import { podPatch } from './pod-patch.ts';
import { answerReview, type PodReview, readReview } from './review.ts';
import type { WebhookDemand } from './webhook-demand.ts';

const demand = (policy: string, value: string, more: Partial<PodDemand> = {}): PodDemand =>
	demandOf({ policy, variables: [{ name: policy.toUpperCase(), value }], ...more });
const bound = (one: PodDemand): WebhookDemand => ({ copy: 'Bound', demand: one });
const gpu = { resources: { limits: { 'nvidia.com/gpu': '1' } } };
const pod: Pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'main', ...gpu }] } };
const request = { uid: 'u', namespace: 'team', operation: 'CREATE', object: pod };
const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };

function patchOf(namespace: string, of: Pod, demands: readonly WebhookDemand[], labels = {}): readonly Record<string, unknown>[] {
	const asked: PodReview = { uid: 'u', namespace, pod: of, operation: { type: 'Create' } };
	const { answer, changes } = answerReview(asked, { name: namespace, labels }, demands, reservedNamespaces);
	const { response } = answer as { response: { uid: string; allowed: boolean; patch?: string } };
	assert.deepEqual([response.uid, response.allowed, response.patch !== undefined], ['u', true, changes]);
	return response.patch === undefined ? [] : JSON.parse(Buffer.from(response.patch, 'base64').toString());
}

describe('a review', () => {
	it('is read where it is about what the webhook is registered for, and refused whatever else it is', () => {
		assert.deepEqual(readReview(review), { uid: 'u', namespace: 'team', pod, operation: { type: 'Create' } });
		const joined = { ...request, operation: 'UPDATE', subResource: 'ephemeralcontainers', oldObject: pod };
		assert.deepEqual(readReview({ ...review, request: joined })?.operation, { type: 'AddEphemeralContainers', before: pod });
		const others: readonly unknown[] = [
			null,
			[],
			'x',
			1,
			{},
			{ ...review, apiVersion: 'admission.k8s.io/v1beta1' },
			{ ...review, kind: 'Pod' },
			{ ...review, request: null },
			{ ...review, request: { ...request, uid: 1 } },
			{ ...review, request: { ...request, namespace: undefined } },
			{ ...review, request: { ...request, namespace: 'a,metadata.name!=b' } },
			{ ...review, request: { ...request, operation: 'DELETE' } },
			{ ...review, request: { ...request, operation: 'UPDATE' } },
			{ ...review, request: { ...request, subResource: 'exec' } },
			{ ...review, request: { ...joined, oldObject: null } },
			{ ...review, request: { ...request, object: null } },
			{ ...review, request: { ...request, object: { spec: {} } } },
			{ ...review, request: { ...request, object: { spec: { containers: 'x' } } } },
		];
		for (const other of others) assert.equal(readReview(other), null, JSON.stringify(other));
	});

	it('is answered with what every policy that was proved makes of the pod, in one patch', () => {
		const demands = [bound(demand('b', '2')), bound(demand('a', '1')), { copy: 'Canary', demand: demand('c', '3') } as const];
		assert.deepEqual(patchOf('team', pod, demands), [
			{
				op: 'add',
				path: '/spec/containers/0/env',
				value: [
					{ name: 'A', value: '1' },
					{ name: 'B', value: '2' },
				],
			},
			{ op: 'add', path: '/metadata/annotations', value: { [appliedAnnotation]: 'a@d,b@d' } },
		]);
		assert.deepEqual(patchOf('team', { spec: { containers: [{ name: 'main' }] } }, demands), [], 'a pod without a GPU');
		assert.deepEqual(patchOf('kube-system', pod, demands), []);
		assert.deepEqual(patchOf('team', pod, []), []);
	});

	it('is about a namespace by its labels', () => {
		const some = [bound(demand('a', '1', { namespaceSelector: { matchLabels: { team: 'a' } } }))];
		assert.equal(patchOf('team', pod, some, { team: 'a' }).length, 2);
		assert.deepEqual(patchOf('team', pod, some, { team: 'b' }), []);
	});

	it('of a probe is answered by the one copy that it names', () => {
		const demands = [bound(demand('a', '1')), { copy: 'Canary', demand: demand('a', '2') } as const, bound(demand('b', '3'))];
		const probe = (labels: Readonly<Record<string, string>>): Pod => ({ ...pod, metadata: { name: 'p', labels } });
		const value = (labels: Readonly<Record<string, string>>): unknown => {
			const [first] = patchOf(reservedNamespaces.probe, probe(labels), demands);
			return (first?.value as readonly unknown[] | undefined)?.[0];
		};
		assert.deepEqual(value({ [policyLabel]: 'a', [probeLabel]: 'bound' }), { name: 'A', value: '1' });
		assert.deepEqual(value({ [policyLabel]: 'a', [probeLabel]: 'canary' }), { name: 'A', value: '2' });
		assert.equal(value({ [policyLabel]: 'b', [probeLabel]: 'canary' }), undefined);
		assert.equal(value({}), undefined);
	});
});

describe('the patch of a pod', () => {
	it('is empty where nothing changed, and escapes the name of the annotation', () => {
		assert.deepEqual(podPatch(pod, pod), []);
		const annotated: Pod = { ...pod, metadata: { annotations: { other: 'x' } } };
		const after: Pod = { ...pod, metadata: { annotations: { other: 'x', [appliedAnnotation]: 'a@d' } } };
		assert.deepEqual(podPatch(annotated, after), [
			{ op: 'add', path: '/metadata/annotations/gpupolicy.dev~1applied', value: 'a@d' },
		]);
	});
});
