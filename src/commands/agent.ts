import process from 'node:process';
import { Flags } from '@oclif/core';
import { GpuPolicyCommand, wrongUsage } from './base.ts';
import { bindAddress } from './bind-address.ts';

export default class Agent extends GpuPolicyCommand {
	static override summary = 'Watch over the GPUs of one node; runs until it is stopped.';
	static override description =
		'Reads the GpuPolicies that select its node, looks at the devices and the processes on them, tells the device-plugin proxy what may be handed out, and writes the GpuNodeReport of the node. Logs one JSON object a line on stderr; /healthz, /readyz and /metrics are served on one port. Exit codes: 0 stopped by SIGTERM, 130 by Ctrl-C, 1 failed, 64 usage.';
	static override examples = ['<%= config.bin %> agent --node-name gpu-node-1'];
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
	};

	async run(): Promise<void> {
		const { flags } = await this.parse(Agent);
		const node = flags['node-name'] ?? process.env.NODE_NAME;
		if (node === undefined || node === '')
			throw wrongUsage('the agent has to know its node', 'name it with --node-name or NODE_NAME');
		const { runAgent } = await import('../app/agent/run-agent.ts'); // the client of a cluster is paid for by those who use one
		const { intervalOf } = await import('../app/agent/interval.ts');
		process.exitCode = await runAgent({
			node,
			stateDirectory: flags['state-dir'],
			kubeletDirectory: flags['kubelet-dir'],
			proc: flags.proc,
			kubeconfig: flags.kubeconfig,
			context: flags.context,
			inventory: flags.inventory,
			intervalMs: intervalOf(flags.interval),
			bindAddress: bindAddress(flags['bind-address']),
		});
	}
}
