import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { createNode, NodesRig, nodeOf, ok, only3090, rtx3090, rtx5060, slice } from './rig.ts';

const group = '/apis/resource.k8s.io';
const taint = { onForbiddenDevice: 'Taint' };
const mixed = [
	{ name: 'gpu-0', uuid: 'GPU-aaaa', productName: rtx3090 },
	{ name: 'gpu-1', uuid: 'GPU-bbbb', productName: rtx5060 },
];

// biome-ignore lint/suspicious/noExplicitAny: objects as the server gives them
type Live = any;

describe('dynamic resource allocation', () => {
	let server: TestCluster;
	let rig: NodesRig;

	before(async () => {
		server = await startCluster({
			args: {
				'kube-apiserver': ['--feature-gates=DRADeviceTaintRules=true', '--runtime-config=resource.k8s.io/v1beta2=true'],
			},
		});
		rig = new NodesRig(server);
	});
	after(async () => {
		await rig?.stop();
		await server?.stop();
	});
	afterEach(async () => {
		await rig.removeAll();
		assert.deepEqual(await rules(), [], 'no rule of ours is left');
		assert.deepEqual(await classes(), [], 'no class of ours is left');
		await ok(server.request('DELETE', '/api/v1/nodes'));
		await ok(server.request('DELETE', `${group}/v1/resourceslices`));
	});

	async function rules(): Promise<Live[]> {
		return (await ok(server.request('GET', `${group}/v1beta2/devicetaintrules`))).body.items;
	}
	async function classes(): Promise<Live[]> {
		return (await ok(server.request('GET', `${group}/v1/deviceclasses`))).body.items;
	}
	const expression = async (): Promise<string> => (await classes())[0]?.spec.selectors[0].cel.expression ?? '';
	const tainted = async (): Promise<string[]> =>
		(await rules())
			.map(({ spec }) => [spec.deviceSelector.driver, spec.deviceSelector.pool, spec.deviceSelector.device].join('/'))
			.sort();

	it('is told which devices a policy allows, and kept from the others, so that the node needs no taint', async () => {
		await createNode(server, 'a1');
		await slice(server, 'a1', mixed);
		const { uid } = await rig.policy('p', { devices: only3090, nodes: taint });
		await rig.until('the forbidden device is hidden', () => rig.says('p') === 'AllCompliant 1/1');
		assert.deepEqual(await tainted(), ['gpu.nvidia.com/a1/gpu-1']);
		assert.match(await expression(), /in \["GPU-aaaa"\]$/);
		assert.match(rig.message('p'), /DeviceClass gpupolicy\.p holds 1 allowed device/);
		for (const object of [...(await rules()), ...(await classes())]) assert.equal(object.metadata.ownerReferences[0].uid, uid);
		await rig.until(
			'the node is in order',
			async () => (await nodeOf(server, 'a1')).metadata.labels['gpupolicy.dev/compliant'] === 'true',
		);
		const mark = server.audit.mark();
		assert.equal(
			(await nodeOf(server, 'a1')).spec.taints?.some(({ key }: Live) => key === 'gpupolicy.dev/forbidden-device') ?? false,
			false,
		);
		await rig.policy('p', { devices: only3090, nodes: taint }, { again: 'yes' });
		await rig.policy('p', { devices: { allow: [{ productName: rtx3090 }, { productName: rtx5060 }] }, nodes: taint });
		await rig.until('the other is allowed now', async () => (await tainted()).length === 0);
		await rig.until('and in the class', async () => /in \["GPU-aaaa", "GPU-bbbb"\]$/.test(await expression()));
		const writes = (await server.audit.since(mark)).filter((entry) => entry.userAgent === rig.userAgent && isWrite(entry));
		assert.equal(writes.length, 2, 'one class applied, one rule deleted');
	});

	it('follows a device to another name, by its UUID, and drops one that went away', async () => {
		await createNode(server, 'b1');
		await slice(server, 'b1', mixed);
		await rig.policy('p', { devices: only3090, nodes: taint });
		await rig.until('it is kept away', async () => (await tainted()).join() === 'gpu.nvidia.com/b1/gpu-1');
		await slice(
			server,
			'b1',
			[
				{ name: 'gpu-0', uuid: 'GPU-bbbb', productName: rtx5060 },
				{ name: 'gpu-1', uuid: 'GPU-aaaa', productName: rtx3090 },
			],
			2,
		);
		await rig.until('under its new name', async () => (await tainted()).join() === 'gpu.nvidia.com/b1/gpu-0');
		await slice(server, 'b1', [{ name: 'gpu-1', uuid: 'GPU-aaaa', productName: rtx3090 }], 3);
		await rig.until('it is gone', async () => (await tainted()).length === 0);
		assert.match(await expression(), /in \["GPU-aaaa"\]$/);
	});

	it('has no class where nothing is allowed, and no selector is ever empty', async () => {
		await createNode(server, 'c1');
		await slice(server, 'c1', [{ name: 'gpu-0', uuid: 'GPU-bbbb', productName: rtx5060 }]);
		await rig.policy('p', { devices: only3090, nodes: taint });
		await rig.until('it is kept away', async () => (await tainted()).length === 1);
		assert.deepEqual(await classes(), []);
		for (const { spec } of await rules()) assert.deepEqual(Object.keys(spec.deviceSelector).sort(), ['device', 'driver', 'pool']);
	});

	it('is repaired where somebody deletes what is ours, and never forced where somebody edits it', async () => {
		await createNode(server, 'd1');
		await slice(server, 'd1', mixed);
		await rig.policy('p', { devices: only3090, nodes: taint });
		await rig.until('it is in place', async () => (await tainted()).length === 1 && (await classes()).length === 1);
		await ok(server.request('DELETE', `${group}/v1beta2/devicetaintrules/${(await rules())[0].metadata.name}`));
		await rig.until('the rule is back', async () => (await tainted()).length === 1);
		await ok(server.request('DELETE', `${group}/v1/deviceclasses/gpupolicy.p`));
		await rig.until('the class is back', async () => (await classes()).length === 1);
		const selectors = [{ cel: { expression: 'true' } }];
		await ok(server.request('PATCH', `${group}/v1/deviceclasses/gpupolicy.p?fieldManager=ann`, { spec: { selectors } }));
		await rig.until('it says whose it is', () => rig.outcomes.get('p')?.stalled?.reason === 'FieldManagerConflict');
		assert.equal(await expression(), 'true');
		await ok(server.request('DELETE', `${group}/v1/deviceclasses/gpupolicy.p`));
		await rig.until('it is ours again', () => rig.outcomes.get('p')?.stalled === undefined);
	});

	it('is left alone in mode Audit and by a policy that only reports', async () => {
		await createNode(server, 'e1');
		await slice(server, 'e1', mixed);
		await rig.policy('p', { mode: 'Audit', devices: only3090, nodes: taint });
		await rig.until('it is reported', () => rig.says('p') === 'ForbiddenDeviceExposed 0/1');
		assert.deepEqual([...(await rules()), ...(await classes())], []);
		await rig.policy('p', { devices: only3090, nodes: {} });
		await rig.until('there is a class', async () => (await classes()).length === 1);
		assert.deepEqual(await rules(), []);
	});

	it('keeps a rule while the driver rewrites its slices', async () => {
		await createNode(server, 'f1');
		await slice(server, 'f1', mixed);
		await rig.policy('p', { devices: only3090, nodes: taint });
		await rig.until('it is kept away', async () => (await tainted()).length === 1);
		const path = `${group}/v1/resourceslices/f1-gpu.nvidia.com-1`;
		await ok(server.request('PATCH', path, { spec: { pool: { resourceSliceCount: 2, generation: 2 } } }));
		await rig.until('the facts are incomplete', () => rig.says('p') === 'NVMLUnavailable 0/1');
		assert.match(rig.message('p'), /rewriting its ResourceSlices: 1 of 2/);
		assert.deepEqual(await tainted(), ['gpu.nvidia.com/f1/gpu-1']);
		assert.match(await expression(), /in \["GPU-aaaa"\]$/);

		const next = new NodesRig(server);
		next.adopt(rig);
		await next.until('whoever leads next sees it too', () => next.says('p') === 'NVMLUnavailable 0/1');
		assert.deepEqual(await tainted(), ['gpu.nvidia.com/f1/gpu-1']);
		assert.match(await expression(), /in \["GPU-aaaa"\]$/);
		await next.stop();
	});

	it('keeps a rule while the driver publishes nothing, so that no claim is faster when it comes back, until the node goes', async () => {
		await createNode(server, 'g1');
		await slice(server, 'g1', mixed);
		await rig.policy('p', { devices: only3090, nodes: taint });
		await rig.until('it is kept away', async () => (await tainted()).length === 1);
		const { uid } = (await rules())[0].metadata;
		await ok(server.request('DELETE', `${group}/v1/resourceslices`));
		await rig.until('nobody tells', () => rig.says('p') === 'NotYetObserved 0/1');
		await slice(server, 'g1', mixed, 2);
		await rig.until('it is back', () => rig.says('p') === 'AllCompliant 1/1');
		assert.deepEqual(
			(await rules()).map(({ metadata }) => metadata.uid),
			[uid],
		);
		await ok(server.request('DELETE', `${group}/v1/resourceslices`));
		await ok(server.request('DELETE', '/api/v1/nodes/g1'));
		await rig.until('it goes with the node', async () => (await tainted()).length === 0);
	});

	it('is stopped over half of the nodes, until somebody resumes', async () => {
		const names = Array.from({ length: 6 }, (_, i) => `h${i}`);
		for (const name of names) {
			await createNode(server, name);
			await slice(server, name, [{ name: 'gpu-0', uuid: `GPU-${name}`, productName: rtx5060 }]);
		}
		await rig.policy('p', { devices: only3090, nodes: taint });
		await rig.until('it stops', () => rig.outcomes.get('p')?.stalled?.reason === 'RemediationHalted');
		await rig.until('and says what is', () => rig.says('p') === 'ForbiddenDeviceExposed 0/6');
		assert.ok((await tainted()).length <= 3, 'at most half');
		await rig.resume('p', 'ann');
		await rig.until('it goes on', async () => (await tainted()).length === 6);
		await rig.until('and is content', () => rig.says('p') === 'AllCompliant 6/6' && rig.outcomes.get('p')?.stalled === undefined);
	});

	it('is one rule for each of two nodes that publish one UUID, written once', async () => {
		for (const name of ['i1', 'i2']) {
			await createNode(server, name);
			await slice(server, name, [{ name: 'gpu-0', uuid: 'GPU-same', productName: rtx5060 }]);
		}
		await rig.policy('p', { devices: only3090, nodes: taint });
		await rig.until('both are kept away', () => rig.says('p') === 'AllCompliant 2/2');
		const mark = server.audit.mark();
		await rig.policy('q', { devices: only3090, nodes: {} });
		await rig.until('all is looked at again', () => rig.says('q') !== undefined && rig.says('p') === 'AllCompliant 2/2');
		assert.deepEqual(await tainted(), ['gpu.nvidia.com/i1/gpu-0', 'gpu.nvidia.com/i2/gpu-0']);
		const writes = (await server.audit.since(mark)).filter(
			(entry) => entry.userAgent === rig.userAgent && isWrite(entry) && entry.objectRef?.resource === 'devicetaintrules',
		);
		assert.deepEqual(writes, []);
	});
});

describe('a server as it is by default', () => {
	let server: TestCluster;
	let rig: NodesRig;

	before(async () => {
		server = await startCluster();
		rig = new NodesRig(server);
	});
	after(async () => {
		await rig?.stop();
		await server?.stop();
	});

	it('serves no DeviceTaintRules: the node is tainted instead', async () => {
		await createNode(server, 'a1');
		await slice(server, 'a1', mixed);
		await rig.policy('p', { devices: only3090, nodes: taint });
		await rig.until('it is exposed', () => rig.says('p') === 'ForbiddenDeviceExposed 0/1');
		const has = async (): Promise<boolean> =>
			(await nodeOf(server, 'a1')).spec.taints?.some(({ key }: Live) => key === 'gpupolicy.dev/forbidden-device') ?? false;
		await rig.until('it is tainted', has);
		await rig.removeAll();
		assert.equal(await has(), false);
		assert.deepEqual((await server.request('GET', `${group}/v1/deviceclasses`)).body.items, []);
	});
});
