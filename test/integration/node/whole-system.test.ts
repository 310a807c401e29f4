import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCluster, type TestCluster, until } from '../../cluster/index.ts';
import { type GpuParts, startGpuParts } from '../../node/gpu-parts.ts';
import { startNode, type TestNode } from '../../node/index.ts';
import { policyFor, rtx3090, rtx5060 } from '../../node/mixed-gpu.ts';
import { apply, namespaces, read } from '../cluster/controller/policies.ts';
import { RunningController } from '../cluster/controller/running-controller.ts';

/** Long enough for a machine that does other things too. */
const limit = 120_000;

describe('one policy, from kubectl apply to the device that a container gets', () => {
	let cluster: TestCluster;
	let controller: RunningController;
	let node: TestNode;
	let parts: GpuParts;
	before(async () => {
		cluster = await startCluster({ components: ['kube-controller-manager', 'kube-scheduler'] });
		await namespaces(cluster);
		controller = new RunningController(cluster);
		node = await startNode(cluster, { name: 'gpu-node-1' });
		parts = await startGpuParts(cluster, node, [rtx5060, rtx3090]);
		await until('pods can be created', () => found('/api/v1/namespaces/default/serviceaccounts/default'), limit);
	});
	after(async () => {
		await controller?.end('SIGKILL');
		await node?.stop();
		parts?.driver.remove();
		await cluster?.stop();
	});

	const found = async (path: string): Promise<boolean> => (await cluster.request('GET', path)).status === 200;
	// biome-ignore lint/suspicious/noExplicitAny: objects as the server gives them
	const get = async (path: string): Promise<any> => (await cluster.request('GET', path)).body;

	/** A pod that asks for one GPU and sets the wrong order itself. */
	async function pod(name: string): Promise<void> {
		const container = {
			name: 'main',
			image: 'train',
			env: [{ name: 'CUDA_DEVICE_ORDER', value: 'FASTEST_FIRST' }],
			resources: { limits: { 'nvidia.com/gpu': '1' } },
		};
		const spec = { terminationGracePeriodSeconds: 0, containers: [container] };
		const { status, body } = await cluster.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name }, spec });
		assert.equal(status, 201, body.message);
	}
	const phase = async (name: string): Promise<string> => (await get(`/api/v1/namespaces/default/pods/${name}`)).status.phase;
	const runs = (name: string) => until(`pod ${name} runs`, async () => (await phase(name)) === 'Running', limit);

	/** The last value of a variable, which is the one that counts, in the container that the pod got. */
	function variable(name: string, of: string): string | undefined {
		const made = node.containers().findLast((each) => each.pod === of);
		return made?.env.findLast((each) => each.name === name)?.value;
	}
	// biome-ignore lint/suspicious/noExplicitAny: a condition as the server gives it
	const condition = async (type: string): Promise<any> =>
		(await read(cluster, 'mixed'))?.status?.conditions?.find((each) => each.type === type);
	const says = (type: string, status: string, reason: string) =>
		until(
			`${type} is ${status}/${reason}`,
			async () => {
				const now = await condition(type);
				return now?.status === status && now.reason === reason && now;
			},
			limit,
		);

	it('hands out every device while no policy selects the node', async () => {
		await until('both devices', async () => (await node.resource('nvidia.com/gpu')) === 2, limit);
	});

	it('places a pod on the allowed device only, with the environment of the policy', async () => {
		await apply(cluster, 'mixed', policyFor(rtx3090, rtx5060));
		await says('AdmissionProgrammed', 'True', 'PolicyActive');
		await until('one device is left', async () => (await node.resource('nvidia.com/gpu')) === 1, limit);
		assert.equal(await node.resource('nvidia.com/gpu', 'capacity'), 2, 'the other is hidden, not removed');
		await pod('first');
		await runs('first');
		assert.equal(variable('NVIDIA_VISIBLE_DEVICES', 'first'), rtx3090.uuid);
		assert.equal(variable('CUDA_DEVICE_ORDER', 'first'), 'PCI_BUS_ID');
		await pod('second');
		await until(
			'the second has no device to go to',
			async () =>
				/Insufficient nvidia\.com\/gpu/.test(JSON.stringify((await get('/api/v1/namespaces/default/pods/second')).status)),
			limit,
		);
	});

	it('says so, with the evidence', async () => {
		const { message } = await says('NodesValidated', 'True', 'AllCompliant');
		assert.match(message, /NVML/);
		await until(
			'kubectl get gpol says that pods and nodes are in order',
			async () =>
				/^mixed +True +Enforce +- +2\/2 +1\/1 +Converged /m.test((await cluster.kubectl(['get', 'gpol', 'mixed'])).stdout),
			limit,
		);
		const report = await cluster.kubectl(['get', 'gpunodereports', 'gpu-node-1', '-o', 'json']);
		const { devices } = JSON.parse(report.stdout).status as { devices: { uuid: string; verdicts?: unknown }[] };
		assert.deepEqual(devices.map(({ uuid }) => uuid).sort(), [rtx3090.uuid, rtx5060.uuid].sort());
	});

	it('leaves a pod alone whose device becomes forbidden, and says on the policy and on the node that it is there', async () => {
		await apply(cluster, 'mixed', policyFor(rtx5060, rtx3090));
		const { message } = await says('NodesValidated', 'False', 'ForbiddenDeviceExposed');
		assert.match(message, /gpu-node-1/);
		assert.equal(await phase('first'), 'Running');
		const taints = async () => (await get('/api/v1/nodes/gpu-node-1')).spec.taints ?? [];
		await until(
			'the node is tainted',
			async () => (await taints()).some((each: { key: string }) => each.key === 'gpupolicy.dev/forbidden-device'),
			limit,
		);
		assert.equal((await get('/api/v1/nodes/gpu-node-1')).metadata.labels['gpupolicy.dev/compliant'], 'false');
		assert.equal(await phase('second'), 'Pending', 'the taint keeps new pods away while the device is in use');
	});

	it('is in order again when that pod has gone, and gives the next one the other device', async () => {
		await cluster.request('DELETE', '/api/v1/namespaces/default/pods/first');
		await runs('second');
		assert.equal(variable('NVIDIA_VISIBLE_DEVICES', 'second'), rtx5060.uuid);
		await says('NodesValidated', 'True', 'AllCompliant');
		assert.deepEqual(
			node.containers().map((each) => each.pod),
			['first', 'second'],
			'no container was ever started anew',
		);
	});
});
