import { Args, Flags } from '@oclif/core';
import type { PassReport } from '../app/local.ts';
import type { ClusterPlan } from '../render/cluster/plan.ts';
import { renderPlan } from '../render/plan.ts';
import { exitCodes, worstExit } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';
import { chosenCluster, clusterFlags, controllerFlags, needsCluster, notInCluster, podFlags } from './cluster-flags.ts';
import { localFlags, openForCommand } from './local-flags.ts';

export default class Plan extends GpuPolicyCommand {
	static override summary = 'Show what reconcile would change; changes nothing.';
	static override description =
		'With --context or --kubeconfig: what the controller of a cluster would do, by the same rules: pods that would be changed, refused, restarted or evicted, by owner; labels and taints of nodes; admission objects. With -f as if those manifests were applied. Exit codes: 0, with --exit-code 2 where something would be changed; 1 failed, 64 usage.';
	static override examples = [
		'<%= config.bin %> plan',
		'<%= config.bin %> plan --diff',
		'<%= config.bin %> plan --exit-code -o json',
		'<%= config.bin %> plan rtx3090-only --context dev --as-mode Enforce',
		'<%= config.bin %> plan -f gpupolicy.yaml --context dev --diff',
	];
	static override args = {
		name: Args.string({ required: false, ignoreStdin: true, description: 'In a cluster: plan this policy only.' }),
	};
	static override flags = {
		...localFlags,
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
		diff: Flags.boolean({ summary: 'Show a unified diff of each change; secrets are masked.' }),
		'exit-code': Flags.boolean({ summary: 'Exit 2 when something would be changed or is left for a person.' }),
		prune: Flags.boolean({ summary: 'Plan the removal of managed blocks whose policy is gone, or no longer selects the file.' }),
		...clusterFlags,
		...podFlags,
		...controllerFlags,
		'as-mode': Flags.string({
			options: ['Enforce', 'Audit'],
			summary: 'Judge as if the policies had this mode. In a cluster.',
			helpGroup: 'CLUSTER',
		}),
	};

	async run(): Promise<PassReport | ClusterPlan> {
		const { args, flags } = await this.parse(Plan);
		const cluster = chosenCluster(flags, this.config.bin);
		if (cluster) {
			notInCluster({ '--inventory': flags.inventory, '--prune': flags.prune });
			const { clusterPlan } = await import('./cluster/plan.ts');
			const asked = {
				...flags,
				name: args.name,
				exitCode: flags['exit-code'],
				controllerNamespace: flags['controller-namespace'],
				asMode: flags['as-mode'] as 'Enforce' | 'Audit' | undefined,
			};
			const shown = await clusterPlan(cluster, asked, this.errorTerminal());
			return this.show(shown.result, flags.json ? 'json' : flags.output, shown.renderers, shown.exit);
		}
		needsCluster({
			'the name of a policy': args.name,
			'-n': flags.namespace,
			'-A': flags['all-namespaces'],
			'--as-mode': flags['as-mode'],
		});
		const local = await openForCommand(flags, this.errorTerminal());
		const report = await local.pass('plan', {
			keepContent: flags.diff || flags.json || flags.output !== 'text',
			prune: flags.prune,
		});
		const pending = report.files.some((file) => file.change);
		const exit = worstExit([
			local.manifestsIncomplete ? exitCodes.failed : exitCodes.ok,
			flags['exit-code'] ? (pending ? exitCodes.findings : report.exitCode) : exitCodes.ok,
		]);
		const format = flags.json ? 'json' : flags.output;
		return this.show(report, format, { text: (result, terminal) => renderPlan(result, terminal, { diff: flags.diff }) }, exit);
	}
}
