import { type GpuParts, startGpuParts } from '../node/gpu-parts.ts';
import { startNode, type TestNode } from '../node/index.ts';
import { rtx3090, rtx5060 } from '../node/mixed-gpu.ts';
import type { TestCluster } from './index.ts';
import { until } from './until.ts';

/** The nodes of `npm run cluster`. */
export interface UpNodes {
	/** What to say of them, for a person. */
	readonly said: string;
	stop(): Promise<void>;
}

/** One with two sorts of cards, and one with a single sort. */
const machines = [
	{ name: 'gpu-node-1', devices: [rtx5060, rtx3090] },
	{
		name: 'gpu-node-2',
		devices: [1, 2].map((n) => ({ ...rtx3090, uuid: rtx3090.uuid.replace('3f0c5a77', `7e1d00a${n}`), bus: [0, n, 0] as const })),
	},
];

/** Real kubelets with our agent and proxy, a scripted NVML and a scripted device plugin. The manifests must be applied. */
export async function startKubelets(cluster: TestCluster): Promise<UpNodes> {
	const running: { readonly node: TestNode; readonly parts?: GpuParts }[] = [];
	const stop = async (): Promise<void> => {
		for (const { node, parts } of running) {
			await node.stop();
			parts?.driver.remove();
		}
	};
	try {
		for (const { name, devices } of machines) {
			const node = await startNode(cluster, { name, labels: { 'nvidia.com/gpu.present': 'true' } });
			const number = running.push({ node }) - 1;
			running[number] = { node, parts: await startGpuParts(cluster, node, devices) };
			await until(`${name} offers its GPUs`, async () => (await node.resource('nvidia.com/gpu')) === devices.length, 120_000);
		}
	} catch (error) {
		await stop();
		throw error;
	}
	const names = machines.map(({ name }) => name).join(' and ');
	return {
		said: `the nodes ${names}\nwith logs of agent and proxy in ${running.map(({ node }) => node.folder).join(' and ')}`,
		stop,
	};
}

/** Where no kubelet can run: nodes that kwok keeps alive, with the labels that GPU feature discovery gives in place of devices and of an agent. */
export async function createKwokNodes(cluster: TestCluster, why: string): Promise<UpNodes> {
	for (const { name, devices } of machines) {
		const [card] = devices; // A label holds one product, so the mixed machine has but its first.
		const resources = {
			cpu: '16',
			memory: '64Gi',
			pods: '110',
			'nvidia.com/gpu': String(name === 'gpu-node-1' ? 1 : devices.length),
		};
		const labels = {
			'nvidia.com/gpu.present': 'true',
			'nvidia.com/gpu.product': card?.name.replaceAll(' ', '-'),
			'nvidia.com/gpu.count': resources['nvidia.com/gpu'],
			'nvidia.com/gpu.memory': String((card?.memory?.total ?? 0) / 1024 ** 2),
		};
		const { status, body } = await cluster.request('POST', '/api/v1/nodes', {
			metadata: { name, labels, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
			status: { allocatable: resources, capacity: resources },
		});
		if (status !== 201) throw new Error(`no node ${name}: ${body.message}`);
	}
	const names = machines.map(({ name }) => name).join(' and ');
	return {
		said: `the nodes ${names}\nplayed by kwok, with labels in place of devices, since no kubelet can run here (${why})`,
		stop: async () => {},
	};
}
