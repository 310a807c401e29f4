import process from 'node:process';
import { Args, Flags } from '@oclif/core';
import { localHistory, type Revision } from '../app/history.ts';
import { locateRoot } from '../app/locate-root.ts';
import type { PolicyRevision } from '../render/cluster/history.ts';
import { renderHistory, renderRevision } from '../render/history.ts';
import { exitCodes, worstExit } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';
import { chosenCluster, clusterFlags, controllerFlags, notInCluster, revisionNumber } from './cluster-flags.ts';
import { narrowedTo } from './local-flags.ts';

export default class History extends GpuPolicyCommand {
	static override summary = 'List the revisions: what was written, when, by which policies.';
	static override description =
		'With --context or --kubeconfig: the past specs of the policies of a cluster by generation, which the controller keeps (the last ten of each).';
	static override examples = ['<%= config.bin %> history', '<%= config.bin %> history rtx3090-only --context dev'];
	static override args = {
		revision: Args.string({
			required: false,
			ignoreStdin: true,
			description: 'Number: show the files of this revision. In a cluster: the name of a policy.',
		}),
	};
	static override flags = {
		output: Flags.string({ char: 'o', options: ['table', 'json', 'yaml'], default: 'table', summary: 'Format of the result.' }),
		...clusterFlags,
		...controllerFlags,
	};

	async run(): Promise<readonly Revision[] | readonly PolicyRevision[]> {
		const { args, flags } = await this.parse(History);
		const format = flags.json ? 'json' : flags.output;
		const cluster = chosenCluster(flags, this.config.bin);
		if (cluster) {
			notInCluster({ '-C': flags.directory, '-f': flags.filename });
			const { clusterHistory } = await import('./cluster/history.ts');
			const shown = await clusterHistory(cluster, args.revision, flags['controller-namespace']);
			return this.show(shown.result, format, shown.renderers, shown.exit);
		}
		const number = revisionNumber(args.revision);
		const narrowed = await narrowedTo(flags, this.errorTerminal());
		const { revisions, lost } = localHistory(locateRoot(flags.directory), { number, policies: narrowed?.names });
		for (const { state, code, message, hint } of lost)
			process.stderr.write(`${state === 'damaged' ? 'error' : 'note'}: ${message} [${code}]\n  ${hint}\n`);
		const render = (list: readonly Revision[]) =>
			number === undefined ? renderHistory(list, lost) : renderRevision(list[0] as Revision);
		const damaged = lost.some(({ state }) => state === 'damaged');
		const exit = worstExit([damaged ? exitCodes.failed : exitCodes.ok, narrowed?.exit ?? exitCodes.ok]);
		return this.show(revisions, format, { table: render }, exit);
	}
}
