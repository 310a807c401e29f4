import process from 'node:process';
import { Flags } from '@oclif/core';
import { packageVersion } from '../app/version.ts';
import { exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';

/** What runs, and on what. */
export interface VersionResult {
	readonly gpupolicy: string;
	readonly node: string;
	/** `linux-x64`. */
	readonly platform: string;
}

export default class Version extends GpuPolicyCommand {
	static override summary = 'Print the version of gpupolicy and of what it runs on.';
	static override flags = {
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
	};

	async run(): Promise<VersionResult> {
		const { flags } = await this.parse(Version);
		const result = { gpupolicy: packageVersion(), node: process.version, platform: `${process.platform}-${process.arch}` };
		const text = () => `gpupolicy ${result.gpupolicy} node ${result.node} ${result.platform}\n`;
		return this.show(result, flags.json ? 'json' : flags.output, { text }, exitCodes.ok);
	}
}
