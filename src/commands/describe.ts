import { Args, Flags } from '@oclif/core';
import { getLocal } from '../app/get.ts';
import { localHistory } from '../app/history.ts';
import { locateRoot } from '../app/locate-root.ts';
import { noSuchPolicy } from '../app/no-such.ts';
import type { DescribeView } from '../render/describe.ts';
import { renderDescribe } from '../render/describe.ts';
import { CodedError, exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';
import { narrowedTo } from './local-flags.ts';

export default class Describe extends GpuPolicyCommand {
	static override summary = 'Show one policy in full: conditions with their evidence, files, history, what to type next.';
	static override args = {
		name: Args.string({ required: false, ignoreStdin: true, description: 'Name of the policy; default: all.' }),
	};
	static override flags = {
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
	};

	async run(): Promise<readonly DescribeView[]> {
		const { args, flags } = await this.parse(Describe);
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
		return this.show(
			views,
			flags.json ? 'json' : flags.output,
			{ text: (list) => list.map(renderDescribe).join('\n') },
			narrowed?.exit ?? exitCodes.ok,
		);
	}
}
