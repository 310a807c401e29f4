import { Args, Flags } from '@oclif/core';
import { explain } from '../app/explain.ts';
import { type ExplainResult, renderExplain } from '../render/explain.ts';
import { exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';

export default class Explain extends GpuPolicyCommand {
	static override summary = 'Explain a field of a policy, a rule, or an error code.';

	static override description = 'Fields are explained from the schema, as `kubectl explain` does; rules have a page each.';

	static override examples = [
		'<%= config.bin %> explain gpupolicy.spec.devices',
		'<%= config.bin %> explain gpupolicy.spec --recursive',
		'<%= config.bin %> explain env/late',
		'<%= config.bin %> explain GP2001',
	];

	static override args = {
		subject: Args.string({ required: true, ignoreStdin: true, description: 'gpupolicy.spec.devices, env/late, GP1004, …' }),
	};

	static override flags = {
		recursive: Flags.boolean({ summary: 'Names and types of all fields below, without their descriptions.' }),
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
	};

	override async run(): Promise<ExplainResult> {
		const { args, flags } = await this.parse(Explain);
		const result = explain(args.subject, flags.recursive);
		return this.show(result, flags.json ? 'json' : flags.output, { text: renderExplain }, exitCodes.ok);
	}
}
