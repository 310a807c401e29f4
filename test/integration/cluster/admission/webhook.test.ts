import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pods } from '../../../../src/controller/admission/objects.ts';
import { apiPod } from '../../../../src/controller/admission/trial.ts';
import { ClusterError } from '../../../../src/core/ports/cluster.ts';
import type { Pod } from '../../../../src/core/workloads/pod.ts';
import { until } from '../../../cluster/index.ts';
import { freePort } from '../../../cluster/ports.ts';
import { AdmissionBench, gpuPod, untilDone } from './fixture.ts';

const env = [{ name: 'A', value: '1' }];
const configuration = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/gpupolicy-webhook';
const secret = '/api/v1/namespaces/gpupolicy-system/secrets/gpupolicy-webhook';
const day = 86_400_000;

interface Registered {
	readonly webhooks: readonly {
		readonly name: string;
		readonly clientConfig: { readonly url: string; readonly caBundle: string };
		readonly [field: string]: unknown;
	}[];
}

describe('the webhook that stands in for MutatingAdmissionPolicy', () => {
	let bench: AdmissionBench;
	/** How far ahead certificates are judged. */
	let ahead = 0;
	before(async () => {
		// With the policy API on, so that the two can be changed for each other; the server serves both.
		bench = await AdmissionBench.start({ webhook: { overlapMs: 1500, now: () => Date.now() + ahead } });
		await bench.namespace('team-a', { team: 'a' });
		await bench.namespace('team-b', { team: 'b' });
		bench.webhook.registration.start(bench.connection.watcher);
	});
	after(() => bench?.stop());
	afterEach(async () => {
		bench.webhook.proxy.set('pass');
		const duty = bench.duty();
		for (const policy of bench.policies.values()) await duty.cleanUp(policy, untilDone);
		bench.policies.clear();
		bench.events.length = 0;
		assert.deepEqual(await bench.objects(), [], 'nothing is left where no policy needs it');
	});

	const duty = (when: 'Always' | 'NotServed' = 'Always') => bench.duty({ when });

	async function programmed(name: string, spec: object, when: 'Always' | 'NotServed' = 'Always'): Promise<void> {
		const policy = await bench.policy(name, { mode: 'Enforce', env, workloads: {}, ...spec });
		const { condition, stalled } = await duty(when).reconcile(policy, untilDone);
		assert.equal(stalled, undefined);
		assert.equal(condition?.reason, when === 'Always' ? 'WebhookActive' : 'PolicyActive', condition?.message);
	}

	/** Env of a new pod; the message where it was refused. */
	async function envOf(namespace: string, pod: Pod = gpuPod()): Promise<unknown> {
		try {
			const { object } = await bench.cluster.create(pods, apiPod(pod, namespace), { dryRun: true });
			return (object as unknown as Pod).spec.containers[0]?.env ?? null;
		} catch (error) {
			if (!(error instanceof ClusterError) || error.failure !== 'Denied') throw error;
			return error.message;
		}
	}

	const inForce = async (): Promise<boolean> => JSON.stringify(await envOf('team-a')) === JSON.stringify(env);

	const registered = async (): Promise<Registered> => (await bench.server.request('GET', configuration)).body as Registered;

	/** Creates pods all the while: none may be refused or unchanged. An API server that trusts something else opens new connections. */
	async function creating(during: () => Promise<void>): Promise<number> {
		let made = 0;
		let done = false;
		const wrong: unknown[] = [];
		const create = async (): Promise<void> => {
			while (!done) {
				const found = await envOf('team-a');
				made++;
				if (JSON.stringify(found) !== JSON.stringify(env)) wrong.push(found);
				await pause(10);
			}
		};
		const creator = Promise.all([create(), create()]);
		try {
			await during();
		} finally {
			done = true;
			await creator;
		}
		assert.deepEqual(wrong, []);
		return made;
	}

	it('is one registration for all policies, as narrow as they are together, and never in the way', async () => {
		await programmed('a', { workloads: { namespaceSelector: { matchLabels: { team: 'a' } } } });
		await programmed('b', {
			env: [{ name: 'B', value: '2' }],
			workloads: { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['a', 'b'] }] } },
		});
		const { webhooks } = await registered();
		assert.deepEqual(
			webhooks.map(({ name }) => name),
			['pods.gpupolicy.dev', 'probes.gpupolicy.dev'],
		);
		for (const { failurePolicy, reinvocationPolicy, timeoutSeconds, sideEffects } of webhooks)
			assert.deepEqual([failurePolicy, reinvocationPolicy, timeoutSeconds, sideEffects], ['Ignore', 'IfNeeded', 2, 'None']);
		assert.deepEqual(webhooks[0]?.namespaceSelector, {
			matchExpressions: [
				{ key: 'team', operator: 'In', values: ['a', 'b'] },
				{
					key: 'kubernetes.io/metadata.name',
					operator: 'NotIn',
					values: ['gpupolicy-node', 'gpupolicy-probe', 'gpupolicy-system', 'kube-system'],
				},
			],
		});
		assert.deepEqual(await envOf('team-a'), [...env, { name: 'B', value: '2' }]);
		assert.deepEqual(await envOf('team-b'), [{ name: 'B', value: '2' }]);
		const before = new Map(bench.webhook.reviews);
		for (const namespace of ['kube-system', 'gpupolicy-system', 'default']) assert.equal(await envOf(namespace), null, namespace);
		assert.deepEqual(bench.webhook.reviews, before, 'not even asked');
		for (const name of ['new-1', 'new-2', 'new-3']) {
			await bench.namespace(name, { team: 'b' });
			assert.deepEqual(await envOf(name), [{ name: 'B', value: '2' }], 'a namespace of this very moment');
		}
	});

	it('renews its certificate without a pod that is refused or left as it was', async () => {
		await programmed('one', {});
		const certificateOf = async (): Promise<string> => {
			const { data } = (await bench.server.request('GET', secret)).body as unknown as { data: Record<string, string> };
			return data['tls.crt'] ?? '';
		};
		const made = await creating(async () => {
			for (let round = 1; round <= 2; round++) {
				const before = await certificateOf();
				const bundle = (await registered()).webhooks[0]?.clientConfig.caBundle;
				ahead = 61 * day;
				await bench.webhook.registration.ensure();
				ahead = 0;
				await until('another certificate is served', async () => (await certificateOf()) !== before, 60_000);
				await until(
					'only the new authority is trusted',
					async () => {
						const { clientConfig } = (await registered()).webhooks[0] ?? {};
						const text = Buffer.from(clientConfig?.caBundle ?? '', 'base64').toString();
						return clientConfig?.caBundle !== bundle && text.split('BEGIN').length === 2;
					},
					60_000,
				);
			}
		});
		assert.ok(made > 20, `${made} pods`);
		const { body } = await bench.server.request('GET', secret);
		const secrets = Object.values((body as unknown as { data: Record<string, string> }).data).map((text) =>
			Buffer.from(text, 'base64').toString(),
		);
		assert.equal(secrets.filter((text) => text.includes('PRIVATE KEY')).length, 1, 'the key of no authority');
		assert.doesNotMatch(JSON.stringify(bench.webhook.said), /PRIVATE KEY|BEGIN CERTIFICATE/);
	});

	it('puts back what somebody edits or deletes, and tells of it', async () => {
		await programmed('one', {});
		const merge = { contentType: 'application/merge-patch+json' };
		const patch = { contentType: 'application/json-patch+json' };
		const edits: readonly (readonly [string, () => Promise<unknown>])[] = [
			[
				'the bundle',
				() =>
					bench.server.request(
						'PATCH',
						`${configuration}?fieldManager=kubectl-edit`,
						[{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: '' }],
						patch,
					),
			],
			[
				'the failure policy',
				() =>
					bench.server.request(
						'PATCH',
						`${configuration}?fieldManager=kubectl-edit`,
						[{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Fail' }],
						patch,
					),
			],
			['all of it', () => bench.server.request('PATCH', `${configuration}?fieldManager=kubectl-edit`, { webhooks: null }, merge)],
			['the registration itself', () => bench.server.request('DELETE', configuration)],
			['the certificates', () => bench.server.request('DELETE', secret)],
			['a certificate', () => bench.server.request('PATCH', secret, { data: { 'tls.crt': 'eA==' } }, merge)],
		];
		for (const [what, edit] of edits) {
			bench.events.length = 0;
			assert.equal(((await edit()) as { status: number }).status, 200, what);
			await until(
				`${what} is in order again`,
				async () => {
					const { webhooks = [] } = await registered();
					const certificates = await bench.server.request('GET', secret);
					return (
						certificates.status === 200 && webhooks.length === 2 && webhooks[0]?.failurePolicy === 'Ignore' && (await inForce())
					);
				},
				60_000,
			);
			if (!what.includes('certificate')) assert.deepEqual([bench.events[0]?.reason], ['AdmissionRepaired'], what);
		}
	});

	it('lets pods pass while it is away, slow or silent; the check beside it says what they lack', async () => {
		await programmed('one', {});
		const { proxy } = bench.webhook;
		const deviates = /gpupolicy-env\.one.*container main: A must be '1', is not set/s;
		for (const [what, broken] of [
			['away', () => proxy.set('refuse')],
			['silent', () => proxy.set('swallow')],
			['slow', () => proxy.delay(5000)],
		] as const) {
			broken();
			proxy.reset();
			assert.match(String(await envOf('team-a')), deviates, what);
			assert.deepEqual(await envOf('team-a', gpuPod({ env })), env, `${what}: a pod in order`);
			assert.equal(await envOf('team-a', gpuPod({ resources: {} })), null, `${what}: a pod without a GPU`);
			proxy.delay(0);
			proxy.set('pass');
			proxy.reset();
			await until(`not ${what} any more`, inForce, 60_000);
		}
	});

	it('is replaced when its certificate has ended, if nobody renewed it in time', async () => {
		await programmed('one', {});
		const { registration } = bench.webhook;
		ahead = 100 * day;
		await registration.ensure();
		ahead = 0;
		bench.webhook.proxy.reset();
		await until('the new one is served and trusted', inForce, 60_000);
	});

	it('is answered by another replica when one goes, without a pod that is refused', async () => {
		await programmed('one', {});
		const { webhook } = bench;
		const port = await freePort();
		const former = webhook.replica;
		const other = webhook.newReplica(port);
		webhook.replica = other;
		await until('the other replica serves', () => other.port !== null && other.trouble === null);
		const made = await creating(async () => {
			await pause(300);
			// What a Service does with a pod that ends.
			webhook.proxy.forwardTo(port);
			await former.stop(1000);
			await pause(300);
		});
		assert.ok(made > 10, `${made} pods`);
	});

	it('gives way to MutatingAdmissionPolicy when that is served, and back, without a pod that is refused or left as it was', async () => {
		await programmed('one', {});
		const policy = bench.policies.get('one');
		assert.ok(policy);
		const kinds = async (): Promise<readonly string[]> =>
			(await bench.objects()).map((name) => name.split('/')[0] ?? '').filter((kind) => !kind.startsWith('validating'));
		await creating(async () => {
			const { condition, status } = await duty('NotServed').reconcile(policy, untilDone);
			assert.equal(condition?.reason, 'PolicyActive', condition?.message);
			assert.equal(status?.admission?.mode, 'AdmissionPolicy');
			assert.deepEqual(await kinds(), [
				'mutatingadmissionpolicies',
				'mutatingadmissionpolicybindings',
				'mutatingadmissionpolicybindings',
			]);
			const again = await duty('Always').reconcile(policy, untilDone);
			assert.equal(again.condition?.reason, 'WebhookActive', again.condition?.message);
			assert.equal(again.status?.admission?.mode, 'Webhook');
			assert.deepEqual(await kinds(), ['configmaps', 'mutatingwebhookconfigurations', 'secrets']);
		});
	});

	it('is not in force where API servers do not reach it, and the condition says where they looked', async () => {
		bench.webhook.proxy.set('refuse');
		bench.webhook.proxy.reset();
		const policy = await bench.policy('one', { mode: 'Enforce', env, workloads: {} });
		const { condition } = await bench.duty({ when: 'Always', pickUpMs: 4000 }).reconcile(policy, untilDone);
		assert.equal(condition?.reason, 'CanaryFailed');
		assert.match(condition.message, new RegExp(`told to call our webhook at ${bench.webhook.proxy.url}`));
		assert.deepEqual(await bench.objects(), [], 'and nothing is left of it');
		assert.equal(await envOf('team-a'), null);
	});
});
