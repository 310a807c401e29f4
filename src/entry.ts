import { main } from './commands/main.ts';

/** Runs the command line through oclif; called by bin/gpupolicy.js where neither `quick.ts` nor `commands/plain` had an answer. */
export function start(argv: readonly string[], plugin = false): Promise<void> {
	return main(argv, import.meta.url, plugin);
}
