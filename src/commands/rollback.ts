import { Args, Flags } from '@oclif/core';
import { type RollbackResult, rollbackLocal } from '../app/history.ts';
import { locateRoot } from '../app/locate-root.ts';
import type { PolicyRollback } from '../render/cluster/rollback.ts';
import { renderRollback } from '../render/history.ts';
import { CodedError, exitCodes, worstExit } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';
import { chosenCluster, clusterFlags, controllerFlags, notInCluster, revisionNumber } from './cluster-flags.ts';
import { narrowedTo } from './local-flags.ts';

export default class Rollback extends GpuPolicyCommand {
	static override summary = 'Undo a revision: its files return to what they were before; files changed since are refused.';
	static override description =
		'What was rolled back is on hold: reconcile leaves those files alone until they or their policy change, or until reconcile --release. Exit codes: 0 all restored, 2 some files were refused, 1 failed. With --context or --kubeconfig: gives a policy of the cluster the spec again that it had in the generation --to; refused where a tool applies that policy.';
	static override examples = [
		'<%= config.bin %> rollback',
		'<%= config.bin %> rollback 7',
		'<%= config.bin %> rollback --to 3',
		'<%= config.bin %> rollback rtx3090-only --to 3 --context dev',
	];
	static override args = {
		revision: Args.string({
			required: false,
			ignoreStdin: true,
			description:
				'Number of the revision to undo; default: the last one that wrote (with -f: for those policies). In a cluster: the name of a policy.',
		}),
	};
	static override flags = {
		to: Flags.integer({
			min: 0,
			helpValue: 'N',
			summary: 'Restore the state right after revision N instead (0: before the first). In a cluster: the spec of generation N.',
		}),
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
		...clusterFlags,
		...controllerFlags,
	};

	async run(): Promise<RollbackResult | PolicyRollback> {
		const { args, flags } = await this.parse(Rollback);
		const format = flags.json ? 'json' : flags.output;
		const cluster = chosenCluster(flags, this.config.bin);
		if (cluster) {
			notInCluster({ '-C': flags.directory, '-f': flags.filename });
			const { clusterRollback } = await import('./cluster/rollback.ts');
			const asked = { name: args.revision, to: flags.to, namespace: flags['controller-namespace'] };
			const shown = await clusterRollback(cluster, asked);
			return this.show(shown.result, format, shown.renderers, shown.exit);
		}
		const undo = revisionNumber(args.revision);
		if (undo !== undefined && flags.to !== undefined) {
			throw new CodedError('GP2011', 'name a revision to undo or --to, not both', { exit: exitCodes.usage });
		}
		const narrowed = await narrowedTo(flags, this.errorTerminal());
		const target = { undo, to: flags.to, policies: narrowed?.names };
		const result = rollbackLocal(locateRoot(flags.directory), target);
		const exit = worstExit([result.refused.length > 0 ? exitCodes.findings : exitCodes.ok, narrowed?.exit ?? exitCodes.ok]);
		return this.show(result, format, { text: renderRollback }, exit);
	}
}
