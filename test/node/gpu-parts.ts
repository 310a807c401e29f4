import { join } from 'node:path';
import type { Component } from '../cluster/component.ts';
import { type TestCluster, until } from '../cluster/index.ts';
import { freePort } from '../cluster/ports.ts';
import { answers } from '../cluster/probe.ts';
import { openStub, type Stub, type StubDevice } from '../nvml-stub/index.ts';
import type { KubeletNode } from './kubelet-node.ts';
import type { StubPlugin } from './plugin.ts';

const bin = join(import.meta.dirname, '..', '..', 'bin', 'gpupolicy.js');

/** What an installation runs on a node with GPUs, as programs of their own: our agent and our proxy, and a plugin in the place of the vendor's. */
export interface GpuParts {
	/** The driver that the agent reads. */
	readonly driver: Stub;
	readonly proxy: Component;
	readonly agent: Component;
	/** The metrics of the agent now. */
	readonly metrics: () => Promise<string>;
	/** It hands out the same devices by their UUIDs, as `nvidia.com/gpu`. */
	readonly plugin: StubPlugin;
}

/** Starts them, and resolves when the kubelet knows the devices, allowed or not. They end with the node, but for `driver.remove()`. */
export async function startGpuParts(cluster: TestCluster, node: KubeletNode, devices: readonly StubDevice[]): Promise<GpuParts> {
	const driver = openStub({ devices });
	const { GPUPOLICY_NVML_LIBRARY = '', NVML_STUB_SCENARIO = '', NVML_STUB_LOG = '' } = driver.environment;
	const env = { GPUPOLICY_NVML_LIBRARY, NVML_STUB_SCENARIO, NVML_STUB_LOG };
	const kubeconfig = cluster.kubeconfigFor({ token: await tokenOfAgent(cluster, node.name) });
	const start = async (name: string, port: number, ...args: readonly string[]): Promise<Component> =>
		node.run(name, [process.execPath, bin, name, ...args, `--bind-address=127.0.0.1:${port}`], {
			env,
			isReady: () => answers(`http://127.0.0.1:${port}/healthz`),
		});
	const proxy = await start('device-plugin', await freePort());
	const plugin = await node.startStubPlugin({
		view: 'proxy',
		server: 'own',
		scenario: {
			devices: devices.map(({ uuid }) => ({ id: uuid })),
			allocate: { env: { NVIDIA_VISIBLE_DEVICES: '{ids}' } },
		},
	});
	const port = await freePort();
	const agent = await start('agent', port, `--node-name=${node.name}`, `--kubeconfig=${kubeconfig}`, '--interval=1s');
	await until(
		'the kubelet knows the devices',
		async () => (await node.resource('nvidia.com/gpu', 'capacity')) === devices.length,
		120_000,
	);
	const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
	return { driver, proxy, agent, metrics, plugin };
}

/** A token as the kubelet gets one for a pod of the DaemonSet: it says on which node it is used. */
async function tokenOfAgent(cluster: TestCluster, node: string): Promise<string> {
	const { uid } = (await cluster.request('GET', `/api/v1/nodes/${node}`)).body.metadata;
	const spec = { expirationSeconds: 86_400, boundObjectRef: { kind: 'Node', apiVersion: 'v1', name: node, uid } };
	const url = '/api/v1/namespaces/gpupolicy-node/serviceaccounts/gpupolicy-agent/token';
	const { status, body } = await cluster.request('POST', url, { spec });
	if (status !== 201) throw new Error(`no token for the agent: ${body.message}`);
	return body.status.token;
}
