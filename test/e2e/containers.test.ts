import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCluster, type TestCluster, until } from '../cluster/index.ts';
import { apply, namespaces, read } from '../integration/cluster/controller/policies.ts';
import { RunningController } from '../integration/cluster/controller/running-controller.ts';
import { image } from '../node/containerd/image.ts';
import { type ContainerdNode, startContainerdNode } from '../node/containerd/start-node.ts';

/** Long enough for a machine that does other things too. */
const limit = 120_000;

describe('a program in a container that containerd and runc have started', () => {
	let cluster: TestCluster;
	let node: ContainerdNode;
	let controller: RunningController;
	before(async () => {
		cluster = await startCluster({ components: ['kube-controller-manager', 'kube-scheduler'] });
		await namespaces(cluster);
		controller = new RunningController(cluster);
		node = await startContainerdNode(cluster);
		await node.startStubPlugin({
			server: 'own',
			scenario: {
				devices: [{ id: 'GPU-3090' }, { id: 'GPU-5060' }],
				options: { preStartRequired: true },
				allocate: { env: { NVIDIA_VISIBLE_DEVICES: '{ids}' } },
			},
		});
		await until('the devices are there', async () => (await node.resource('nvidia.com/gpu')) === 2, limit);
	});
	after(async () => {
		await controller?.end('SIGKILL');
		await node?.stop();
		await cluster?.stop();
	});

	/** A pod that asks for one GPU, once it runs; and the environment that the kernel holds of its program. */
	async function environmentOf(
		name: string,
		env: readonly { readonly name: string; readonly value: string }[],
	): Promise<string[]> {
		const container = { name: 'main', image, imagePullPolicy: 'Never', env, resources: { limits: { 'nvidia.com/gpu': '1' } } };
		const spec = { hostNetwork: true, terminationGracePeriodSeconds: 0, containers: [container] };
		await until(
			'the service account is there',
			async () => (await cluster.request('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200,
			limit,
		);
		const { status, body } = await cluster.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name }, spec });
		assert.equal(status, 201, body.message);
		const line = await until(
			`${name} has written its environment`,
			() => /stdout F (.*)/.exec(node.logs('default', name, 'main')[0] ?? '')?.[1],
			limit,
		);
		return JSON.parse(line) as string[];
	}

	it('has the variables of the policy in /proc/1/environ, whatever its pod says', async () => {
		await apply(cluster, 'order', {
			mode: 'Enforce',
			env: [
				{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' },
				{ name: 'PYTORCH_ALLOC_CONF', value: 'max_split_size_mb:1024' },
			],
			workloads: { containers: { scope: 'RequestingGpu' } },
		});
		await until(
			'admission enforces the policy',
			async () =>
				(await read(cluster, 'order'))?.status?.conditions?.some(
					({ type, status }) => type === 'AdmissionProgrammed' && status === 'True',
				),
			limit,
		);
		const environ = await environmentOf('wrong', [
			{ name: 'CUDA_DEVICE_ORDER', value: 'FASTEST_FIRST' },
			{ name: 'OTHER', value: 'stays' },
		]);
		const named = (name: string): string[] => environ.filter((each) => each.startsWith(`${name}=`));
		assert.deepEqual(named('CUDA_DEVICE_ORDER'), ['CUDA_DEVICE_ORDER=PCI_BUS_ID']);
		assert.deepEqual(named('PYTORCH_ALLOC_CONF'), ['PYTORCH_ALLOC_CONF=max_split_size_mb:1024']);
		assert.deepEqual(named('OTHER'), ['OTHER=stays']);
		assert.match(named('NVIDIA_VISIBLE_DEVICES').join(), /^NVIDIA_VISIBLE_DEVICES=GPU-(3090|5060)$/);
	});
});
