import process from 'node:process';
import { Flags } from '@oclif/core';
import { type InitResult, initPolicy } from '../app/init.ts';
import { timeLimit } from '../app/local.ts';
import { renderInit } from '../render/init.ts';
import { CodedError, exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';

export default class Init extends GpuPolicyCommand {
	static override summary = 'Write a first policy for the devices of this machine and the files of this repo.';
	static override description =
		'Writes gpupolicy.yaml and gpupolicy.inventory.yaml at the root, both or none, and overwrites nothing. Names are product names as `gpupolicy inventory` shows them; * and ? make one a pattern. Where devices differ and no name is given, the one with the most memory is allowed. Exit codes: 0 written, 1 failed or a file is there already, 3 written without the devices, which are unknown, 64 usage.';
	static override examples = [
		'<%= config.bin %> init',
		'<%= config.bin %> init --allow "NVIDIA GeForce RTX 3090" --deny "NVIDIA GeForce RTX 5060 Ti"',
		'<%= config.bin %> init --inventory gpupolicy.inventory.yaml --dry-run',
	];
	static override flags = {
		allow: Flags.string({
			multiple: true,
			multipleNonGreedy: true,
			helpValue: 'NAME',
			summary: 'Product name that may be used. Repeatable.',
		}),
		deny: Flags.string({
			multiple: true,
			multipleNonGreedy: true,
			helpValue: 'NAME',
			summary: 'Product name that is forbidden. Repeatable.',
		}),
		mode: Flags.option({
			options: ['Audit', 'Enforce'] as const,
			default: 'Audit' as const,
			summary: 'Audit reports and changes nothing; Enforce lets reconcile write.',
		})(),
		inventory: Flags.string({ helpValue: 'FILE', summary: 'Rest on a recorded inventory instead of the live devices.' }),
		timeout: Flags.string({
			default: '5s',
			helpValue: 'DURATION',
			summary: 'Time limit for reading the devices, e.g. 5s or 500ms.',
		}),
		force: Flags.boolean({ summary: 'Overwrite gpupolicy.yaml and gpupolicy.inventory.yaml.' }),
		'dry-run': Flags.boolean({ summary: 'Print the policy only; write nothing.' }),
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
	};

	async run(): Promise<InitResult | InitResult['policy']> {
		const { flags } = await this.parse(Init);
		if (flags.filename !== undefined) {
			throw new CodedError('GP2013', '-f names manifests to read, and init writes gpupolicy.yaml', {
				hint: 'name the directory with -C DIR, or redirect --dry-run',
				exit: exitCodes.usage,
			});
		}
		const result = await initPolicy({
			directory: flags.directory,
			inventory: flags.inventory,
			allow: flags.allow ?? [],
			deny: flags.deny ?? [],
			mode: flags.mode,
			force: flags.force,
			dryRun: flags['dry-run'],
			timeoutMs: timeLimit(flags.timeout),
		});
		const { devices, warnings } = result;
		for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
		if (devices.state === 'unknown') {
			process.stderr.write(
				`unknown: ${devices.message} [${devices.reason}]\n  CUDA_VISIBLE_DEVICES and the inventory are left out; on the machine with the GPUs: gpupolicy init --force\n`,
			);
		}
		const exit = devices.state === 'known' ? exitCodes.ok : exitCodes.unknown;
		const format = flags.json ? 'json' : flags.output;
		if (flags['dry-run']) {
			const text = result.files.find(({ path }) => path === 'gpupolicy.yaml')?.text ?? '';
			return this.show(result.policy, format, { text: () => text }, exit);
		}
		return this.show(result, format, { text: () => renderInit(result, this.terminal()) }, exit);
	}
}
