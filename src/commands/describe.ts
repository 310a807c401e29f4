import { Args, Flags } from '@oclif/core';
import { describeOwnNode } from '../app/describe-own-node.ts';
import { getLocal } from '../app/get.ts';
import { localHistory } from '../app/history.ts';
import { locateRoot } from '../app/locate-root.ts';
import { noSuchPolicy } from '../app/no-such.ts';
import { namedReportFile } from '../app/node-report-file.ts';
import type { ClusterPolicyView } from '../render/cluster/describe.ts';
import { type NodeDescription, renderNode } from '../render/cluster/node.ts';
import type { DescribeView } from '../render/describe.ts';
import { renderDescribe } from '../render/describe.ts';
import { CodedError, exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand, wrongUsage } from './base.ts';
import { chosenCluster, clusterFlags, controllerFlags, notInCluster } from './cluster-flags.ts';
import { narrowedTo } from './local-flags.ts';

export default class Describe extends GpuPolicyCommand {
	static override summary = 'Show one policy in full: conditions with their evidence, files, history, what to type next.';
	static override description =
		'With --context or --kubeconfig: a policy of a cluster with its admission, history and events; describe node NAME: the devices of a node, and what every policy says of them; without them that of this machine, as gpupolicy agent --local reports it.';
	static override examples = [
		'<%= config.bin %> describe',
		'<%= config.bin %> describe rtx3090-only --context dev',
		'<%= config.bin %> describe node gpu-node-2 --context dev',
	];
	static override args = {
		name: Args.string({ required: false, ignoreStdin: true, description: 'Name of the policy; default: all.' }),
		node: Args.string({
			required: false,
			ignoreStdin: true,
			description: 'After the word node: name of a node, or of this machine.',
		}),
	};
	static override flags = {
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
		...clusterFlags,
		...controllerFlags,
	};

	async run(): Promise<readonly DescribeView[] | readonly ClusterPolicyView[] | NodeDescription> {
		const { args, flags } = await this.parse(Describe);
		const format = flags.json ? 'json' : flags.output;
		const cluster = chosenCluster(flags, this.config.bin);
		if (args.node !== undefined && args.name !== 'node')
			throw wrongUsage(
				`Unexpected argument: ${args.node}`,
				'describe takes the name of a policy, or node and the name of a node',
			);
		if (cluster) {
			notInCluster({ '-C': flags.directory, '-f': flags.filename });
			const { clusterDescribe, clusterDescribeNode } = await import('./cluster/describe.ts');
			if (args.node !== undefined) {
				const shown = await clusterDescribeNode(cluster, args.node);
				return this.show(shown.result, format, shown.renderers, shown.exit);
			}
			const asked = { name: args.name, namespace: flags['controller-namespace'], bin: this.config.bin };
			const shown = await clusterDescribe(cluster, asked);
			return this.show(shown.result, format, shown.renderers, shown.exit);
		}
		if (args.node !== undefined) {
			const node = describeOwnNode(args.node, namedReportFile(), Date.now());
			return this.show(node, format, { text: (one) => renderNode(one, Date.now()) }, exitCodes.ok);
		}
		const root = locateRoot(flags.directory);
		const result = getLocal(root);
		if (!result)
			throw new CodedError('GP2007', 'no pass was made here yet', { hint: 'gpupolicy check or gpupolicy reconcile makes one' });
		const narrowed = await narrowedTo(flags, this.errorTerminal());
		const { revisions } = localHistory(root);
		const views = result.items
			.filter(({ metadata }) => args.name === undefined || metadata.name === args.name)
			.filter(({ metadata }) => narrowed?.names.has(metadata.name) !== false)
			.map((object) => ({ object, revisions, held: result.stored.held, now: Date.now() }));
		const wanted = args.name ?? narrowed?.policies[0]?.metadata.name;
		if (wanted !== undefined && views.length === 0) throw noSuchPolicy(wanted, result.items);
		return this.show(views, format, { text: (list) => list.map(renderDescribe).join('\n') }, narrowed?.exit ?? exitCodes.ok);
	}
}
