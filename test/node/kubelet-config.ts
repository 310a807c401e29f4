import { networkInterfaces } from 'node:os';

/** Of a KubeletConfiguration and a command line, what tells one node from another. */
export interface KubeletPlan {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly kubeconfig: string;
	/** Of its API, and of its health endpoint. */
	readonly ports: { readonly api: number; readonly health: number };
	/** Of the container runtime. */
	readonly runtimeSocket: string;
	/** Folder for the logs of pods; their constant place is in the log folder of the machine. */
	readonly podLogs: string;
	/** Path of the file that takes the configuration. */
	readonly config: string;
}

/** A kubelet that any user can run beside others on any machine: no cgroups, no iptables, no limits of its disk. */
export function kubeletConfig({ ports, runtimeSocket, podLogs }: KubeletPlan): object {
	return {
		apiVersion: 'kubelet.config.k8s.io/v1beta1',
		kind: 'KubeletConfiguration',
		address: '127.0.0.1',
		port: ports.api,
		healthzBindAddress: '127.0.0.1',
		healthzPort: ports.health,
		authentication: { anonymous: { enabled: false }, webhook: { enabled: false } },
		authorization: { mode: 'AlwaysAllow' },
		containerRuntimeEndpoint: `unix://${runtimeSocket}`,
		podLogsDir: podLogs,
		volumePluginDir: '/var/lib/kubelet/volume-plugins',
		featureGates: { KubeletInUserNamespace: true },
		failCgroupV1: false,
		failSwapOn: false,
		cgroupsPerQOS: false,
		enforceNodeAllocatable: [],
		makeIPTablesUtilChains: false,
		localStorageCapacityIsolation: false,
		// Neither a full disk nor little memory of the machine may move a pod.
		evictionHard: Object.fromEntries(
			['memory.available', 'nodefs.available', 'nodefs.inodesFree', 'imagefs.available', 'pid.available'].map((signal) => [
				signal,
				'0%',
			]),
		),
		imageGCHighThresholdPercent: 100,
		nodeStatusUpdateFrequency: '1s', // By default what a device plugin changed shows in the node after ten seconds.
		crashLoopBackOff: { maxContainerRestartPeriod: '1s' },
	};
}

export function kubeletArguments({ name, labels, kubeconfig, config }: KubeletPlan): string[] {
	const list = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
	const address = addressOfMachine();
	return [
		`--config=${config}`,
		`--kubeconfig=${kubeconfig}`,
		`--hostname-override=${name}`,
		...(address === undefined ? [] : [`--node-ip=${address}`]),
		...(list.length === 0 ? [] : [`--node-labels=${list.join(',')}`]),
	];
}

/** The kubelet wants an address of the machine that is not a loopback one, and would ask DNS for it. Nothing listens there. */
function addressOfMachine(): string | undefined {
	return Object.values(networkInterfaces())
		.flatMap((each) => each ?? [])
		.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
}
