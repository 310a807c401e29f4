import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pluginMethods } from '../../../src/kubelet/device-plugin/index.ts';
import { GrpcClient } from '../../../src/kubelet/grpc/index.ts';
import { startCluster, type TestCluster } from '../../cluster/index.ts';
import { RunningAgent } from '../../integration/cluster/agent/running-agent.ts';
import { decode } from '../../integration/device-plugin/api.ts';
import { runProxy } from '../../integration/device-plugin/running-proxy.ts';
import type { RunningCommand } from '../../integration/running-command.ts';
import { type PluginScenario, type StubPlugin, startNode, type TestNode } from '../../node/index.ts';
import { openStub, type Stub, type StubDevice, twoDevices } from '../../nvml-stub/index.ts';

export const resource = 'nvidia.com/gpu';
export const policyPath = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';

/** GPUs of both kinds in turn, as many as a large machine has. */
export const gpus: readonly StubDevice[] = Array.from({ length: 16 }, (_, index) => ({
	...(twoDevices[index % 2] as StubDevice),
	uuid: `GPU-00000000-0000-0000-0000-${String(index).padStart(12, '0')}`,
	pciBusId: `00000000:${(index + 1).toString(16).padStart(2, '0').toUpperCase()}:00.0`,
}));

/** One node with all that runs on it for real: API server, kubelet, a device plugin in Go, the agent and the proxy; only the driver is played. */
export class NodeBed {
	readonly cluster: TestCluster;
	readonly node: TestNode;
	readonly plugin: StubPlugin;
	readonly proxy: RunningCommand;
	readonly #agent: RunningAgent;
	readonly #stub: Stub;
	readonly #stateDir: string;

	private constructor(parts: {
		cluster: TestCluster;
		node: TestNode;
		plugin: StubPlugin;
		proxy: RunningCommand;
		agent: RunningAgent;
		stub: Stub;
		stateDir: string;
	}) {
		this.cluster = parts.cluster;
		this.node = parts.node;
		this.plugin = parts.plugin;
		this.proxy = parts.proxy;
		this.#agent = parts.agent;
		this.#stub = parts.stub;
		this.#stateDir = parts.stateDir;
	}

	/** Resolves when the kubelet hands out what the policy `bench` allows. */
	static async open(): Promise<NodeBed> {
		const cluster = await startCluster();
		const { status, body } = await cluster.request('POST', policyPath, {
			apiVersion: 'gpupolicy.dev/v1alpha1',
			kind: 'GpuPolicy',
			metadata: { name: 'bench' },
			spec: {
				mode: 'Enforce',
				devices: devicesOf(0),
				nodes: {},
				workloads: {},
				env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }],
			},
		});
		if (status !== 201) throw new Error(body.message);
		const node = await startNode(cluster);
		const stateDir = join(node.folder, 'state');
		mkdirSync(stateDir);
		const stub = openStub({ devices: gpus });
		const agent = new RunningAgent({ node: node.name, stub, kubeconfig: cluster.kubeconfig, stateDirectory: stateDir });
		const { devicePlugins: kubeletDir, plugins: pluginDir } = node.paths;
		const proxy = runProxy({ stateDir, kubeletDir, pluginDir, endpointDir: 'gpupolicy' });
		await proxy.says(({ msg }) => msg === 'serving probes and metrics');
		const plugin = await node.startStubPlugin({ view: 'proxy', scenario: all });
		const bed = new NodeBed({ cluster, node, plugin, proxy, agent, stub, stateDir });
		await proxy.until('half of the devices are handed out', async () => (await node.resource(resource)) === gpus.length / 2);
		return bed;
	}

	/** The socket of the plugin itself, and that of the proxy for it. */
	get sockets(): { readonly plugin: string; readonly proxy: string } {
		const { resources } = JSON.parse(readFileSync(join(this.#stateDir, 'device-plugin.json'), 'utf8'));
		return {
			plugin: join(this.node.paths.plugins, resources[0].endpoint),
			proxy: join(this.node.paths.devicePlugins, 'gpupolicy', 'nvidia.com_gpu.sock'),
		};
	}

	/** Follows the list beside the kubelet: both get it at one time. */
	follow(onList: (healthy: number, devices: number) => void): GrpcClient {
		const client = new GrpcClient(this.sockets.proxy);
		const take = (bytes: Uint8Array): void => {
			const { devices } = decode('ListAndWatchResponse', bytes);
			onList(devices.filter(({ health }: { health: string }) => health === 'Healthy').length, devices.length);
		};
		client.stream(pluginMethods.listAndWatch, new Uint8Array(0), take).catch(() => {});
		return client;
	}

	/** Resident memory of the proxy in MB, now and at the most. */
	memory(): { readonly now: number; readonly most: number } {
		const status = readFileSync(`/proc/${this.proxy.pid}/status`, 'latin1');
		const of = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1000;
		return { now: of('VmRSS'), most: of('VmHWM') };
	}

	async close(): Promise<void> {
		await this.#agent.end();
		await this.proxy.end();
		await this.node.stop();
		await this.cluster.stop();
		this.#stub.remove();
	}
}

/** What the plugin lists and answers. */
export const all: PluginScenario = {
	devices: gpus.map(({ uuid }) => ({ id: uuid, numa: [0] })),
	allocate: { env: { NVIDIA_VISIBLE_DEVICES: '{ids}' } },
};

/** Allows the one kind of GPU or the other. */
export function devicesOf(kind: number): object {
	return { allow: [{ productName: gpus[kind]?.name }] };
}
