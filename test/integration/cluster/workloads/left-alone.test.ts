import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../../cluster/index.ts';
import { env, WorkloadsBench } from './fixture.ts';

const quick = { type: 'Restart', maxUnavailable: 1, pause: '100ms' };
const gpu = { limits: { 'nvidia.com/gpu': '1' } };

describe('what remediation leaves alone', { concurrency: 4 }, () => {
	let bench: WorkloadsBench;
	before(async () => {
		bench = await WorkloadsBench.start();
	});
	after(() => bench.stop());

	const over = (namespace: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } });

	it('is every owner that a restart is no use for: it is told why, and nothing is written', async () => {
		const namespace = await bench.namespace();
		await bench.owner(namespace, 'deployments', 'paused');
		await bench.owner(namespace, 'replicasets', 'lone');
		await bench.owner(namespace, 'statefulsets', 'canary', { updateStrategy: { rollingUpdate: { partition: 1 } } });
		await bench.owner(namespace, 'daemonsets', 'by-hand', { updateStrategy: { type: 'OnDelete' } });
		// Whatever kind an operator brings along: one that we know nothing of.
		const { metadata } = await bench.create(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'rollout' } });
		const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'rollout', uid: metadata.uid, controller: true }];
		await bench.pod(namespace, 'custom', { ownerReferences });
		await bench.pod(namespace, 'bare');
		await bench.ready(namespace, 6);
		const paused = `/apis/apps/v1/namespaces/${namespace}/deployments/paused`;
		await bench.server.request('PATCH', paused, { spec: { paused: true } });
		const mark = bench.server.audit.mark();
		const policy = await bench.policy('alone', namespace, quick);
		const driver = bench.drive(policy);
		await driver.until('judged', ({ reason }) => reason === 'RestartRequired');
		for (const text of [
			`Deployment ${namespace}/paused is left alone: it is paused`,
			`ReplicaSet ${namespace}/lone is left alone: a ReplicaSet without a Deployment does not replace its pods`,
			`StatefulSet ${namespace}/canary is left alone: its update strategy has a partition`,
			`DaemonSet ${namespace}/by-hand is left alone: its update strategy is OnDelete`,
			`ConfigMap ${namespace}/rollout (1)`,
			'2 pods are only reported',
		])
			await driver.until(text, ({ message }) => message.includes(text));
		assert.equal(driver.outcome?.progressing, undefined, 'nothing is under way');
		assert.deepEqual(await bench.writes(mark, policy.name), []);
		// Nothing else has it look again.
		await pause(2_000);
		await bench.server.request('PATCH', paused, { spec: { paused: false } });
		await driver.until('the one that was paused is restarted', ({ outcome }) => outcome?.status?.workloads?.compliant === 1);
		await driver.stop();
		assert.deepEqual(await bench.writes(mark, policy.name), ['patch deployments paused 200']);
	});

	it('is what is reserved, exempt, over, or on its way out: it does not count', async () => {
		const namespace = await bench.namespace();
		for (const name of [namespace, 'kube-system', 'gpupolicy-node'])
			await bench.server.request('PATCH', `/api/v1/namespaces/${name}`, { metadata: { labels: { shared: 'yes' } } });
		for (const name of ['kube-system', 'gpupolicy-node']) {
			await bench.server.serviceAccount(name, 'default');
			await bench.pod(name, 'system');
		}
		await bench.pod(namespace, 'counts');
		await bench.pod(
			namespace,
			'claims',
			{},
			{ resources: { claims: [{ name: 'gpu' }] } },
			{
				resourceClaims: [{ name: 'gpu', resourceClaimName: 'some' }],
			},
		);
		await bench.pod(namespace, 'cpu', {}, { resources: { limits: { cpu: '1' } } });
		await bench.pod(namespace, 'leaving', { finalizers: ['example.com/wait'] });
		await bench.pod(namespace, 'over');
		await bench.pod(namespace, 'vendor', { labels: { vendor: 'yes' } });
		const path = `/api/v1/namespaces/${namespace}/pods`;
		// Each of them: a start that is still to come would write Running over what this test says.
		await until('the pods run', async () => (await bench.pods(namespace)).every((pod) => phase(pod) === 'Running'));
		await bench.server.request('PATCH', `${path}/over/status`, { status: { phase: 'Failed' } });
		await bench.server.request('DELETE', `${path}/leaving`);
		const policy = await bench.policy(
			'counts',
			namespace,
			{},
			{
				workloads: {
					namespaceSelector: { matchLabels: { shared: 'yes' } },
					remediation: quick,
					exemptions: [{ podSelector: { matchLabels: { vendor: 'yes' } }, reason: 'vendor image, GPU-12' }],
				},
			},
		);
		const mark = bench.server.audit.mark();
		const driver = bench.drive(policy);
		await driver.until('judged', ({ outcome }) => outcome?.status?.workloads?.selected === 2);
		assert.deepEqual(
			driver.outcome?.status?.workloads?.violations?.map(({ place }) => place),
			[`${namespace}/claims/main`, `${namespace}/counts/main`],
		);
		assert.match(driver.message, /1 exempt \(vendor image, GPU-12\)/);
		await driver.stop();
		const named = await bench.policy('named', 'kube-system', { type: 'Report' });
		const other = bench.drive(named);
		await other.until('a namespace that is named counts', ({ outcome }) => outcome?.status?.workloads?.selected === 1);
		await other.stop();
		assert.deepEqual(await bench.writes(mark, policy.name, named.name), []);
		await bench.server.request('PATCH', `${path}/leaving`, { metadata: { finalizers: null } });
	});

	it('is a pod that only an ephemeral container keeps from complying, until that one has ended', async () => {
		const namespace = await bench.namespace();
		const template = {
			metadata: { labels: { app: 'a' } },
			spec: { nodeName: 'n0', containers: [{ name: 'main', image: 'none', env, resources: gpu }] },
		};
		await bench.owner(namespace, 'deployments', 'a', { template });
		await bench.ready(namespace, 1);
		const [pod] = await bench.pods(namespace);
		const path = `/api/v1/namespaces/${namespace}/pods/${pod?.metadata.name}`;
		const { status } = await bench.server.request(
			'PATCH',
			`${path}/ephemeralcontainers`,
			{ spec: { ephemeralContainers: [{ name: 'debug', image: 'none' }] } },
			{ contentType: 'application/strategic-merge-patch+json' },
		);
		assert.equal(status, 200);
		const policy = await bench.policy(
			'debug',
			namespace,
			{},
			{
				workloads: { ...over(namespace), containers: { scope: 'All' }, remediation: quick },
			},
		);
		const mark = bench.server.audit.mark();
		const driver = bench.drive(policy);
		await driver.until('told', ({ reason }) => reason === 'Unmanaged');
		assert.match(driver.message, /1 carry it but for an ephemeral container, which nobody can change: Deployment /);
		assert.equal(driver.outcome?.status?.workloads?.unmanaged, 1);
		assert.deepEqual(
			driver.outcome?.status?.workloads?.violations?.map(({ place, rule }) => [place, rule]),
			[[`${namespace}/${pod?.metadata.name}/debug`, 'pod/ephemeral']],
		);
		const ended = [
			{ name: 'debug', image: 'none', imageID: '', ready: false, restartCount: 0, state: { terminated: { exitCode: 0 } } },
		];
		await bench.server.request('PATCH', `${path}/status`, { status: { ephemeralContainerStatuses: ended } });
		await driver.until('in order', ({ reason }) => reason === 'InSync');
		await driver.stop();
		assert.deepEqual(await bench.writes(mark, policy.name), []);
	});

	it('is a pod that reaches GPUs around the device plugin: its routes are told, as the policy asks', async () => {
		const namespace = await bench.namespace();
		await bench.pod(namespace, 'privileged', {}, { env, securityContext: { privileged: true } });
		await bench.pod(namespace, 'sets', {}, { env: [...env, { name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }] });
		await bench.pod(namespace, 'void', {}, { env: [...env, { name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' }] });
		await bench.pod(
			namespace,
			'mounts',
			{},
			{ resources: {}, volumeMounts: [{ name: 'dev', mountPath: '/host/dev' }] },
			{ volumes: [{ name: 'dev', hostPath: { path: '/dev' } }] },
		);
		await bench.owner(namespace, 'deployments', 'a', {
			template: {
				metadata: { labels: { app: 'a' } },
				spec: {
					nodeName: 'n0',
					containers: [{ name: 'main', image: 'none', resources: gpu, securityContext: { privileged: true } }],
				},
			},
		});
		await bench.ready(namespace, 5);
		const mark = bench.server.audit.mark();
		const ask = async (name: string, bypass: string, exemptions: readonly object[] = []) => {
			const workloads = { ...over(namespace), bypass, exemptions, remediation: quick };
			const driver = bench.drive(await bench.policy(name, namespace, {}, { workloads }));
			await driver.until('judged', ({ outcome }) => outcome?.status?.workloads !== undefined);
			return driver;
		};
		// Deny first: it holds for new pods only, and one that is refused would never come back.
		const denying = await ask('deny', 'Deny', [
			{ podSelector: { matchLabels: { app: 'sets' } }, reason: 'driver daemon, OPS-7' },
		]);
		await denying.until('told', ({ message }) => message.includes('left alone'));
		assert.match(denying.message, /Deployment .*\/a is left alone: admission would refuse its new pods/);
		assert.match(denying.message, /3 pods reach GPUs around the device plugin: .*Pod .*\/mounts \(1\)/);
		assert.match(denying.message, /1 exempt \(driver daemon, OPS-7\)/);
		assert.deepEqual(
			denying.outcome?.status?.workloads?.violations?.filter(({ rule }) => rule === 'pod/bypass').map(({ message }) => message),
			[
				'container main is privileged',
				'container main mounts GPU devices or driver sockets of the host',
				'container main is privileged',
			],
		);
		await denying.stop();
		await bench.server.request('DELETE', `/apis/apps/v1/namespaces/${namespace}/deployments/a`);
		await bench.ready(namespace, 4);
		const denied = await ask('deny', 'Deny');
		assert.equal(denied.reason, 'Unmanaged', 'what runs is not in order where new ones are denied');
		await denied.stop();
		await bench.server.request('DELETE', '/apis/gpupolicy.dev/v1alpha1/gpupolicies/deny');
		const warning = await ask('warn', 'Warn');
		assert.equal(warning.reason, 'InSync');
		assert.match(warning.message, /3 pods reach GPUs around/);
		await warning.stop();
		const allowing = await ask('allow', 'Allow');
		assert.equal(allowing.reason, 'InSync');
		assert.equal(allowing.outcome?.status?.workloads?.violations, undefined);
		await allowing.stop();
		assert.deepEqual(await bench.writes(mark, 'deny', 'warn', 'allow'), []);
	});

	it('is a policy that was suspended, edited or deleted since it was looked at', async () => {
		const namespace = await bench.namespace();
		await bench.owner(namespace, 'deployments', 'a');
		await bench.ready(namespace, 1);
		const policies = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';
		const mark = bench.server.audit.mark();
		const changes = {
			suspended: (name: string) => bench.server.request('PATCH', `${policies}/${name}`, { spec: { suspend: true } }),
			edited: (name: string) => bench.server.request('PATCH', `${policies}/${name}`, { spec: { interval: '11m' } }),
			deleting: async (name: string) => {
				await bench.server.request('PATCH', `${policies}/${name}`, { metadata: { finalizers: ['example.com/wait'] } });
				return bench.server.request('DELETE', `${policies}/${name}`);
			},
			deleted: (name: string) => bench.server.request('DELETE', `${policies}/${name}`),
		};
		for (const [name, change] of Object.entries(changes)) {
			const policy = await bench.policy(name, namespace, quick);
			assert.equal((await change(name)).status, 200);
			// It still has the policy as it was.
			const driver = bench.drive(policy);
			await driver.until('judged', ({ reason }) => reason === 'RestartRequired');
			await pause(500);
			await driver.stop();
		}
		assert.deepEqual(await bench.writes(mark, ...Object.keys(changes)), []);
		await bench.server.request('PATCH', `${policies}/deleting`, { metadata: { finalizers: null } });
	});
});

function phase(pod: object): string | undefined {
	return (pod as { status?: { phase?: string } }).status?.phase;
}
