import path from 'node:path';
import process from 'node:process';
import { NodeAgent, type NodeAgentOptions } from '../../agent/node-agent.ts';
import type { EventTargets } from '../../agent/proxy-events.ts';
import { defaultSchedule } from '../../agent/report-schedule.ts';
import type { InventorySource } from '../../core/ports/inventory-source.ts';
import { liveInventory } from '../../gpu/live.ts';
import { ProcReader } from '../../host/proc/read-process.ts';
import { connect, findAccount, KubeEventRecorder } from '../../kube/index.ts';
import { PodResourcesReader } from '../../kubelet/pod-resources/pod-resources.ts';
import { CodedError, type ExitCode, exitCodes } from '../../runtime/errors.ts';
import { jsonLog, type Log } from '../../runtime/log.ts';
import { type ListenAddress, serveProbes } from '../process/serve-probes.ts';
import { untilSignal } from '../process/until-signal.ts';
import { packageVersion } from '../version.ts';
import { agentMetrics } from './agent-metrics.ts';
import { ClusterOrders } from './cluster-orders.ts';
import { ClusterPods } from './cluster-pods.ts';
import { agentManager, ClusterReport } from './cluster-report.ts';
import { KubeletAllocations } from './kubelet-allocations.ts';
import { NodeStateDirectory } from './state-directory.ts';

export interface AgentOptions {
	/** Name of the node in the cluster. */
	readonly node: string;
	readonly stateDirectory: string;
	readonly kubeletDirectory: string;
	/** `/proc` of the host. */
	readonly proc: string;
	readonly kubeconfig: string | undefined;
	readonly context: string | undefined;
	/** A recorded inventory instead of the devices. */
	readonly inventory: string | undefined;
	/** Milliseconds between two looks at the devices. */
	readonly intervalMs: number;
	/** `null`: none. */
	readonly bindAddress: ListenAddress | null;
}

/** The kubelet is given this time to say what it allocated, in milliseconds. */
const kubeletMs = 2_000;
/** A reading of the devices ends after this time, in milliseconds. */
const observeMs = 10_000;

/** Runs the agent of a node until SIGTERM or Ctrl-C. Rejects with a CodedError where it cannot start. */
export async function runAgent(options: AgentOptions): Promise<ExitCode> {
	const version = packageVersion();
	const account = findAccount(options);
	const log = jsonLog((line) => void process.stderr.write(line));
	const connection = connect(account, { userAgent: `gpupolicy/${version} (agent)`, maxRequests: 4 });
	const cluster = connection.cluster.as(agentManager);
	const state = openState(options.stateDirectory, log);
	log('info', 'started', { version, node: options.node, server: account.server.origin, context: account.context });
	let agent: NodeAgent | null = null;
	const orders = new ClusterOrders(connection.watcher, options.node, () => agent?.wake());
	const sink = new ClusterReport(cluster, connection.watcher, options.node, () => agent?.reportChanged());
	const pods = new ClusterPods(cluster, connection.watcher, options.node);
	const resources = new PodResourcesReader({ kubeletDirectory: options.kubeletDirectory, limitMs: kubeletMs, date });
	const allocations = new KubeletAllocations(resources, cluster, options.node);
	const recorder = new KubeEventRecorder(cluster, { controller: 'gpupolicy.dev/agent', instance: options.node });
	const events = { recorder, targets: eventTargets(options.node, orders, pods) };
	const stopListening = state.onPlugin(() => agent?.wake());
	try {
		return await runNodeAgent(
			options,
			version,
			log,
			() => orders.trouble,
			(made) => {
				agent = new NodeAgent({ ...made, node: options.node, orders, pods, sink, state, events, allocations });
				return agent;
			},
		);
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

const date = (): string => new Date().toISOString();

type CommonOptions = Pick<AgentOptions, 'proc' | 'inventory' | 'intervalMs' | 'bindAddress'>;

/** The part that does not ask where the orders come from: reads devices and processes, serves probes, ends by a signal. */
async function runNodeAgent(
	options: CommonOptions,
	version: string,
	log: Log,
	trouble: () => string | null,
	make: (common: Omit<NodeAgentOptions, 'node' | 'orders' | 'pods' | 'sink' | 'state' | 'events' | 'allocations'>) => NodeAgent,
): Promise<ExitCode> {
	const stop = new AbortController();
	const exit = untilSignal(stop, log);
	const inventory = await openInventory(options);
	let agent: NodeAgent | null = null;
	const { metrics, telemetry } = agentMetrics(version, () => agent);
	const unready = (): string | null => {
		const view = agent?.view;
		if (!view || view.lookedAt === null) return 'the devices have not been looked at yet';
		return view.judged ? null : (trouble() ?? 'nothing was judged yet');
	};
	const served = options.bindAddress
		? await serveProbes({ healthz: () => null, readyz: unready, metrics: () => metrics.text() }, options.bindAddress, log)
		: null;
	agent = make({
		version,
		inventory,
		processes: new ProcReader({ root: options.proc }),
		schedule: { ...defaultSchedule, random: Math.random },
		intervalMs: options.intervalMs,
		observeMs,
		now: () => performance.now(),
		date,
		log,
		telemetry,
	});
	const code = await exit;
	await agent.stop();
	await inventory.close();
	await served?.close();
	log('info', 'stopped', { exit: code });
	return code;
}

async function openInventory({ inventory, proc }: Pick<AgentOptions, 'inventory' | 'proc'>): Promise<InventorySource> {
	if (inventory === undefined) return liveInventory({ procRoot: proc });
	const { recordedSource } = await import('../../gpu/index.ts'); // reads YAML, which takes memory for good
	return recordedSource(path.resolve(inventory), inventory);
}

function openState(folder: string, log: Log): NodeStateDirectory {
	try {
		return new NodeStateDirectory(path.resolve(folder), log);
	} catch (cause) {
		throw new CodedError('GP4401', `the state directory ${folder} cannot be made: ${(cause as Error).message}`, {
			hint: 'name another one with --state-dir',
			exit: exitCodes.failed,
			cause,
		});
	}
}
