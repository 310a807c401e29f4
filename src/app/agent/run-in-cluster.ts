import process from 'node:process';
import type { NodeAgent } from '../../agent/node-agent.ts';
import type { EventTargets } from '../../agent/proxy-events.ts';
import { connect, findAccount, KubeEventRecorder } from '../../kube/index.ts';
import { PodResourcesReader } from '../../kubelet/pod-resources/pod-resources.ts';
import type { ExitCode } from '../../runtime/errors.ts';
import { jsonLog } from '../../runtime/log.ts';
import { packageVersion } from '../version.ts';
import { ClusterOrders } from './cluster-orders.ts';
import { ClusterPods } from './cluster-pods.ts';
import { agentManager, ClusterReport } from './cluster-report.ts';
import { KubeletAllocations } from './kubelet-allocations.ts';
import { type NodeAgentSetting, runNodeAgent } from './run-node-agent.ts';
import { openStateDirectory } from './state-directory.ts';

export interface ClusterAgentOptions extends NodeAgentSetting {
	/** Name of the node in the cluster. */
	readonly node: string;
	readonly kubeconfig: string | undefined;
	readonly context: string | undefined;
}

/** Runs the agent of a node of a cluster. Rejects with a CodedError where it cannot start. */
export async function runInCluster(options: ClusterAgentOptions): Promise<ExitCode> {
	const { node } = options;
	const version = packageVersion();
	const account = findAccount(options);
	const log = jsonLog((line) => void process.stderr.write(line));
	const state = openStateDirectory(options.stateDirectory, log);
	const connection = connect(account, { userAgent: `gpupolicy/${version} (agent)`, maxRequests: 4 });
	const cluster = connection.cluster.as(agentManager);
	log('info', 'started', { version, node, server: account.server.origin, context: account.context });
	let agent: NodeAgent | null = null;
	const orders = new ClusterOrders(connection.watcher, node, () => agent?.wake());
	const sink = new ClusterReport(cluster, connection.watcher, node, () => agent?.reportChanged());
	const pods = new ClusterPods(cluster, connection.watcher, node);
	const allocations = new KubeletAllocations(new PodResourcesReader(options), cluster, node);
	const recorder = new KubeEventRecorder(cluster, { controller: 'gpupolicy.dev/agent', instance: node });
	const stopListening = state.onChange(() => agent?.wake());
	try {
		const parts = {
			...{ node, orders, pods, allocations, sink, state },
			events: { recorder, targets: eventTargets(node, orders, pods) },
			trouble: () => orders.trouble ?? sink.trouble,
			started: (made: NodeAgent) => {
				agent = made;
			},
		};
		return await runNodeAgent(options, parts, version, log);
	} finally {
		stopListening();
		allocations.close();
		await recorder.close();
		await Promise.all([orders.stop(), sink.stop(), pods.stop()]);
		await connection.close();
	}
}

function eventTargets(node: string, orders: ClusterOrders, pods: ClusterPods): EventTargets {
	return {
		node: () =>
			orders.nodeUid === null ? null : { apiVersion: 'v1', kind: 'Node', metadata: { name: node, uid: orders.nodeUid } },
		pod: (namespace, name) => {
			const uid = pods.uidOf(namespace, name);
			return uid === null ? null : { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, uid } };
		},
	};
}
