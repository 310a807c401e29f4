import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { createNode, NodesRig, nodeOf, ok, only3090, report, reported, rtx3090, rtx5060, setGpus, slice } from './rig.ts';

describe('facts about nodes', () => {
	let server: TestCluster;
	let rig: NodesRig;

	before(async () => {
		server = await startCluster({
			components: ['kube-controller-manager'],
			args: { 'kube-controller-manager': ['--controllers=*,-node-lifecycle-controller'] },
		});
		rig = new NodesRig(server);
	});
	after(async () => {
		await rig?.stop();
		await server?.stop();
	});
	afterEach(async () => {
		await rig.removeAll();
		await ok(server.request('DELETE', '/api/v1/nodes'));
		await ok(server.request('DELETE', '/apis/resource.k8s.io/v1/resourceslices'));
		const left = async (): Promise<number> =>
			(await server.request('GET', '/apis/gpupolicy.dev/v1alpha1/gpunodereports')).body.items.length;
		await rig.until('no report is left', async () => (await left()) === 0);
	});

	it('come from the agent, and the report that it fills is made for it and goes with the node', async () => {
		await createNode(server, 'a1');
		await createNode(server, 'a2');
		await rig.policy('p', { devices: only3090, nodes: {} });
		await rig.until('nobody looked', () => rig.says('p') === 'NotYetObserved 0/2');
		await report(server, 'a1', { devices: [reported(0, rtx3090)] });
		await report(server, 'a2', { devices: [reported(0, rtx3090), reported(1, rtx5060)] });
		await rig.until('one exposes a forbidden device', () => rig.says('p') === 'ForbiddenDeviceExposed 1/2');
		assert.match(
			rig.message('p'),
			/1 of 2 nodes compliant, 1 not, 0 unknown; facts from 2 agent reports; a2: GPU-10000000… NVIDIA GeForce RTX 5060 Ti is forbidden \(matches no allow entry\)/,
		);
		const status = rig.outcomes.get('p')?.status?.nodes;
		assert.equal(status?.violations?.[0]?.place, 'a2/GPU-10000000-1111-2222-3333-444444444444');
		assert.equal(status?.violations?.[0]?.rule, 'device/forbidden');
		const owner = (await server.request('GET', '/apis/gpupolicy.dev/v1alpha1/gpunodereports/a2')).body.metadata
			.ownerReferences[0];
		assert.equal(owner.uid, (await nodeOf(server, 'a2')).metadata.uid);
		assert.equal('blockOwnerDeletion' in owner, false);

		await ok(server.request('DELETE', '/apis/gpupolicy.dev/v1alpha1/gpunodereports/a1'));
		await rig.until('what somebody deletes is made anew', async () => rig.says('p') === 'ForbiddenDeviceExposed 0/2');
		await report(server, 'a1', { devices: [reported(0, rtx3090)] });

		await report(server, 'a2', { devices: [reported(0, rtx3090), reported(1, rtx5060, 'NotExposed')] });
		await rig.until('hidden is in order', () => rig.says('p') === 'AllCompliant 2/2');
		await report(server, 'a2', { devices: [reported(0, rtx3090), reported(1, rtx5060, 'Unknown')] });
		await rig.until('unknown is neither', () => rig.says('p') === 'NVMLUnavailable 1/2');

		await ok(server.request('DELETE', '/api/v1/nodes/a2'));
		await rig.until('the node is gone', () => rig.says('p') === 'AllCompliant 1/1');
		await rig.until(
			'its report goes too',
			async () => (await server.request('GET', '/apis/gpupolicy.dev/v1alpha1/gpunodereports/a2')).status === 404,
			60_000,
		);
		await createNode(server, 'a2');
		await rig.until('another node of this name begins anew', () => rig.says('p') === 'NotYetObserved 1/2');
		await report(server, 'a2', { devices: [] });
		await rig.until('a node without a device is in order', () => rig.says('p') === 'AllCompliant 2/2');
	});

	it("rest on the agent's own verdict where it judged this very spec", async () => {
		await createNode(server, 'b1');
		const { digest } = await rig.policy('p', { devices: only3090, nodes: {} });
		const verdict = {
			name: 'p',
			verdict: 'NonCompliant' as const,
			reason: 'ForbiddenDeviceExposed',
			message: 'pid 4 holds GPU-1',
		};
		await report(server, 'b1', { devices: [reported(0, rtx3090)], policies: [{ ...verdict, digest }] });
		await rig.until('the agent is believed', () => rig.says('p') === 'ForbiddenDeviceExposed 0/1');
		assert.match(rig.message('p'), /b1: pid 4 holds GPU-1; 1 device read through agent report \(NVML 580\.65\.06\)$/);
		await report(server, 'b1', { devices: [reported(0, rtx3090)], policies: [{ ...verdict, digest: '0'.repeat(64) }] });
		await rig.until('a verdict by another spec does not count', () => rig.says('p') === 'AllCompliant 1/1');
		await report(server, 'b1', {
			policies: [{ name: 'p', digest, verdict: 'Unknown', reason: 'NVMLUnavailable', message: 'the driver hangs' }],
		});
		await rig.until('nor is unknown compliant', () => rig.says('p') === 'NVMLUnavailable 0/1');
		assert.match(rig.message('p'), /the driver hangs/);
	});

	it('come from slices, then from labels, where no agent is', async () => {
		const labels = {
			'nvidia.com/gpu.product': 'NVIDIA-GeForce-RTX-3090',
			'nvidia.com/gpu.count': '1',
			'nvidia.com/gpu.memory': '24576',
			'nvidia.com/mig.capable': 'false',
		};
		await createNode(server, 'c1', { labels, gpus: [1] });
		await rig.policy('p', { devices: { allow: [{ productName: rtx3090, minMemory: '24Gi' }] }, nodes: {} });
		await rig.until('labels tell', () => rig.says('p') === 'AllCompliant 1/1');
		assert.match(rig.message('p'), /facts from 1 GPU feature discovery's labels/);
		await slice(server, 'c1', [{ name: 'gpu-0', uuid: 'GPU-x', productName: rtx5060 }]);
		await rig.until('a slice is nearer to the devices', () => rig.says('p') === 'ForbiddenDeviceExposed 0/1');
		assert.match(
			rig.message('p'),
			/facts from 1 ResourceSlice of the DRA driver; c1: GPU-x NVIDIA GeForce RTX 5060 Ti is forbidden .* and in use or allocatable; 1 device read through ResourceSlice/,
		);
		await report(server, 'c1', { devices: [reported(0, rtx3090)] });
		await rig.until('the agent is nearest', () => rig.says('p') === 'AllCompliant 1/1');
		assert.match(rig.message('p'), /facts from 1 agent report/);
	});

	it('from labels leave open what one product label cannot tell', async () => {
		const labels = {
			'nvidia.com/gpu.product': 'NVIDIA-GeForce-RTX-3090-SHARED',
			'nvidia.com/gpu.count': '2',
			'nvidia.com/gpu.replicas': '2',
			'nvidia.com/gpu.memory': '24576',
		};
		await createNode(server, 'd1', { labels, gpus: [4] });
		await rig.policy('p', { devices: only3090, nodes: {} });
		await rig.until('the kubelet counts as many', () => rig.says('p') === 'AllCompliant 1/1');
		await setGpus(server, 'd1', 6);
		await rig.until('another card must be there', () => rig.says('p') === 'NVMLUnavailable 0/1');
		assert.match(rig.message('p'), /the labels tell of 4 of the 6 GPUs/);
		await setGpus(server, 'd1', 4);
		await rig.policy('p', { devices: { deny: [{ productName: rtx5060 }] }, nodes: {} });
		await rig.until('deny cannot be judged', () => rig.says('p') === 'NVMLUnavailable 0/1');
		await rig.policy('p', { devices: { allow: [{ uuid: 'GPU-12345' }] }, nodes: {} });
		await rig.until('nor can a uuid', () => /uuid could not be read/.test(rig.message('p')));
		await rig.policy('p', { devices: { allow: [{ productName: rtx5060 }] }, nodes: {} });
		await rig.until('what is forbidden is', () => rig.says('p') === 'ForbiddenDeviceExposed 0/1');
		await rig.policy('p', { devices: only3090, nodes: { selector: { matchLabels: { none: 'such' } } } });
		await rig.until('none is selected', () => rig.says('p') === 'NoneSelected 0/0');
	});

	it('count a device that a claim was given, however it is kept from others', async () => {
		await createNode(server, 'e1');
		await slice(server, 'e1', [{ name: 'gpu-0', uuid: 'GPU-e', productName: rtx5060, tainted: true }]);
		await rig.policy('p', { devices: only3090, nodes: {} });
		await rig.until('no claim can have it', () => rig.says('p') === 'AllCompliant 1/1');
		const namespace = await server.namespace('claims');
		const path = `/apis/resource.k8s.io/v1/namespaces/${namespace}/resourceclaims`;
		const spec = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] } };
		await ok(server.request('POST', path, { metadata: { name: 'claim' }, spec }));
		const results = [{ request: 'gpu', driver: 'gpu.nvidia.com', pool: 'e1', device: 'gpu-0' }];
		await ok(server.request('PATCH', `${path}/claim/status`, { status: { allocation: { devices: { results } } } }));
		await rig.until('one has it', () => rig.says('p') === 'ForbiddenDeviceExposed 0/1');
		await ok(server.request('DELETE', `/api/v1/namespaces/${namespace}`));
	});

	it('grow stale by our own clock, whatever the agent says about the time', async () => {
		let now = 0;
		const other = new NodesRig(server, { now: () => now, heartbeatMs: 1_000 });
		await createNode(server, 'f1');
		await createNode(server, 'f2');
		await other.policy('p', { devices: only3090, nodes: {} });
		const write = (node: string, observedAt: string) => report(server, node, { observedAt, devices: [reported(0, rtx3090)] });
		await write('f1', '2001-01-01T00:00:00Z');
		await write('f2', '2101-01-01T00:00:00Z');
		await other.until('both are heard', () => other.says('p') === 'AllCompliant 2/2');
		assert.equal(other.outcomes.get('p')?.requeueAfterMs, 3_001);
		now = 2_000;
		await write('f1', '2001-01-01T00:00:01Z');
		await other.until('a heartbeat is no news', () => other.says('p') === 'AllCompliant 2/2');
		now = 3_500;
		await other.until('one is silent', () => other.says('p') === 'ReportStale 1/2');
		assert.match(other.message('p'), /f2: its agent missed three heartbeats/);
		await write('f2', '2001-01-01T00:00:00Z');
		await other.until('it is heard again', () => other.says('p') === 'AllCompliant 2/2');
		await other.removeAll();
		await other.stop();
	});

	it('that stay the same cost no write', async () => {
		await createNode(server, 'g1');
		await createNode(server, 'g2');
		await rig.policy('p', { devices: only3090, nodes: {} });
		for (const node of ['g1', 'g2']) await report(server, node, { devices: [reported(0, rtx3090)] });
		await rig.until('both are in order', () => rig.says('p') === 'AllCompliant 2/2');
		const labelled = async (): Promise<boolean> =>
			(await nodeOf(server, 'g2')).metadata.labels['gpupolicy.dev/compliant'] === 'true';
		await rig.until('and say so', labelled);
		const mark = server.audit.mark();
		for (let i = 0; i < 3; i++) {
			await report(server, 'g1', { observedAt: `2026-01-01T00:00:0${i}Z`, devices: [reported(0, rtx3090)] });
			await rig.policy('p', { devices: only3090, nodes: {} });
		}
		await rig.policy('p', { devices: { allow: [{ productName: rtx3090 }, { productName: 'x' }] }, nodes: {} });
		await rig.until('it was looked at again', () => rig.outcomes.get('p') !== undefined);
		const writes = (await server.audit.since(mark)).filter((entry) => entry.userAgent === rig.userAgent && isWrite(entry));
		assert.deepEqual(
			writes.map(({ verb, requestURI }) => `${verb} ${requestURI}`),
			[],
		);
	});
});
