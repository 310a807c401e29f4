import { type PlainCommands, runPlain } from './run-plain.ts';

/** What runs on every node of a cluster, all the time. */
const commands: PlainCommands = {
	agent: () => import('../agent.ts'),
	'device-plugin': () => import('../device-plugin.ts'),
};

/**
 * Runs a plain command line of those that stay on a node, in a fraction of the memory: without oclif, and in a CommonJS bundle, since the import of
 * `node:http` by an ES module makes Node load its whole fetch. `false`: oclif is to be asked.
 */
export function start(argv: readonly string[]): Promise<boolean> {
	return runPlain(commands, argv, []);
}
