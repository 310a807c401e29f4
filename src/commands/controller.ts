import process from 'node:process';
import { Flags } from '@oclif/core';
import { GpuPolicyCommand, wrongUsage } from './base.ts';

export default class Controller extends GpuPolicyCommand {
	static override summary = 'Converge a cluster to its GpuPolicies; runs until it is stopped.';
	static override description =
		'Follows the GpuPolicies of a cluster, programs admission, and writes their status. Several may run: one works, the others stand by. Logs one JSON object a line on stderr; /healthz, /readyz and /metrics are served on one port. Exit codes: 0 stopped by SIGTERM, 130 by Ctrl-C, 1 failed, 64 usage.';
	static override examples = ['<%= config.bin %> controller --context dev', '<%= config.bin %> controller --dry-run'];
	// It reads no manifest.
	static override baseFlags = {} as unknown as typeof GpuPolicyCommand.baseFlags;
	static override flags = {
		namespace: Flags.string({
			char: 'n',
			helpValue: 'NAME',
			summary:
				'Where it runs: of its lease and of the history of policies. Default: its own in a cluster, else gpupolicy-system.',
		}),
		kubeconfig: Flags.string({
			helpValue: 'FILE',
			summary: 'Default: KUBECONFIG, ~/.kube/config, else the service account of the pod.',
		}),
		context: Flags.string({ helpValue: 'NAME', summary: 'Context of the kubeconfig; default: the current one.' }),
		admission: Flags.string({
			options: ['auto', 'policy', 'webhook', 'off'],
			default: 'auto',
			summary: 'How policies reach new pods: auto takes what the server offers, off leaves pods alone.',
		}),
		'bind-address': Flags.string({
			helpValue: 'HOST:PORT',
			default: ':8080',
			summary: 'Where probes and metrics are served; without a host on every address, 0 for none.',
		}),
		'manage-nodes': Flags.boolean({
			default: true,
			allowNo: true,
			summary: 'Label and taint nodes and keep DeviceClasses, where a policy says so; without, nodes are reported only.',
		}),
		'clean-up': Flags.boolean({
			exclusive: ['dry-run'],
			summary: 'Stop the controller of the cluster, take back what it put in place for any policy, and end. Policies stay.',
		}),
		'dry-run': Flags.boolean({ summary: 'Print what one pass would send, as YAML, and send nothing.' }),
	};

	async run(): Promise<void> {
		const { flags } = await this.parse(Controller);
		const { runController } = await import('../app/controller/run-controller.ts'); // the client of a cluster is paid for by those who use one
		process.exitCode = await runController({
			kubeconfig: flags.kubeconfig,
			context: flags.context,
			namespace: flags.namespace,
			admission: flags.admission as 'auto' | 'policy' | 'webhook' | 'off',
			bindAddress: bindAddress(flags['bind-address']),
			dryRun: flags['dry-run'],
			manageNodes: flags['manage-nodes'],
			cleanUp: flags['clean-up'],
		});
	}
}

/** `:8080`, `127.0.0.1:8080`, `[::1]:8080`; `0` is none. */
function bindAddress(text: string): { readonly host: string; readonly port: number } | null {
	if (text === '0') return null;
	const [, bracketed, plain = '', port = ''] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
	if (port === '' || Number(port) > 65_535)
		throw wrongUsage(`${JSON.stringify(text)} is not HOST:PORT`, 'write :8080, 127.0.0.1:8080 or [::1]:8080');
	return { host: bracketed ?? (plain === '' ? '::' : plain), port: Number(port) };
}
