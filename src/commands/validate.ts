import { Flags } from '@oclif/core';
import { type ValidateResult, validate } from '../app/validate.ts';
import { renderValidate } from '../render/validate.ts';
import { exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';

export default class Validate extends GpuPolicyCommand {
	static override summary = 'Check manifests: syntax, fields, rules between fields, and what is probably not meant.';

	static override description =
		`Each fault is shown with its place and the way out. Nothing is changed, and no GPU or cluster is asked.

Exit codes: 0 every manifest is in order (warnings do not count), 1 a manifest is invalid or cannot be read, or holds no policy, 64 wrong usage.`;

	static override examples = [
		'<%= config.bin %> validate',
		'<%= config.bin %> validate -f policies/ -o json',
		'cat gpupolicy.yaml | <%= config.bin %> validate -f -',
	];

	static override flags = {
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
	};

	override async run(): Promise<ValidateResult> {
		const { flags } = await this.parse(Validate);
		const result = await validate({ directory: flags.directory, filenames: flags.filename });
		const exit = result.valid ? exitCodes.ok : exitCodes.failed;
		return this.show(result, flags.json ? 'json' : flags.output, { text: renderValidate }, exit);
	}
}
