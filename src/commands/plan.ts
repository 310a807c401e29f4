import { Flags } from '@oclif/core';
import type { PassReport } from '../app/local.ts';
import { renderPlan } from '../render/plan.ts';
import { exitCodes, worstExit } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';
import { localFlags, openForCommand } from './local-flags.ts';

export default class Plan extends GpuPolicyCommand {
	static override summary = 'Show what reconcile would change; changes nothing.';
	static override examples = [
		'<%= config.bin %> plan',
		'<%= config.bin %> plan --diff',
		'<%= config.bin %> plan --exit-code -o json',
	];
	static override flags = {
		...localFlags,
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
		diff: Flags.boolean({ summary: 'Show a unified diff of each change; secrets are masked.' }),
		'exit-code': Flags.boolean({ summary: 'Exit 2 when something would be changed or is left for a person.' }),
		prune: Flags.boolean({ summary: 'Plan the removal of managed blocks whose policy is gone.' }),
	};

	async run(): Promise<PassReport> {
		const { flags } = await this.parse(Plan);
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
