import process from 'node:process';
import { Flags } from '@oclif/core';
import { GpuPolicyCommand, wrongUsage } from './base.ts';
import { bindAddress } from './bind-address.ts';

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
			summary:
				'How policies reach new pods: policy by MutatingAdmissionPolicy, webhook by our own, auto by the first where it is served and by the webhook elsewhere; off leaves pods alone.',
		}),
		'bind-address': Flags.string({
			helpValue: 'HOST:PORT',
			default: ':8080',
			summary: 'Where probes and metrics are served; without a host on every address, 0 for none.',
		}),
		'webhook-bind-address': Flags.string({
			helpValue: 'HOST:PORT',
			default: ':8443',
			summary: 'Where the webhook answers API servers, while it is in use; 0 for none.',
		}),
		'webhook-service': Flags.string({
			helpValue: 'NAME',
			default: 'gpupolicy-webhook',
			summary: 'In a cluster: the Service, in the namespace where it runs, by which API servers reach the webhook at port 443.',
		}),
		'webhook-url': Flags.string({
			helpValue: 'URL',
			summary:
				'How API servers reach the webhook instead, e.g. https://192.0.2.1:8443; without it there is no webhook outside of a cluster.',
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
			webhook: {
				bindAddress: bindAddress(flags['webhook-bind-address']),
				service: serviceName(flags['webhook-service']),
				url: webhookUrl(flags['webhook-url']),
			},
			dryRun: flags['dry-run'],
			manageNodes: flags['manage-nodes'],
			cleanUp: flags['clean-up'],
		});
	}
}

function serviceName(text: string): string {
	if (/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text;
	throw wrongUsage(`${JSON.stringify(text)} is no name of a Service`, 'write lower case letters, digits and dashes');
}

/** As an API server takes it: https, and neither an account nor a query. */
function webhookUrl(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	const url = URL.canParse(text) ? new URL(text) : null;
	const plain = url?.protocol === 'https:' && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
	if (!plain)
		throw wrongUsage(`${JSON.stringify(text)} is no URL of a webhook`, 'write https://HOST:PORT, without an account or a query');
	return text;
}
