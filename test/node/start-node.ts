import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseQuantity } from '../../src/core/desired/quantity.ts';
import { Component } from '../cluster/component.ts';
import type { TestCluster } from '../cluster/index.ts';
import { freePort } from '../cluster/ports.ts';
import { answers } from '../cluster/probe.ts';
import { Supervised } from '../cluster/processes/supervised.ts';
import { toolPath } from '../cluster/tools/build.ts';
import { until } from '../cluster/until.ts';
import { type CreatedContainer, createdContainers } from './created-containers.ts';
import { kubeletArguments, kubeletConfig } from './kubelet-config.ts';
import { type Command, Namespace } from './namespace.ts';
import { StubPlugin } from './plugin.ts';
import { type PluginScenario, writeScenario } from './scenario.ts';
import { listens, post } from './socket.ts';

export interface NodeOptions {
	/** Default `node-1`. */
	readonly name?: string;
	/** Of the Node object. */
	readonly labels?: Readonly<Record<string, string>>;
}

/** What a process of a node sees where the kubelet and every plugin look for the sockets of device plugins. */
export type View =
	/** The kubelet's own folder. */
	| 'kubelet'
	/** `plugins`, mounted over it: the folder of a proxy that plays the kubelet. */
	| 'proxy';

export interface RunOptions {
	/** Default `kubelet`. */
	readonly view?: View;
	/** Added to the environment. */
	readonly env?: Readonly<Record<string, string>>;
	/** Whether it serves now; must not reject. By default it is not waited for. */
	readonly isReady?: () => Promise<boolean>;
}

export interface PluginOptions extends RunOptions {
	/** Name of the process, where there are several; default `device-plugin`. */
	readonly name?: string;
}

export interface StubPluginOptions extends PluginOptions {
	/** Resource that it registers; default `nvidia.com/gpu`. */
	readonly resource?: string;
	readonly scenario: PluginScenario;
	/** `stub` (default): on Kubernetes' Stub; `own`: on a server that can also lie. */
	readonly server?: 'stub' | 'own';
}

/** A real kubelet that has joined a test cluster, against a fake container runtime: nothing runs in its pods. */
export interface TestNode {
	readonly name: string;
	/** Temporary folder of everything that belongs to the node; removed at the end. */
	readonly folder: string;
	/** Paths outside of its namespace; unix sockets below them are those of the node, so that its processes may also run outside. */
	readonly paths: {
		/** `/var/lib/kubelet` of the node. */
		readonly kubelet: string;
		/** Where device plugins and `kubelet.sock` have their sockets. */
		readonly devicePlugins: string;
		/** Socket of the PodResources API. */
		readonly podResources: string;
		/** Empty folder for a proxy that plays the kubelet to the plugins with `view: 'proxy'`. */
		readonly plugins: string;
	};
	readonly kubelet: Component;
	readonly runtime: Component;
	/** The CreateContainer requests so far. */
	containers(): CreatedContainer[];
	/** Ends a container as if its program had ended; the kubelet sees it within a second and restarts it as the pod wants. */
	endContainer(namespace: string, pod: string, container: string, exitCode?: number): Promise<void>;
	/** kill -9 of the kubelet, and its start; resolves when device plugins can register again. */
	restartKubelet(): Promise<void>;
	/** The number in the node's status now; undefined where the resource is unknown. */
	resource(name: string, of?: 'allocatable' | 'capacity'): Promise<number | undefined>;
	startStubPlugin(options: StubPluginOptions): Promise<StubPlugin>;
	/** Kubernetes' own sample: two devices of `example.com/resource`. */
	startSamplePlugin(options?: PluginOptions): Promise<Component>;
	/** Runs a program in the namespace of the node; paths must be absolute. `name` is that of its log, and unique in the node. */
	run(name: string, command: Command, options?: RunOptions): Promise<Component>;
	/** Kills what was started, nothing else, and removes the folder. The Node object stays. */
	stop(): Promise<void>;
}

/** Starts a node and resolves when it is Ready. It ends with `stop()`, and at the latest with this process, however that ends. */
export async function startNode(cluster: TestCluster, options: NodeOptions = {}): Promise<TestNode> {
	const programs = {
		kubelet: await toolPath('kubelet'),
		runtime: await toolPath('container-runtime'),
		plugin: await toolPath('device-plugin'),
		sample: await toolPath('sample-device-plugin'),
	};
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gpupolicy-node-')));
	const processes = new Supervised(folder);
	try {
		return await start(cluster, options, folder, processes, programs);
	} catch (error) {
		await processes.stop();
		throw error;
	}
}

async function start(
	cluster: TestCluster,
	{ name = 'node-1', labels = {} }: NodeOptions,
	folder: string,
	processes: Supervised,
	programs: Readonly<Record<'kubelet' | 'runtime' | 'plugin' | 'sample', string>>,
): Promise<TestNode> {
	const at = (path: string): string => join(folder, path);
	const component = (process: string, [command, ...args]: Command, isReady = async () => true): Component =>
		new Component({ name: process, command, args, log: at(`${process}.log`), isReady }, processes);

	const namespace = await Namespace.open(folder, processes);
	const paths = {
		kubelet: join(namespace.lib, 'kubelet'),
		devicePlugins: join(namespace.lib, 'kubelet', 'device-plugins'),
		podResources: join(namespace.lib, 'kubelet', 'pod-resources', 'kubelet.sock'),
		plugins: at('plugins'),
	};
	for (const path of [paths.devicePlugins, paths.plugins]) mkdirSync(path);

	const runtimeSocket = at('cri.sock');
	const controlSocket = at('control.sock');
	const requests = at('requests.ndjson');
	const runtime = component(
		'container-runtime',
		[programs.runtime, `-socket=${runtimeSocket}`, `-control=${controlSocket}`, `-requests=${requests}`],
		() => listens(runtimeSocket),
	);
	await runtime.start();

	const plan = {
		name,
		labels,
		kubeconfig: cluster.kubeconfigFor(cluster.user(`system:node:${name}`, ['system:nodes'])),
		ports: { api: await freePort(), health: await freePort() },
		runtimeSocket,
		podLogs: at('pods'),
		config: at('kubelet.json'),
	};
	writeFileSync(plan.config, JSON.stringify(kubeletConfig(plan)));
	const kubelet = component(
		'kubelet',
		namespace.enter([programs.kubelet, ...kubeletArguments(plan)]),
		// The socket of a kubelet that was killed is still there, but nobody listens on it.
		async () =>
			(await answers(`http://127.0.0.1:${plan.ports.health}/healthz`)) && listens(join(paths.devicePlugins, 'kubelet.sock')),
	);
	await kubelet.start();
	// biome-ignore lint/suspicious/noExplicitAny: a Node as the server gives it
	const ask = async (): Promise<any> => (await cluster.request('GET', `/api/v1/nodes/${name}`)).body;
	await until(
		`node ${name} is Ready`,
		async () => (await ask()).status?.conditions?.some((each: Condition) => each.type === 'Ready' && each.status === 'True'),
		120_000,
	);

	const run: TestNode['run'] = async (process, command, { view = 'kubelet', env = {}, isReady } = {}) => {
		const full: Command = ['env', ...Object.entries(env).map(([key, value]) => `${key}=${value}`), ...command];
		const started = component(
			process,
			view === 'kubelet' ? namespace.enter(full) : namespace.enterOver(paths.plugins, full),
			isReady,
		);
		await started.start();
		return started;
	};
	return {
		name,
		folder,
		paths,
		kubelet,
		runtime,
		run,
		containers: () => createdContainers(requests),
		endContainer: (space, pod, container, code = 1) =>
			post(controlSocket, `/exit?${new URLSearchParams({ namespace: space, pod, container, code: String(code) })}`),
		restartKubelet: () => kubelet.restart(),
		resource: async (resource, of = 'allocatable') => {
			const amount = (await ask()).status?.[of]?.[resource];
			return amount === undefined ? undefined : Number(parseQuantity(amount)); // 10,000 is `10k`.
		},
		startStubPlugin: async ({
			resource = 'nvidia.com/gpu',
			scenario,
			server = 'stub',
			name: process = 'device-plugin',
			...rest
		}) => {
			const script = at(`${process}.json`);
			const journal = at(`${process}.ndjson`);
			writeScenario(script, scenario);
			const args = [`-resource=${resource}`, `-scenario=${script}`, `-journal=${journal}`, `-server=${server}`];
			return new StubPlugin(await run(process, [programs.plugin, ...args], rest), script, journal);
		},
		startSamplePlugin: ({ name: process = 'sample-device-plugin', ...rest } = {}) => run(process, [programs.sample], rest),
		stop: () => processes.stop(),
	};
}

interface Condition {
	readonly type: string;
	readonly status: string;
}
