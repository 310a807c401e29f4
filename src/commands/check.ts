import { Args, Flags } from '@oclif/core';
import type { PassReport } from '../app/local.ts';
import { packageVersion } from '../app/version.ts';
import type { ClusterCheck } from '../render/cluster/check.ts';
import { renderCheck } from '../render/findings.ts';
import { renderGithub } from '../render/github.ts';
import { renderJunit } from '../render/junit.ts';
import { renderSarif } from '../render/sarif.ts';
import { exitCodes, worstExit } from '../runtime/errors.ts';
import { GpuPolicyCommand, wrongUsage } from './base.ts';
import { chosenCluster, clusterFlags, needsCluster, notInCluster, podFlags } from './cluster-flags.ts';
import { localFlags, openForCommand } from './local-flags.ts';

export default class Check extends GpuPolicyCommand {
	static override summary =
		'Check files and devices against the policies; for CI. Changes no file of the repo and runs no proof.';
	static override description =
		'With --context or --kubeconfig: the pods and nodes of a cluster, and what its controller says of admission. Exit codes: 0 in order, 1 failed, 2 findings, 3 facts unknown, 64 usage.';
	static override examples = [
		'<%= config.bin %> check',
		'<%= config.bin %> check -o sarif > gpupolicy.sarif',
		'<%= config.bin %> check -o github',
		'<%= config.bin %> check --context dev -n ml',
	];
	static override args = {
		name: Args.string({ required: false, ignoreStdin: true, description: 'In a cluster: check against this policy only.' }),
	};
	static override flags = {
		...localFlags,
		output: Flags.string({
			char: 'o',
			options: ['text', 'json', 'yaml', 'sarif', 'junit', 'github'],
			default: 'text',
			summary: 'Format of the result.',
		}),
		...clusterFlags,
		...podFlags,
	};

	async run(): Promise<PassReport | ClusterCheck> {
		const { args, flags } = await this.parse(Check);
		const format = flags.json ? 'json' : flags.output;
		const cluster = chosenCluster(flags, this.config.bin);
		if (cluster) {
			notInCluster({ '--inventory': flags.inventory });
			if (!['text', 'json', 'yaml'].includes(format))
				throw wrongUsage(`-o ${format} shows lines of files, and a cluster is asked`, 'use text, json or yaml');
			const { clusterCheck } = await import('./cluster/check.ts');
			const shown = await clusterCheck(cluster, { ...flags, name: args.name }, this.errorTerminal());
			return this.show(shown.result, format, shown.renderers, shown.exit);
		}
		needsCluster({ 'the name of a policy': args.name, '-n': flags.namespace, '-A': flags['all-namespaces'] });
		const local = await openForCommand(flags, this.errorTerminal());
		const report = await local.pass('check', {});
		const exit = worstExit([local.manifestsIncomplete ? exitCodes.failed : exitCodes.ok, report.exitCode]);
		return this.show(
			report,
			format,
			{
				text: renderCheck,
				sarif: (result) => renderSarif(result, packageVersion()),
				junit: renderJunit,
				github: renderGithub,
			},
			exit,
		);
	}
}
