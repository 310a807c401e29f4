import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ApiObject } from '../../../../src/core/ports/cluster.ts';
import { ok, report, rtx3090, rtx5060 } from '../nodes/rig.ts';
import { env, WorkloadsBench } from './fixture.ts';

const uuid = 'GPU-51515151-0000-4000-8000-000000005060';

describe('pods whose processes run on a device that a policy forbids', () => {
	let bench: WorkloadsBench;
	before(async () => {
		bench = await WorkloadsBench.start();
	});
	after(() => bench?.stop());

	function template(app: string, container: object = {}): object {
		const main = { name: 'main', image: 'none', resources: { limits: { 'nvidia.com/gpu': '1' } }, env, ...container };
		return { metadata: { labels: { app } }, spec: { nodeName: 'n0', terminationGracePeriodSeconds: 0, containers: [main] } };
	}

	async function podOf(namespace: string, app: string): Promise<ApiObject> {
		const found = (await bench.pods(namespace)).find(({ metadata }) => metadata.labels?.['app'] === app);
		assert.ok(found, `a pod of ${app}`);
		return found;
	}

	/** What the agent of the node says: a process of each pod on the forbidden device, judged by a policy of this digest. */
	async function says(policy: string, digest: string, pods: readonly ApiObject[]): Promise<void> {
		await report(bench.server, 'n0', {
			devices: [{ uuid, index: 0, productName: rtx5060 }],
			policies: [
				{
					name: policy,
					digest,
					verdict: 'NonCompliant',
					reason: 'ForbiddenDeviceExposed',
					devices: [{ uuid, verdict: 'Forbidden', because: 'matches no allow entry' }],
				},
			],
			processes: pods.map(({ metadata }, at) => ({
				pid: 4242 + at,
				name: 'python',
				deviceUuid: uuid,
				namespace: metadata.namespace ?? '',
				pod: metadata.name,
				container: 'main',
				podUid: metadata.uid ?? '',
				verdicts: [{ policy, verdict: 'Forbidden' }],
			})),
		});
	}

	it('are replaced where a new one would get another, and told of where it would not; what an agent said by another spec counts for nothing', async () => {
		const namespace = await bench.namespace();
		await bench.ballast(namespace, 6);
		await bench.owner(namespace, 'deployments', 'train', { template: template('train') });
		await bench.owner(namespace, 'deployments', 'around', {
			template: template('around', { securityContext: { privileged: true } }),
		});
		await bench.ready(namespace, 8);
		await ok(
			bench.server.request('POST', '/apis/gpupolicy.dev/v1alpha1/gpunodereports', {
				apiVersion: 'gpupolicy.dev/v1alpha1',
				kind: 'GpuNodeReport',
				metadata: { name: 'n0' },
			}),
		);
		const [train, around] = [await podOf(namespace, 'train'), await podOf(namespace, 'around')];
		const changes = { devices: { allow: [{ productName: rtx3090 }] }, nodes: {} };
		const policy = await bench.policy('evicts', namespace, { type: 'Evict', maxUnavailable: 1, pause: '0s' }, changes);
		await says(policy.name, '0'.repeat(64), [train, around]);
		const mark = bench.server.audit.mark();
		const driver = bench.drive(policy);
		await driver.until('all are in order', ({ outcome }) => outcome?.status?.workloads?.summary === '8/8');
		await says(policy.name, policy.digest, [train, around]);
		await driver.until('one is replaced', ({ outcome }) => outcome?.status?.workloads?.summary === '7/8');
		await driver.until('and nothing is under way', ({ outcome }) => outcome?.progressing === undefined);
		assert.equal(driver.reason, 'Unmanaged');
		assert.match(driver.message, /1 hold a forbidden device that their successors would get too: .*Deployment .*\/around \(1\)/);
		assert.deepEqual(
			driver.outcome?.status?.workloads?.violations?.filter(({ rule }) => rule === 'pod/device'),
			[
				{
					rule: 'pod/device',
					place: `${namespace}/${around.metadata.name}/main`,
					message: `process 4243 (python) holds ${uuid} of n0 (${rtx5060}), which is forbidden: matches no allow entry`,
				},
			],
		);
		await driver.stop();
		const evictions = (await bench.writes(mark, policy.name)).filter((write) => write.includes('pods/eviction'));
		assert.deepEqual(evictions, [`create pods/eviction ${train.metadata.name} 201`]);
		assert.notEqual((await podOf(namespace, 'train')).metadata.uid, train.metadata.uid);
	});
});
