import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseQuantity } from '../../src/core/desired/quantity.ts';
import type { Component } from '../cluster/component.ts';
import type { TestCluster } from '../cluster/index.ts';
import { freePort } from '../cluster/ports.ts';
import { answers } from '../cluster/probe.ts';
import { toolPath } from '../cluster/tools/build.ts';
import { until } from '../cluster/until.ts';
import { kubeletArguments, kubeletConfig } from './kubelet-config.ts';
import type { Machine, RunOptions } from './machine.ts';
import type { Command } from './namespace.ts';
import { StubPlugin } from './plugin.ts';
import { type PluginScenario, writeScenario } from './scenario.ts';
import { listens } from './socket.ts';

export interface NodeOptions {
	/** Default `node-1`. */
	readonly name?: string;
	/** Of the Node object. */
	readonly labels?: Readonly<Record<string, string>>;
}

export interface PluginOptions extends RunOptions {
	/** Name of the process, where there are several; default `vendor-plugin`. */
	readonly name?: string;
}

export interface StubPluginOptions extends PluginOptions {
	/** Resource that it registers; default `nvidia.com/gpu`. */
	readonly resource?: string;
	readonly scenario: PluginScenario;
	/** `stub` (default): on Kubernetes' Stub; `own`: on a server that can also lie. */
	readonly server?: 'stub' | 'own';
}

/** A real kubelet that has joined a test cluster. */
export interface KubeletNode {
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
		/** Empty folder for a proxy that plays the kubelet to the plugins with `view: 'proxy'`: `/run/gpupolicy/plugins` of the node. */
		readonly plugins: string;
	};
	readonly kubelet: Component;
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

interface Condition {
	readonly type: string;
	readonly status: string;
}

/** Starts the kubelet of a machine that has a container runtime, and resolves when the node is Ready. */
export async function startKubelet(
	cluster: TestCluster,
	{ name = 'node-1', labels = {} }: NodeOptions,
	machine: Machine,
	runtimeSocket: string,
): Promise<KubeletNode> {
	const programs = {
		kubelet: await toolPath('kubelet'),
		plugin: await toolPath('device-plugin'),
		sample: await toolPath('sample-device-plugin'),
	};
	const paths = {
		kubelet: join(machine.namespace.lib, 'kubelet'),
		devicePlugins: join(machine.namespace.lib, 'kubelet', 'device-plugins'),
		podResources: join(machine.namespace.lib, 'kubelet', 'pod-resources', 'kubelet.sock'),
		plugins: machine.plugins,
	};
	mkdirSync(paths.devicePlugins);

	const plan = {
		name,
		labels,
		kubeconfig: cluster.kubeconfigFor(cluster.user(`system:node:${name}`, ['system:nodes'])),
		ports: { api: await freePort(), health: await freePort() },
		runtimeSocket,
		podLogs: machine.at('pods'),
		config: machine.at('kubelet.json'),
	};
	writeFileSync(plan.config, JSON.stringify(kubeletConfig(plan)));
	const registers = join(paths.devicePlugins, 'kubelet.sock');
	const kubelet = machine.inside('kubelet', [programs.kubelet, ...kubeletArguments(plan)], {
		// The socket of a kubelet that was killed is still there, but nobody listens on it.
		isReady: async () => (await answers(`http://127.0.0.1:${plan.ports.health}/healthz`)) && listens(registers),
	});
	await kubelet.start();
	// biome-ignore lint/suspicious/noExplicitAny: a Node as the server gives it
	const ask = async (): Promise<any> => (await cluster.request('GET', `/api/v1/nodes/${name}`)).body;
	await until(
		`node ${name} is Ready`,
		async () => (await ask()).status?.conditions?.some((each: Condition) => each.type === 'Ready' && each.status === 'True'),
		120_000,
	);

	const run: KubeletNode['run'] = async (process, command, options) => {
		const started = machine.inside(process, command, options);
		await started.start();
		return started;
	};
	return {
		name,
		folder: machine.folder,
		paths,
		kubelet,
		run,
		restartKubelet: () => kubelet.restart(),
		resource: async (resource, of = 'allocatable') => {
			const amount = (await ask()).status?.[of]?.[resource];
			return amount === undefined ? undefined : Number(parseQuantity(amount)); // 10,000 is `10k`.
		},
		startStubPlugin: async ({
			resource = 'nvidia.com/gpu',
			scenario,
			server = 'stub',
			name: process = 'vendor-plugin',
			...rest
		}) => {
			const script = machine.at(`${process}.json`);
			const journal = machine.at(`${process}.ndjson`);
			writeScenario(script, scenario);
			const args = [`-resource=${resource}`, `-scenario=${script}`, `-journal=${journal}`, `-server=${server}`];
			return new StubPlugin(await run(process, [programs.plugin, ...args], rest), script, journal);
		},
		startSamplePlugin: ({ name: process = 'sample-device-plugin', ...rest } = {}) => run(process, [programs.sample], rest),
		stop: () => machine.stop(),
	};
}
