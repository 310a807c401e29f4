import { Args, Flags } from '@oclif/core';
import { type GpuPolicyList, getLocal, listOf, noSuchPolicy, renderList } from '../app/get.ts';
import { loadPolicies } from '../app/load-policies.ts';
import { locateRoot } from '../app/locate-root.ts';
import { exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';
import { narrowedTo } from './local-flags.ts';

export default class Get extends GpuPolicyCommand {
	static override summary = 'Show the policies with the status of the last pass.';
	static override description =
		'Reads what check, reconcile or reconcile --watch stored; it reads no file of the repo and asks no device.';
	static override args = { name: Args.string({ required: false, description: 'Show this policy only.' }) };
	static override flags = {
		output: Flags.string({
			char: 'o',
			options: ['table', 'wide', 'json', 'yaml', 'name'],
			default: 'table',
			summary: 'Format of the result.',
		}),
	};

	async run(): Promise<GpuPolicyList> {
		const { args, flags } = await this.parse(Get);
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
		const list = listOf({ items: all }, args.name);
		if (args.name !== undefined && list.items.length === 0) throw noSuchPolicy(args.name, all);
		return this.show(
			list,
			flags.json ? 'json' : flags.output,
			{
				table: (value) => renderList(value, 'table'),
				wide: (value) => renderList(value, 'wide'),
				name: (value) => renderList(value, 'name'),
			},
			narrowed?.exit ?? exitCodes.ok,
		);
	}
}
