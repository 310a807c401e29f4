import process from 'node:process';
import { Args, Flags } from '@oclif/core';
import { localHistory, type Revision } from '../app/history.ts';
import { locateRoot } from '../app/locate-root.ts';
import { renderHistory, renderRevision } from '../render/history.ts';
import { exitCodes, worstExit } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';
import { narrowedTo } from './local-flags.ts';

export default class History extends GpuPolicyCommand {
	static override summary = 'List the revisions: what was written, when, by which policies.';
	static override args = { revision: Args.integer({ required: false, min: 1, description: 'Show the files of this revision.' }) };
	static override flags = {
		output: Flags.string({ char: 'o', options: ['table', 'json', 'yaml'], default: 'table', summary: 'Format of the result.' }),
	};

	async run(): Promise<readonly Revision[]> {
		const { args, flags } = await this.parse(History);
		const narrowed = await narrowedTo(flags, this.errorTerminal());
		const { revisions, lost } = localHistory(locateRoot(flags.directory), { number: args.revision, policies: narrowed?.names });
		for (const { state, code, message, hint } of lost)
			process.stderr.write(`${state === 'damaged' ? 'error' : 'note'}: ${message} [${code}]\n  ${hint}\n`);
		const render = (list: readonly Revision[]) =>
			args.revision === undefined ? renderHistory(list, lost) : renderRevision(list[0] as Revision);
		const damaged = lost.some(({ state }) => state === 'damaged');
		const exit = worstExit([damaged ? exitCodes.failed : exitCodes.ok, narrowed?.exit ?? exitCodes.ok]);
		return this.show(revisions, flags.json ? 'json' : flags.output, { table: render }, exit);
	}
}
