import { fileURLToPath } from 'node:url';
import { Config, flush, run } from '@oclif/core';
import { CodedError, exitCodes } from '../runtime/errors.ts';
import { reportError } from './base.ts';
import { pluginName } from './cluster-flags.ts';

/** Runs the command line through oclif. `moduleUrl` is the URL of a module inside the package; `plugin`: kubectl started us. */
export async function main(argv: readonly string[], moduleUrl: string, plugin: boolean): Promise<void> {
	try {
		const config = await Config.load({
			root: fileURLToPath(moduleUrl),
			userPlugins: false,
			devPlugins: false,
			jitPlugins: false,
		});
		// What help and examples show, and what says that the current context is meant; `run` reads the config anew from here.
		if (plugin) config.pjson.oclif.bin = pluginName;
		const name = argv[0];
		if (name !== undefined && !name.startsWith('-') && name !== 'help' && !config.findCommand(name)) {
			throw new CodedError('GP2015', `${JSON.stringify(name)} is not a command`, {
				hint: `commands: ${config.commandIDs.toSorted().join(', ')}`,
				exit: exitCodes.usage,
			});
		}
		await run([...argv], config);
		await flush();
	} catch (error) {
		if (isQuietExit(error)) return;
		reportError(error);
	}
}

/** oclif leaves `--help` and `--version` by throwing an exit of 0. */
function isQuietExit(error: unknown): boolean {
	return error instanceof Error && 'oclif' in error && (error.oclif as { exit?: number }).exit === 0;
}
