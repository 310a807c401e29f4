import process from 'node:process';
import { Flags } from '@oclif/core';
import { reportFile } from '../app/node-report-file.ts';
import { GpuPolicyCommand, wrongUsage } from './base.ts';
import { bindAddress } from './bind-address.ts';

export default class Agent extends GpuPolicyCommand {
	static override summary = 'Watch over the GPUs of one node; runs until it is stopped.';
	static override description =
		'Reads the GpuPolicies that select its node, looks at the devices and the processes on them, tells the device-plugin proxy what may be handed out, and writes the GpuNodeReport of the node. With --local: policies of a folder, and the report in a file that get and describe node read. Logs one JSON object a line on stderr; /healthz, /readyz and /metrics are served on one port. Exit codes: 0 stopped by SIGTERM, 130 by Ctrl-C, 1 failed, 64 usage.';
	static override examples = [
		'<%= config.bin %> agent --node-name gpu-node-1',
		'<%= config.bin %> agent --local -C /etc/gpupolicy',
	];
	// It prints no result.
	static override baseFlags = {} as unknown as typeof GpuPolicyCommand.baseFlags;
	static override flags = {
		'node-name': Flags.string({
			helpValue: 'NAME',
			summary: 'Name of the node in the cluster; default: NODE_NAME of the environment.',
		}),
		'state-dir': Flags.string({
			helpValue: 'DIR',
			default: '/run/gpupolicy',
			summary: 'Where it meets the device-plugin proxy, and keeps what outlives it.',
		}),
		'kubelet-dir': Flags.string({
			helpValue: 'DIR',
			default: '/var/lib/kubelet',
			summary: 'Directory of the kubelet, which holds pod-resources/kubelet.sock.',
		}),
		proc: Flags.string({ helpValue: 'DIR', default: '/proc', summary: 'The /proc of the host.' }),
		sys: Flags.string({
			helpValue: 'DIR',
			default: '/sys',
			summary: 'The /sys of the host: whether it has NVIDIA hardware at all.',
		}),
		kubeconfig: Flags.string({
			helpValue: 'FILE',
			summary: 'Default: KUBECONFIG, ~/.kube/config, else the service account of the pod.',
		}),
		context: Flags.string({ helpValue: 'NAME', summary: 'Context of the kubeconfig; default: the current one.' }),
		inventory: Flags.string({ helpValue: 'FILE', summary: 'Rest on a recorded inventory instead of the devices.' }),
		interval: Flags.string({
			helpValue: 'DURATION',
			default: '15s',
			summary: 'Time between two looks at the devices when nothing happens; at least 1s.',
		}),
		'bind-address': Flags.string({
			helpValue: 'HOST:PORT',
			default: ':9101',
			summary: 'Where probes and metrics are served; without a host on every address, 0 for none.',
		}),
		directory: GpuPolicyCommand.baseFlags.directory,
		filename: GpuPolicyCommand.baseFlags.filename,
		local: Flags.boolean({ summary: 'Without a cluster: policies of a folder (-C, -f), and the report in a file.' }),
		report: Flags.string({ helpValue: 'FILE', default: reportFile, summary: 'Where the report is kept, with --local.' }),
	};

	async run(): Promise<void> {
		const { flags } = await this.parse(Agent);
		const { intervalOf } = await import('../app/agent/interval.ts');
		const setting = {
			stateDirectory: flags['state-dir'],
			kubeletDirectory: flags['kubelet-dir'],
			proc: flags.proc,
			sys: flags.sys,
			inventory: flags.inventory,
			intervalMs: intervalOf(flags.interval),
			bindAddress: bindAddress(flags['bind-address']),
		};
		const { kubeconfig, context, directory, filename } = flags;
		if (flags.local) {
			if (kubeconfig !== undefined || context !== undefined || flags['node-name'] !== undefined)
				throw wrongUsage('--local asks no cluster', 'leave --kubeconfig, --context and --node-name out');
			const { runLocally } = await import('../app/agent/run-locally.ts');
			process.exitCode = await runLocally({ ...setting, location: { directory, filenames: filename }, report: flags.report });
			return;
		}
		const node = flags['node-name'] ?? process.env.NODE_NAME;
		if (node === undefined || node === '')
			throw wrongUsage('the agent has to know its node', 'name it with --node-name or NODE_NAME');
		const { runInCluster } = await import('../app/agent/run-in-cluster.ts'); // the client of a cluster is paid for by those who use one
		process.exitCode = await runInCluster({ ...setting, node, kubeconfig, context });
	}
}
