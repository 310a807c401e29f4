import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../../../cluster/index.ts';
import { env, WorkloadsBench } from './fixture.ts';

describe('running pods under a policy that only reports', { concurrency: 3 }, () => {
	let bench: WorkloadsBench;
	before(async () => {
		bench = await WorkloadsBench.start();
	});
	after(() => bench.stop());

	it('are told by owner, with what makes each exempt, unmanaged, or able to go around the device plugin', async () => {
		const namespace = await bench.namespace();
		await bench.owner(namespace, 'deployments', 'train', { replicas: 2 });
		await bench.owner(namespace, 'statefulsets', 'store');
		await bench.owner(namespace, 'daemonsets', 'agent');
		await bench.pod(namespace, 'bare');
		await bench.pod(namespace, 'static', { annotations: { 'kubernetes.io/config.mirror': 'x' } });
		await bench.pod(namespace, 'vendor', { labels: { vendor: 'yes' } });
		await bench.pod(namespace, 'system', {}, { resources: {}, securityContext: { privileged: true } });
		await bench.pod(namespace, 'right', {}, { env });
		await bench.ready(namespace, 9);
		const template = {
			spec: {
				restartPolicy: 'Never',
				containers: [{ name: 'main', image: 'none', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
			},
		};
		await bench.create(`/apis/batch/v1/namespaces/${namespace}/cronjobs`, {
			metadata: { name: 'nightly' },
			spec: { schedule: '* * * * *', suspend: true, jobTemplate: { spec: { template } } },
		});
		const { body: cron } = await bench.server.request('GET', `/apis/batch/v1/namespaces/${namespace}/cronjobs/nightly`);
		const ownerReferences = [
			{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid: cron.metadata.uid, controller: true },
		];
		await bench.create(`/apis/batch/v1/namespaces/${namespace}/jobs`, {
			metadata: { name: 'nightly-1', ownerReferences },
			spec: { template },
		});
		await until('the pod of the job', async () => (await bench.pods(namespace)).length === 10);

		const mark = bench.server.audit.mark();
		const policy = await bench.policy(
			'report',
			namespace,
			{ type: 'Report' },
			{
				workloads: {
					namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
					exemptions: [{ podSelector: { matchLabels: { vendor: 'yes' } }, reason: 'vendor image, GPU-12' }],
				},
			},
		);
		const driver = bench.drive(policy);
		await driver.until('judged', ({ reason }) => reason === 'RestartRequired');
		const { outcome, message } = driver;
		assert.match(message, /^1 of 8 selected pods carry the env of digest [0-9a-f]{12}; 6 came up without it: /);
		assert.ok(message.includes(`Deployment ${namespace}/train (2)`), message);
		for (const owner of ['StatefulSet', 'DaemonSet', 'CronJob', 'Pod'])
			assert.ok(message.includes(`${owner} ${namespace}/`), message);
		assert.match(message, /1 are static pods, which admission never sees: Node n0 \(1\)/);
		assert.match(message, /1 pod reaches GPUs around the device plugin: Pod .*\/system \(1\)/);
		assert.match(message, /1 exempt \(vendor image, GPU-12\)/);
		const { violations = [], ...counts } = outcome?.status?.workloads ?? {};
		assert.deepEqual(counts, { summary: '1/8', selected: 8, compliant: 1, restartRequired: 6, unmanaged: 1 });
		assert.deepEqual(violations.map(({ rule }) => rule).sort(), ['pod/bypass', ...Array(6).fill('pod/env'), 'pod/static']);
		assert.deepEqual(
			violations.find(({ place }) => place === `${namespace}/bare/main`),
			{
				place: `${namespace}/bare/main`,
				rule: 'pod/env',
				message: "container main: CUDA_DEVICE_ORDER must be 'PCI_BUS_ID', is not set",
			},
		);

		await bench.server.request('DELETE', `/api/v1/namespaces/${namespace}/pods/bare`);
		await driver.until('sees a pod go', ({ outcome }) => outcome?.status?.workloads?.selected === 7);
		await driver.stop();
		assert.deepEqual(await bench.writes(mark, policy.name), [], 'nothing was written');
	});

	it('are in order, or not there', async () => {
		const namespace = await bench.namespace();
		const policy = await bench.policy('order', namespace, { type: 'Report' });
		const driver = bench.drive(policy);
		await driver.until('nothing is there', ({ reason }) => reason === 'NoneSelected');
		assert.equal(driver.message, '0 pods selected');
		await bench.owner(namespace, 'deployments', 'train', { replicas: 3 });
		await driver.until('three in order', ({ outcome }) => outcome?.status?.workloads?.summary === '3/3');
		assert.equal(driver.reason, 'InSync');
		await driver.stop();
	});

	it('are unknown, and the policy stalled, while we may not look at them', async () => {
		const namespace = await bench.namespace();
		const policy = await bench.policy('blind', namespace, { type: 'Report' });
		const nobody = bench.server.kubeconfigFor(bench.server.user('nobody'));
		const driver = bench.drive(policy, {}, nobody);
		await driver.until('stalled', ({ outcome }) => outcome?.stalled?.reason === 'Forbidden');
		assert.equal(driver.reason, 'NotYetObserved');
		assert.match(driver.outcome?.stalled?.message ?? '', /our account may not (list|watch) [a-z]+/);
		await driver.stop();
	});
});
