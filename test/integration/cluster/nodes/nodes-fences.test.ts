import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { marksAnnotation } from '../../../../src/core/nodes/node-marks.ts';
import { type Answer, type Identity, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { createNode, NodesRig, nodeOf, ok, only3090, report, reported, rtx3090, rtx5060, slice } from './rig.ts';

const key = 'gpupolicy.dev/forbidden-device';
const rbac = '/apis/rbac.authorization.k8s.io/v1';

/** What the release ships: what it says of rights and of fences is what is tried here. */
const manifests = join(import.meta.dirname, '../../../../manifests');

describe('fences around our accounts', () => {
	let server: TestCluster;
	let rig: NodesRig | undefined;

	before(async () => {
		server = await startCluster();
		for (const fence of ['node-fence', 'agent-fence', 'dra-fence']) await apply(`admission/${fence}.yaml`);
	});
	after(async () => {
		await rig?.stop();
		await server?.stop();
	});

	async function apply(file: string): Promise<void> {
		const { code, stderr } = await server.kubectl(['apply', '-f', join(manifests, file)]);
		assert.equal(code, 0, stderr);
	}
	async function role(name: string, rules: readonly unknown[], namespace: string, account: string): Promise<void> {
		await ok(server.request('POST', `${rbac}/clusterroles`, { metadata: { name }, rules }));
		await ok(
			server.request('POST', `${rbac}/clusterrolebindings`, {
				metadata: { name },
				roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
				subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
			}),
		);
	}
	function refused(answer: Answer, words: RegExp): void {
		assert.equal(answer.status, 403, JSON.stringify(answer.body));
		assert.match(answer.body.message, words);
	}

	it("let an agent write its own node's report and nothing else", async () => {
		const path = '/apis/gpupolicy.dev/v1alpha1/gpunodereports';
		const object = (name: string) => ({ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuNodeReport', metadata: { name } });
		const unbound = await server.serviceAccount('gpupolicy-node', 'gpupolicy-agent');
		// Every right that RBAC can give, so that the fence alone stands in the way.
		await role(
			'agent',
			[{ apiGroups: ['gpupolicy.dev'], resources: ['gpunodereports', 'gpunodereports/status'], verbs: ['*'] }],
			'gpupolicy-node',
			'gpupolicy-agent',
		);
		const tokens: Record<string, Identity> = {};
		for (const name of ['n1', 'n2']) {
			await createNode(server, name);
			await ok(server.request('POST', path, object(name)));
			const { uid } = (await nodeOf(server, name)).metadata;
			const spec = { expirationSeconds: 3_600, boundObjectRef: { kind: 'Node', apiVersion: 'v1', name, uid } };
			const url = '/api/v1/namespaces/gpupolicy-node/serviceaccounts/gpupolicy-agent/token';
			tokens[name] = { token: (await ok(server.request('POST', url, { spec }))).body.status.token };
		}
		const apply = (node: string, as: Identity | undefined, subresource = '/status') => {
			const body = { ...object(node), status: { observedAt: new Date().toISOString(), summary: '1/1' } };
			const contentType = 'application/apply-patch+yaml';
			return server.request('PATCH', `${path}/${node}${subresource}?fieldManager=agent`, body, {
				contentType,
				...(as ? { as } : {}),
			});
		};
		const end = performance.now() + 60_000;
		while ((await apply('n2', tokens['n1'])).status !== 403 && performance.now() < end) await pause(50);

		await ok(apply('n1', tokens['n1']));
		await ok(apply('n2', tokens['n2']));
		const own = { as: tokens['n1'] as Identity };
		refused(await apply('n2', tokens['n1']), /the agent of node n1 may not write the report of n2/);
		refused(await apply('n1', tokens['n2']), /the agent of node n2 may not write the report of n1/);
		refused(await apply('n1', unbound), /names no node/);
		refused(await apply('n1', tokens['n1'], ''), /the status of its node's report, and nothing else/);
		refused(await server.request('PATCH', `${path}/n1`, { metadata: { labels: { a: 'b' } } }, own), /nothing else/);
		refused(await server.request('DELETE', `${path}/n1`, undefined, own), /nothing else/);
		refused(await server.request('DELETE', path, undefined, own), /nothing else/);
		refused(await server.request('POST', path, object('n3'), own), /nothing else/);
		const live = (await ok(server.request('GET', `${path}/n2`))).body;
		refused(await server.request('PUT', `${path}/n2/status`, { ...live, status: {} }, own), /the report of n2/);
		// The name in the body does not count: that of the request does.
		assert.ok(
			(await server.request('PUT', `${path}/n2/status`, { ...live, metadata: { ...live.metadata, name: 'n1' } }, own)).status >=
				400,
		);
		// Through the status nothing else of the object changes.
		await ok(server.request('PATCH', `${path}/n1/status`, { metadata: { labels: { a: 'b' }, ownerReferences: [] } }, own));
		assert.equal((await ok(server.request('GET', `${path}/n1`))).body.metadata.labels, undefined);
		await ok(server.request('DELETE', path));
		await ok(server.request('DELETE', '/api/v1/nodes'));
	});

	it('let the controller do its work with its rights, and change nothing else of a node', async () => {
		const as = await server.serviceAccount('gpupolicy-system', 'gpupolicy-controller');
		await apply('controller/rbac-nodes.yaml');
		rig = new NodesRig(server, { as });
		await createNode(server, 'a1', { labels: { team: 'x' }, taints: [{ key: 'example.com/own', effect: 'NoSchedule' }] });
		await createNode(server, 'a2');
		await slice(server, 'a2', [{ name: 'gpu-0', uuid: 'GPU-a', productName: rtx3090 }]);
		await rig.policy('p', { devices: only3090, nodes: { onForbiddenDevice: 'Taint' } });
		await report(server, 'a1', { devices: [reported(0, rtx3090), reported(1, rtx5060)] });
		await rig.until('it is judged', () => rig?.says('p') === 'ForbiddenDeviceExposed 1/2');
		const taints = async (): Promise<string[]> =>
			((await nodeOf(server, 'a1')).spec.taints ?? []).map((one: { key: string }) => one.key);
		await rig.until('it is tainted', async () => (await taints()).includes(key));
		const classes = async (): Promise<number> =>
			(await ok(server.request('GET', '/apis/resource.k8s.io/v1/deviceclasses'))).body.items.length;
		await rig.until('the class is there', async () => (await classes()) === 1);

		const node = '/api/v1/nodes/a1';
		const patch = (body: unknown) => server.request('PATCH', node, body, { as });
		refused(await patch({ metadata: { labels: { team: 'y' } } }), /no label of a node but gpupolicy.dev\/compliant/);
		refused(await patch({ metadata: { labels: { team: null } } }), /no label/);
		refused(await patch({ metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } } }), /no label/);
		refused(await patch({ metadata: { annotations: { a: 'b' } } }), /no annotation/);
		refused(await patch({ metadata: { finalizers: ['a/b'] } }), /nothing of a node but/);
		refused(await patch({ spec: { unschedulable: true } }), /nothing of a node but/);
		const live = await nodeOf(server, 'a1');
		const ours = live.metadata.annotations[marksAnnotation];
		refused(await patch({ spec: { taints: null } }), /remove taints of its own only/);
		const more = (effect: string) => [...live.spec.taints, { key: 'example.com/new', effect }];
		const noting = (effect: string) =>
			JSON.stringify({ taints: [...JSON.parse(ours).taints, { key: 'example.com/new', effect, policies: ['p'] }] });
		refused(await patch({ spec: { taints: more('NoSchedule') } }), /marks as its own only/);
		refused(
			await patch({ metadata: { annotations: { [marksAnnotation]: noting('NoExecute') } }, spec: { taints: more('NoExecute') } }),
			/none that evicts/,
		);
		const claim = JSON.stringify({ taints: [{ key: 'example.com/own', effect: 'NoSchedule', policies: ['p'] }] });
		refused(await patch({ metadata: { annotations: { [marksAnnotation]: claim } } }), /may not claim a taint/);
		refused(await server.request('DELETE', node, undefined, { as }), /cannot delete|nothing else of them/);

		await report(server, 'a1', { devices: [reported(0, rtx3090)] });
		await rig.until('the taint goes', async () => !(await taints()).includes(key));
		assert.ok((await taints()).includes('example.com/own'));
		assert.equal(rig.outcomes.get('p')?.stalled, undefined);
		assert.deepEqual(rig.errors, []);
	});

	it('that are not given stall the policy, which names the verb and the resource, and still reports', async () => {
		if (!rig) throw new assert.AssertionError({ message: 'the test before this one failed' });
		const binding = `${rbac}/clusterrolebindings/gpupolicy-nodes-manage`;
		const standing = (await ok(server.request('GET', binding))).body;
		await ok(server.request('DELETE', binding));
		await report(server, 'a1', { devices: [reported(0, rtx3090), reported(1, rtx5060)] });
		await rig.until('it is stalled', () => rig?.outcomes.get('p')?.stalled?.reason === 'Forbidden');
		assert.match(rig.outcomes.get('p')?.stalled?.message ?? '', /patch nodes/);
		assert.equal(rig.says('p'), 'ForbiddenDeviceExposed 1/2');
		delete standing.metadata.resourceVersion;
		delete standing.metadata.uid;
		await ok(server.request('POST', `${rbac}/clusterrolebindings`, standing));
		await pause(200);
		await report(server, 'a1', { devices: [reported(0, rtx3090)] });
		await rig.until(
			'it works again',
			() => rig?.says('p') === 'AllCompliant 2/2' && rig.outcomes.get('p')?.stalled === undefined,
		);
		await rig.removeAll();
		assert.equal((await nodeOf(server, 'a1')).metadata.annotations?.[marksAnnotation], undefined);
	});

	it('that hide what the DRA driver publishes leave every node unknown that no agent tells of, and untainted', async () => {
		const as = await server.serviceAccount('gpupolicy-system', 'half-blind');
		const reading = ['list', 'watch'];
		const rules = [
			{ apiGroups: [''], resources: ['nodes'], verbs: [...reading, 'patch'] },
			{ apiGroups: ['gpupolicy.dev'], resources: ['gpunodereports'], verbs: [...reading, 'create', 'delete'] },
		];
		await role('half-blind', rules, 'gpupolicy-system', 'half-blind');
		const blind = new NodesRig(server, { as });
		const labels = { 'nvidia.com/gpu.product': 'NVIDIA-GeForce-RTX-5060-Ti', 'nvidia.com/gpu.count': '1' };
		await createNode(server, 'z1', { labels, gpus: [1] });
		await blind.policy('z', {
			devices: only3090,
			nodes: { selector: { matchLabels: { 'test/node': 'z1' } }, onForbiddenDevice: 'Taint' },
		});
		await blind.until('it is stalled', () => blind.outcomes.get('z')?.stalled?.reason === 'Forbidden');
		assert.match(blind.outcomes.get('z')?.stalled?.message ?? '', /resource\.k8s\.io/);
		assert.equal(blind.says('z'), 'NVMLUnavailable 0/1');
		const { metadata, spec } = await nodeOf(server, 'z1');
		assert.equal(metadata.annotations?.[marksAnnotation], undefined);
		assert.equal(
			(spec.taints ?? []).some((one: { key: string }) => one.key === key),
			false,
		);
		const [{ rules: granted }] = [(await ok(server.request('GET', `${rbac}/clusterroles/gpupolicy-nodes`))).body];
		await role('seeing', granted, 'gpupolicy-system', 'half-blind');
		await blind.until('now it sees', () => blind.says('z') === 'ForbiddenDeviceExposed 0/1');
		await blind.stop();
	});
});
