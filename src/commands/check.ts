import { Flags } from '@oclif/core';
import type { PassReport } from '../app/local.ts';
import { packageVersion } from '../app/version.ts';
import { renderCheck } from '../render/findings.ts';
import { renderGithub } from '../render/github.ts';
import { renderJunit } from '../render/junit.ts';
import { renderSarif } from '../render/sarif.ts';
import { exitCodes, worstExit } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';
import { localFlags, openForCommand } from './local-flags.ts';

export default class Check extends GpuPolicyCommand {
	static override summary =
		'Check files and devices against the policies; for CI. Changes no file of the repo and runs no proof.';
	static override description = 'Exit codes: 0 in order, 1 failed, 2 findings, 3 facts unknown, 64 usage.';
	static override examples = [
		'<%= config.bin %> check',
		'<%= config.bin %> check -o sarif > gpupolicy.sarif',
		'<%= config.bin %> check -o github',
	];
	static override flags = {
		...localFlags,
		output: Flags.string({
			char: 'o',
			options: ['text', 'json', 'yaml', 'sarif', 'junit', 'github'],
			default: 'text',
			summary: 'Format of the result.',
		}),
	};

	async run(): Promise<PassReport> {
		const { flags } = await this.parse(Check);
		const local = await openForCommand(flags, this.errorTerminal());
		const report = await local.pass('check', {});
		const exit = worstExit([local.manifestsIncomplete ? exitCodes.failed : exitCodes.ok, report.exitCode]);
		return this.show(
			report,
			flags.json ? 'json' : flags.output,
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
