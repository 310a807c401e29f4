import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../../../cluster/index.ts';
import { ok, rtx3090, rtx5060 } from '../nodes/rig.ts';
import { type Driver, WorkloadsBench } from '../workloads/fixture.ts';
import type { PublishedEntry } from './random-devices.ts';
import { allocated, claimsOf, group, publish } from './scheduling.ts';

const limitMs = 180_000;
const request = { name: 'gpu', exactly: { deviceClassName: 'any' } };
const spec = { devices: { requests: [request] } };

function entry(name: string, productName: string): PublishedEntry {
	const attributes = { type: { string: 'gpu' }, uuid: { string: `GPU-${name}` }, productName: { string: productName } };
	return { name, attributes, capacity: { memory: { value: '24Gi' } } };
}

describe('devices that claims held before a policy forbade them', () => {
	let bench: WorkloadsBench;
	before(async () => {
		bench = await WorkloadsBench.start(['kube-scheduler']);
		await ok(bench.server.request('POST', `${group}/deviceclasses`, { metadata: { name: 'any' }, spec: {} }));
	});
	after(() => bench?.stop());

	it('are reported; pods with claims of their own get others by a restart, and a claim that stands for itself is left to a person', async () => {
		const namespace = await bench.namespace();
		const { server } = bench;
		await publish(server, 'n0', [entry('gpu-0', rtx5060), entry('gpu-1', rtx5060)]);
		await ok(
			server.request('POST', `${group}/namespaces/${namespace}/resourceclaimtemplates`, {
				metadata: { name: 'own' },
				spec: { spec },
			}),
		);
		await ok(server.request('POST', `${group}/namespaces/${namespace}/resourceclaims`, { metadata: { name: 'alone' }, spec }));
		const pod = (claim: object) => ({
			tolerations: [{ operator: 'Exists' }],
			resourceClaims: [{ name: 'device', ...claim }],
			containers: [{ name: 'main', image: 'none', resources: { claims: [{ name: 'device' }] } }],
		});
		await bench.create(`/api/v1/namespaces/${namespace}/pods`, {
			metadata: { name: 'bare' },
			spec: pod({ resourceClaimName: 'alone' }),
		});
		await bench.owner(namespace, 'deployments', 'train', {
			template: { metadata: { labels: { app: 'train' } }, spec: pod({ resourceClaimTemplateName: 'own' }) },
		});
		await bench.ready(namespace, 2);
		const held = async () => [...(await claimsOf(server, namespace)).values()].flatMap((claim) => allocated(claim) ?? []).sort();
		assert.deepEqual(await held(), ['gpu.nvidia.com/n0/gpu-0', 'gpu.nvidia.com/n0/gpu-1']);
		await ok(server.request('DELETE', `${group}/resourceslices/n0-gpu.nvidia.com`));
		await publish(server, 'n0', [entry('gpu-0', rtx5060), entry('gpu-1', rtx5060), entry('gpu-2', rtx3090)]);

		const changes = { env: [], devices: { allow: [{ productName: rtx3090 }] } };
		const audit = await bench.policy('audited', namespace, { type: 'Report' }, { ...changes, mode: 'Audit' });
		const looking = bench.drive(audit);
		await looking.until('both are reported', ({ outcome }) => outcome?.status?.workloads?.violations?.length === 2);
		assert.match(
			looking.message,
			/2 hold a forbidden device that their successors would get too: by a resource claim that outlives them or that the policy does not govern/,
		);
		assert.deepEqual(
			violations(looking)
				.filter((line) => line.includes('/bare/'))
				.map((line) => line.replace(/gpu-[01]/, 'gpu-N')),
			[
				`pod/device ${namespace}/bare/alone resource claim alone holds gpu-N of n0 (${rtx5060}), which is forbidden: matches no allow entry`,
			],
		);
		await looking.stop();

		const policy = await bench.policy('enforced', namespace, { type: 'Restart', maxUnavailable: 1, pause: '100ms' }, changes);
		const driver = bench.drive(policy);
		await driver.until('the owner is restarted and is back', ({ outcome }) => outcome?.status?.workloads?.summary === '1/2');
		await driver.until('and nothing is under way', ({ outcome }) => outcome?.progressing === undefined);
		assert.equal(driver.reason, 'Unmanaged');
		assert.deepEqual(
			violations(driver).map((line) => line.split(' ', 2).join(' ')),
			[`pod/device ${namespace}/bare/alone`],
		);
		await driver.stop();
		await until('the claim of the old pod is gone', async () => (await held()).length === 2, limitMs);
		const now = await held();
		assert.ok(now.includes('gpu.nvidia.com/n0/gpu-2'), now.join());
	});
});

function violations({ outcome }: Driver): readonly string[] {
	return (outcome?.status?.workloads?.violations ?? []).map(({ rule, place, message }) => `${rule} ${place} ${message}`).sort();
}
