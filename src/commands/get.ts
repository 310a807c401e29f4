import process from 'node:process';
import { Args, Flags } from '@oclif/core';
import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import { type GpuPolicyList, getLocal, listOf } from '../app/get.ts';
import { loadPolicies } from '../app/load-policies.ts';
import { locateRoot } from '../app/locate-root.ts';
import { noSuchPolicy } from '../app/no-such.ts';
import { sortBy } from '../render/sort-by.ts';
import { exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand, wrongUsage } from './base.ts';
import { chosenCluster, clusterFlags, needsCluster, notInCluster } from './cluster-flags.ts';
import { clusterRenderers, getFormat, getFormats, getRenderers } from './get-output.ts';
import { narrowedTo } from './local-flags.ts';

export default class Get extends GpuPolicyCommand {
	static override summary = 'Show the policies with the status of the last pass.';
	static override description =
		'Reads what check, reconcile or reconcile --watch stored; it reads no file of the repo and asks no device. With --context or --kubeconfig: the policies of a cluster, with the status that its controller wrote.';
	static override examples = [
		'<%= config.bin %> get',
		'<%= config.bin %> get --context dev -w',
		'<%= config.bin %> get --sort-by .metadata.name -o custom-columns=NAME:.metadata.name,MODE:.spec.mode',
		`<%= config.bin %> get --context dev -o jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}'`,
	];
	static override args = { name: Args.string({ required: false, ignoreStdin: true, description: 'Show this policy only.' }) };
	static override flags = {
		output: Flags.string({ char: 'o', default: 'table', helpValue: getFormats, summary: 'Format of the result.' }),
		'sort-by': Flags.string({
			helpValue: 'PATH',
			summary: 'Order of the policies: a field of theirs, as .metadata.creationTimestamp; those without it come first.',
		}),
		'no-headers': Flags.boolean({ summary: 'Leave the first line of a table out.' }),
		...clusterFlags,
		selector: Flags.string({
			char: 'l',
			helpValue: 'QUERY',
			summary: 'Policies whose labels match, as in kubectl: a=b,c!=d. In a cluster.',
			helpGroup: 'CLUSTER',
		}),
		watch: Flags.boolean({
			char: 'w',
			summary: 'Stay, and print each policy that changes. In a cluster.',
			helpGroup: 'CLUSTER',
		}),
	};

	async run(): Promise<GpuPolicyList | undefined> {
		const { args, flags } = await this.parse(Get);
		const format = getFormat(flags.json ? 'json' : flags.output, !flags['no-headers']);
		const { selector, 'sort-by': sortPath } = flags;
		const sorted = (items: readonly GpuPolicy[]) => (sortPath === undefined ? items : sortBy(items, sortPath));
		const cluster = chosenCluster(flags, this.config.bin);
		if (cluster) {
			notInCluster({ '-C': flags.directory, '-f': flags.filename });
			if (args.name !== undefined && selector !== undefined)
				throw wrongUsage('a name and -l are two ways to choose', 'leave one out');
			const asked = { name: args.name, selector };
			if (flags.watch) {
				const { clusterGetWatch } = await import('./cluster/get.ts');
				if (sortPath !== undefined)
					process.stderr.write('note: -w prints each policy when it changes; --sort-by is passed over\n');
				await clusterGetWatch(cluster, asked, format);
				return undefined;
			}
			const { getFromCluster } = await import('../app/cluster/get.ts');
			const list = listOf({ items: sorted(await getFromCluster(cluster, asked)) }, undefined);
			if (list.items.length === 0 && format.columns !== null) {
				process.stderr.write('No resources found\n');
				return list;
			}
			return this.show(list, format.format, clusterRenderers(format, args.name !== undefined), exitCodes.ok);
		}
		needsCluster({ '-l': selector, '-w': flags.watch });
		const root = locateRoot(flags.directory);
		const result = getLocal(root);
		const narrowed = await narrowedTo(flags, this.errorTerminal());
		const stored = result?.items ?? [];
		const all =
			narrowed?.policies.map((policy) => stored.find(({ metadata }) => metadata.name === policy.metadata.name) ?? policy) ??
			result?.items ??
			(await loadPolicies({ directory: root })).policies.map(({ policy }) => policy);
		if (!result) process.stderr.write('note: no pass was made here yet; gpupolicy check or gpupolicy reconcile makes one\n');
		for (const name of result?.stale ?? [])
			process.stderr.write(`note: ${name} changed since the status was made; gpupolicy check makes a new one\n`);
		const list = listOf({ items: sorted(all) }, args.name);
		if (args.name !== undefined && list.items.length === 0) throw noSuchPolicy(args.name, all);
		return this.show(list, format.format, getRenderers(format, args.name !== undefined), narrowed?.exit ?? exitCodes.ok);
	}
}
