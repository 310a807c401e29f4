import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { AdmissionDuty } from '../../../../src/controller/admission/admission-duty.ts';
import { pods } from '../../../../src/controller/admission/objects.ts';
import { apiPod } from '../../../../src/controller/admission/trial.ts';
import type { ApiObject } from '../../../../src/core/ports/cluster.ts';
import type { Pod } from '../../../../src/core/workloads/pod.ts';
import { connect, findAccount } from '../../../../src/kube/index.ts';
import { isWrite, until } from '../../../cluster/index.ts';
import { AdmissionBench, gpuPod, untilDone } from './fixture.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const mutation = `${group}/mutatingadmissionpolicies/gpupolicy-env.one`;
const env = [{ name: 'A', value: '1' }];

describe('a policy in the API server, when something is wrong', () => {
	let bench: AdmissionBench;
	let duty: AdmissionDuty;
	before(async () => {
		bench = await AdmissionBench.start();
		await bench.namespace('team-a', { team: 'a' });
		await bench.namespace('team-b', { team: 'b' });
	});
	after(() => bench.stop());
	beforeEach(async () => {
		for (const policy of bench.policies.values()) await bench.duty().cleanUp(policy, untilDone);
		bench.policies.clear();
		bench.events.length = 0;
		bench.woken.length = 0;
		duty = bench.duty();
	});

	async function envOf(namespace: string, pod: Pod = gpuPod()): Promise<unknown> {
		const { object } = await bench.cluster.create(pods, apiPod(pod, namespace), { dryRun: true });
		return (object as unknown as Pod).spec.containers[0]?.env ?? null;
	}

	async function specOf(path: string): Promise<unknown> {
		const { body } = await bench.server.request('GET', path);
		return (body as ApiObject).spec;
	}

	it('writes nothing where nothing changed, also after a restart', async () => {
		const policy = await bench.policy('one', { mode: 'Enforce', env, workloads: {} });
		const first = await duty.reconcile(policy, untilDone);
		assert.equal(first.condition?.reason, 'PolicyActive', first.condition?.message);
		const mark = bench.server.audit.mark();
		assert.equal((await duty.reconcile(policy, untilDone)).condition?.message, first.condition.message);
		const restarted = bench.duty();
		assert.equal((await restarted.reconcile(policy, untilDone)).condition?.message, first.condition.message);
		const stored = (await bench.server.audit.since(mark)).filter(
			(entry) => isWrite(entry) && entry.userAgent === 'gpupolicy-test', // The server renews a lease of its own now and then.
		);
		assert.deepEqual(
			stored.map(({ verb, requestURI }) => `${verb} ${requestURI}`),
			[],
		);
	});

	it('puts back what somebody edits, adds and deletes, and tells of it', async () => {
		const policy = await bench.policy('one', { mode: 'Enforce', env, workloads: {} });
		await duty.reconcile(policy, untilDone);
		const before = await specOf(mutation);
		const edit = { contentType: 'application/merge-patch+json' };
		const edits: readonly (readonly [string, () => Promise<unknown>])[] = [
			[
				'a changed expression',
				() =>
					bench.server.request(
						'PATCH',
						`${mutation}?fieldManager=kubectl-edit`,
						{
							spec: {
								mutations: [
									{ patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{op: "test", path: "/kind", value: "none"}]' } },
								],
							},
						},
						edit,
					),
			],
			[
				'a matchCondition',
				() =>
					bench.server.request(
						'PATCH',
						`${mutation}?fieldManager=kubectl-edit`,
						[{ op: 'add', path: '/spec/matchConditions', value: [{ name: 'never', expression: 'false' }] }],
						{ contentType: 'application/json-patch+json' },
					),
			],
			['a deleted binding', () => bench.server.request('DELETE', `${group}/mutatingadmissionpolicybindings/gpupolicy-env.one`)],
			['a deleted policy', () => bench.server.request('DELETE', mutation)],
			[
				'a removed label',
				() =>
					bench.server.request(
						'PATCH',
						`${mutation}?fieldManager=kubectl-edit`,
						{ metadata: { labels: { 'gpupolicy.dev/policy': 'other' } } },
						edit,
					),
			],
			[
				'a removed owner',
				() =>
					bench.server.request('PATCH', `${mutation}?fieldManager=kubectl-edit`, { metadata: { ownerReferences: null } }, edit),
			],
		];
		for (const [what, make] of edits) {
			bench.events.length = 0;
			const answer = (await make()) as { status: number };
			assert.equal(answer.status, 200, what);
			const { condition, stalled } = await duty.reconcile(policy, untilDone);
			assert.equal(stalled, undefined, what);
			assert.equal(condition?.reason, 'PolicyActive', `${what}: ${condition?.message}`);
			assert.deepEqual(await specOf(mutation), before, what);
			assert.equal((await bench.objects('one')).length, 9, what);
			// Its second binding answered at once; the duty of a test does not wait for the first.
			const right = async (): Promise<boolean> => JSON.stringify(await envOf('team-a').catch(() => null)) === JSON.stringify(env);
			await until(`${what}: pods are changed again`, right);
			assert.deepEqual(
				bench.events.map(({ reason }) => reason),
				['AdmissionRepaired'],
				what,
			);
		}
		const changed = await bench.policy('one', { mode: 'Enforce', env: [{ name: 'A', value: '2' }], workloads: {} });
		assert.equal(
			(await duty.reconcile(changed, untilDone)).condition?.reason,
			'PolicyActive',
			'no edit stands in the way of a change',
		);
	});

	it('never takes a field from another applier', async () => {
		const policy = await bench.policy('one', { mode: 'Enforce', env, workloads: {} });
		await duty.reconcile(policy, untilDone);
		const { body } = await bench.server.request('GET', mutation);
		const { apiVersion, kind, spec } = body as ApiObject;
		const taken = {
			apiVersion,
			kind,
			metadata: { name: 'gpupolicy-env.one' },
			spec: { ...(spec as object), failurePolicy: 'Fail' },
		};
		const apply = { contentType: 'application/apply-patch+yaml' };
		const answer = await bench.server.request('PATCH', `${mutation}?fieldManager=gitops&force=true`, taken, apply);
		assert.equal(answer.status, 200);
		const { stalled } = await duty.reconcile(policy, untilDone);
		assert.equal(stalled?.reason, 'FieldManagerConflict');
		assert.match(stalled.message, /gitops/);
		assert.deepEqual(await specOf(mutation), { ...(spec as object), failurePolicy: 'Fail' });
	});

	it('is not bound where the canary is answered otherwise than planned', async () => {
		const rival = {
			failurePolicy: 'Fail',
			reinvocationPolicy: 'IfNeeded',
			matchConstraints: {
				namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gpupolicy-probe' } },
				resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
			},
			mutations: [
				{
					patchType: 'JSONPatch',
					jsonPatch: {
						expression:
							'[JSONPatch{op: "add", path: "/spec/containers/0/env", value: [dyn({"name": "RIVAL", "value": "x"})] + object.spec.containers[0].?env.orValue([]).filter(e, e.name != "RIVAL").map(e, dyn(e))}]',
					},
				},
			],
		};
		const objects = [
			['mutatingadmissionpolicies', { metadata: { name: 'rival' }, spec: rival }],
			['mutatingadmissionpolicybindings', { metadata: { name: 'rival' }, spec: { policyName: 'rival' } }],
		] as const;
		for (const [plural, object] of objects) {
			const { status, body } = await bench.server.request('POST', `${group}/${plural}`, object);
			assert.equal(status, 201, JSON.stringify(body));
		}
		try {
			const policy = await bench.policy('one', { mode: 'Enforce', env, workloads: {} });
			const { condition } = await bench.duty({ pickUpMs: 4000 }).reconcile(policy, untilDone);
			assert.equal(condition?.reason, 'CanaryFailed');
			assert.match(condition.message, /\d+ of \d+ pod shapes .* nothing was bound: .*RIVAL/);
			assert.deepEqual(await bench.objects(), [], 'neither the real objects nor the copies are there');
			assert.equal(await envOf('team-a'), null);
		} finally {
			for (const [plural] of objects) await bench.server.request('DELETE', `${group}/${plural}/rival`);
		}
	});

	it('is not applied beside a policy that wants another value of the same pods; both are named', async () => {
		const one = await bench.policy('one', { mode: 'Enforce', env, workloads: {} });
		assert.equal((await duty.reconcile(one, untilDone)).condition?.reason, 'PolicyActive');
		const two = await bench.policy('two', { mode: 'Enforce', env: [{ name: 'A', value: '2' }], workloads: {} });
		for (const policy of [two, one]) {
			const { stalled } = await duty.reconcile(policy, untilDone);
			assert.equal(stalled?.reason, 'ConflictingPolicies');
			assert.match(stalled.message, /one wants (A=)?"1"/);
			assert.match(stalled.message, /two wants (A=)?"2"/);
		}
		await duty.reconcile(two, untilDone);
		assert.deepEqual(bench.woken, ['one', 'two'], 'each has the other one looked at, once');
		assert.deepEqual(await bench.objects(), []);
		const apart = await bench.policy('two', {
			mode: 'Enforce',
			env: [{ name: 'A', value: '2' }],
			workloads: { namespaceSelector: { matchLabels: { team: 'b' } } },
		});
		const rest = await bench.policy('one', {
			mode: 'Enforce',
			env,
			workloads: { exemptions: [{ reason: 'has its own', namespaceSelector: { matchLabels: { team: 'b' } } }] },
		});
		for (const policy of [apart, rest]) {
			assert.equal(
				(await duty.reconcile(policy, untilDone)).condition?.reason,
				'PolicyActive',
				'selectors that exclude each other',
			);
		}
		assert.deepEqual([await envOf('team-a'), await envOf('team-b')], [env, [{ name: 'A', value: '2' }]]);
	});

	it('says what can never be done, with the figure', async () => {
		const many = Array.from({ length: 26 }, (_, index) => ({ name: `V${index}`, value: 'x'.repeat(4096) }));
		const large = await duty.reconcile(await bench.policy('one', { mode: 'Enforce', env: many, workloads: {} }), untilDone);
		assert.equal(large.stalled?.reason, 'InvalidSpec');
		assert.match(large.stalled.message, /10\d,\d{3} characters of 100,000/);
		const nothing = await bench.policy('one', {
			mode: 'Enforce',
			env,
			workloads: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gpupolicy-probe' } } },
		});
		assert.equal((await duty.reconcile(nothing, untilDone)).stalled?.reason, 'SelectorCannotMatch');
		assert.deepEqual(await bench.objects(), []);
	});

	it('names the verb and the resource that our account may not use', async () => {
		const kubeconfig = bench.server.kubeconfigFor(bench.server.user('nobody'));
		const connection = connect(findAccount({ kubeconfig }), { userAgent: 'gpupolicy-test' });
		try {
			const policy = await bench.policy('one', { mode: 'Enforce', env, workloads: {} });
			const { stalled } = await bench.duty({ cluster: connection.cluster }).reconcile(policy, untilDone);
			assert.equal(stalled?.reason, 'Forbidden');
			assert.match(stalled.message, /may not list \w+admissionpolic\w+\.admissionregistration\.k8s\.io/);
		} finally {
			await connection.close();
		}
	});

	it('takes its objects away when the policy asks nothing of pods any more, and then asks nothing of the server', async () => {
		const policy = await bench.policy('one', { mode: 'Enforce', env, workloads: {} });
		await duty.reconcile(policy, untilDone);
		assert.equal((await bench.objects('one')).length, 9);
		const without = await bench.policy('one', { mode: 'Audit', env });
		assert.deepEqual(await duty.reconcile(without, untilDone), { condition: null });
		assert.deepEqual(await bench.objects(), []);
		const mark = bench.server.audit.mark();
		for (let index = 0; index < 20; index++) {
			const name = `without-${index}`;
			const other = { ...without, name, object: { ...without.object, metadata: { name } } };
			assert.deepEqual(await duty.reconcile(other, untilDone), { condition: null });
		}
		assert.deepEqual(
			(await bench.server.audit.since(mark)).filter(({ requestURI }) => /admission.*policies/.test(requestURI)),
			[],
		);
	});

	it('takes away the pods of a trial in the middle of which a controller was killed, whatever the policy asks for now', async () => {
		const path = '/api/v1/namespaces/gpupolicy-probe/pods';
		const left = async (policy: string): Promise<void> => {
			const labels = { 'app.kubernetes.io/managed-by': 'gpupolicy', 'gpupolicy.dev/policy': policy };
			const pod = apiPod(gpuPod(), 'gpupolicy-probe');
			const metadata = { name: `canary-${policy}`, labels };
			const { status } = await bench.server.request('POST', path, {
				...pod,
				metadata,
				spec: { ...(pod['spec'] as object), schedulingGates: [{ name: 'never' }] },
			});
			assert.equal(status, 201);
		};
		for (const name of ['one', 'two', 'other']) await left(name);
		await duty.reconcile(await bench.policy('one', { mode: 'Enforce', env, workloads: {} }), untilDone);
		await duty.reconcile(await bench.policy('two', { mode: 'Audit', env }), untilDone);
		const { body } = await bench.server.request('GET', path);
		const names = (body as { items: ApiObject[] }).items.map(({ metadata }) => metadata.name);
		assert.deepEqual(names, ['canary-other'], 'those of other policies wait for these');
		await bench.server.request('DELETE', `${path}/canary-other`);
	});

	it('blames no policy for a probe namespace that is being deleted, and keeps what is in force', async () => {
		const policy = await bench.policy('one', { mode: 'Enforce', env, workloads: {} });
		assert.equal((await duty.reconcile(policy, untilDone)).condition?.reason, 'PolicyActive');
		const before = await specOf(mutation);
		const path = '/api/v1/namespaces/gpupolicy-probe';
		const { status, body } = await bench.server.request('DELETE', path);
		assert.equal(status, 200);
		try {
			const changed = await bench.policy('one', { mode: 'Enforce', env: [{ name: 'A', value: '2' }], workloads: {} });
			for (const one of [duty, bench.duty()])
				await assert.rejects(one.reconcile(changed, untilDone), /gpupolicy-probe because it is being terminated/);
			assert.deepEqual(await specOf(mutation), before);
			assert.deepEqual(
				(await bench.objects('one')).filter((name) => name.includes('canary')),
				[],
			);
		} finally {
			// There is no controller here that would end it.
			await bench.server.request('PUT', `${path}/finalize`, { ...(body as object), spec: { finalizers: [] } });
			await bench.namespace('gpupolicy-probe');
		}
		assert.equal((await duty.reconcile(policy, untilDone)).condition?.reason, 'PolicyActive');
	});

	it('leaves nothing of an aborted canary behind once the policy goes', async () => {
		const policy = await bench.policy('one', { mode: 'Enforce', env, workloads: { containers: { scope: 'All' } } });
		for (const ms of [50, 150, 400, 900, 1400, 2000]) {
			const stop = new AbortController();
			const timer = setTimeout(() => stop.abort(new Error('stopped')), ms);
			const [ended] = await Promise.allSettled([duty.reconcile(policy, stop.signal)]);
			if (ms < 1000) assert.equal(ended.status, 'rejected', `stopped after ${ms} ms`);
			clearTimeout(timer);
		}
		await duty.cleanUp(policy, untilDone);
		assert.deepEqual(await bench.objects(), []);
		const { body } = await bench.server.request('GET', '/api/v1/namespaces/gpupolicy-probe/pods');
		assert.deepEqual((body as { items: unknown[] }).items, []);
	});
});

describe('a server that has no MutatingAdmissionPolicy', () => {
	let bench: AdmissionBench;
	before(async () => {
		bench = await AdmissionBench.start({ mutatingAdmissionPolicy: false });
		await bench.namespace('team-a');
	});
	after(() => bench.stop());

	it('still refuses pods that deviate, and the status says so', async () => {
		const policy = await bench.policy('one', { mode: 'Enforce', env, workloads: {} });
		const { condition, status } = await bench.duty().reconcile(policy, untilDone);
		assert.equal(condition?.reason, 'ValidationOnly', condition?.message);
		assert.match(condition.message, /serves no MutatingAdmissionPolicy/);
		assert.equal(status?.admission?.mode, 'ValidationOnly');
		await assert.rejects(bench.cluster.create(pods, apiPod(gpuPod(), 'team-a'), { dryRun: true }), /A must be '1', is not set/);
		await bench.cluster.create(pods, apiPod(gpuPod({ env }), 'team-a'), { dryRun: true });
	});
});
