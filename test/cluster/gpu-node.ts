import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startNode, type TestNode } from '../node/index.ts';
import { openStub, type StubDevice } from '../nvml-stub/index.ts';
import type { TestCluster } from './index.ts';
import { freePort } from './ports.ts';
import { answers } from './probe.ts';
import { until } from './until.ts';

const bin = join(import.meta.dirname, '..', '..', 'bin', 'gpupolicy.js');
const account = '/api/v1/namespaces/gpupolicy-node/serviceaccounts/gpupolicy-agent/token';

export interface GpuNode extends Pick<TestNode, 'stop'> {
	/** Where agent and proxy of the node log. */
	readonly logs: string;
}

/**
 * A node with GPUs as the chart makes one: a real kubelet, our agent and our proxy, and a device plugin behind the proxy. Scripted are NVML, the
 * device plugin and the container runtime, in which nothing runs. Its agent is the service account of the manifests, which must be applied.
 */
export async function startGpuNode(
	cluster: TestCluster,
	{
		name,
		labels,
		devices,
	}: { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly devices: readonly StubDevice[] },
): Promise<GpuNode> {
	const node = await startNode(cluster, { name, labels });
	const stub = openStub({ devices });
	const stop = async (): Promise<void> => {
		await node.stop();
		stub.remove();
	};
	try {
		const state = join(node.folder, 'state');
		mkdirSync(state);
		const run = async (
			command: string,
			ready: string,
			args: readonly string[],
			env: Readonly<Record<string, string>> = {},
		): Promise<void> => {
			const port = await freePort();
			const full = [process.execPath, bin, command, `--state-dir=${state}`, `--bind-address=127.0.0.1:${port}`, ...args] as const;
			await node.run(command, full, { env, isReady: () => answers(`http://127.0.0.1:${port}${ready}`) });
		};
		await run('device-plugin', '/healthz', [`--kubelet-dir=${node.paths.devicePlugins}`, `--plugin-dir=${node.paths.plugins}`]);
		const ids = devices.map(({ uuid }) => ({ id: uuid }));
		const scenario = { devices: ids, allocate: { env: { NVIDIA_VISIBLE_DEVICES: '{ids}' } } };
		await node.startStubPlugin({ scenario, view: 'proxy', server: 'own' });
		const kubeconfig = cluster.kubeconfigFor({ token: await nodeToken(cluster, name) });
		const args = [`--node-name=${name}`, `--kubeconfig=${kubeconfig}`, `--kubelet-dir=${node.paths.kubelet}`, '--interval=2s'];
		await run('agent', '/readyz', args, added(stub.environment));
		await until(`${name} offers its devices`, async () => (await node.resource('nvidia.com/gpu')) === devices.length, 60_000);
		return { stop, logs: node.folder };
	} catch (error) {
		await stop();
		throw error;
	}
}

/** Bound to the node, as that of the agent's pod is. */
async function nodeToken(cluster: TestCluster, name: string): Promise<string> {
	const { uid } = (await cluster.request('GET', `/api/v1/nodes/${name}`)).body.metadata;
	const spec = { expirationSeconds: 86_400, boundObjectRef: { kind: 'Node', apiVersion: 'v1', name, uid } };
	const { status, body } = await cluster.request('POST', account, { spec });
	if (status !== 201) throw new Error(`no token for the agent of ${name}: ${body?.message}`);
	return body.status.token as string;
}

/** What an environment has that ours has not. */
function added(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(environment).filter(
			(entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== process.env[entry[0]],
		),
	);
}
