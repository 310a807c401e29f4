import { Flags } from '@oclif/core';
import { type ValidateResult, validate } from '../app/validate.ts';
import { renderValidate } from '../render/validate.ts';
import { exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';
import { chosenCluster, clusterFlags } from './cluster-flags.ts';

export default class Validate extends GpuPolicyCommand {
	static override summary = 'Check manifests: syntax, fields, rules between fields, and what is probably not meant.';

	static override description = `Each fault is shown with its place and the way out. Nothing is changed, and no GPU is asked.

With --context or --kubeconfig: the API server is asked too, by a dry run that refuses unknown fields; its admission policies have their say.

Exit codes: 0 every manifest is in order (warnings do not count), 1 a manifest is invalid or cannot be read, or holds no policy, 64 wrong usage.`;

	static override examples = [
		'<%= config.bin %> validate',
		'<%= config.bin %> validate -f policies/ -o json',
		'cat gpupolicy.yaml | <%= config.bin %> validate -f -',
		'<%= config.bin %> validate --context dev',
	];

	static override flags = {
		...clusterFlags,
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
	};

	override async run(): Promise<ValidateResult> {
		const { flags } = await this.parse(Validate);
		const cluster = chosenCluster(flags, this.config.bin);
		const location = { directory: flags.directory, filenames: flags.filename };
		const result = cluster
			? await (await import('./cluster/validate.ts')).clusterValidate(cluster, location)
			: await validate(location);
		const exit = result.valid ? exitCodes.ok : exitCodes.failed;
		return this.show(result, flags.json ? 'json' : flags.output, { text: renderValidate }, exit);
	}
}
