import { Args, Flags } from '@oclif/core';
import { type RollbackResult, rollbackLocal } from '../app/history.ts';
import { locateRoot } from '../app/locate-root.ts';
import { renderRollback } from '../render/history.ts';
import { CodedError, exitCodes, worstExit } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';
import { narrowedTo } from './local-flags.ts';

export default class Rollback extends GpuPolicyCommand {
	static override summary = 'Undo a revision: its files return to what they were before; files changed since are refused.';
	static override description =
		'What was rolled back is on hold: reconcile leaves those files alone until they or their policy change, or until reconcile --release. Exit codes: 0 all restored, 2 some files were refused, 1 failed.';
	static override examples = ['<%= config.bin %> rollback', '<%= config.bin %> rollback 7', '<%= config.bin %> rollback --to 3'];
	static override args = {
		revision: Args.integer({
			required: false,
			min: 1,
			description: 'Revision to undo; default: the last one that wrote (with -f: for those policies).',
		}),
	};
	static override flags = {
		to: Flags.integer({
			min: 0,
			helpValue: 'N',
			summary: 'Restore the state right after revision N instead (0: before the first).',
		}),
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
	};

	async run(): Promise<RollbackResult> {
		const { args, flags } = await this.parse(Rollback);
		if (args.revision !== undefined && flags.to !== undefined) {
			throw new CodedError('GP2011', 'name a revision to undo or --to, not both', { exit: exitCodes.usage });
		}
		const narrowed = await narrowedTo(flags, this.errorTerminal());
		const target = { undo: args.revision, to: flags.to, policies: narrowed?.names };
		const result = rollbackLocal(locateRoot(flags.directory), target);
		const exit = worstExit([result.refused.length > 0 ? exitCodes.findings : exitCodes.ok, narrowed?.exit ?? exitCodes.ok]);
		return this.show(result, flags.json ? 'json' : flags.output, { text: renderRollback }, exit);
	}
}
