import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { type PlainCommands, runPlain } from './run-plain.ts';

/** Commands without positional arguments that are typed often, or by CI. */
const commands: PlainCommands = {
	check: () => import('../check.ts').then(grown),
	plan: () => import('../plan.ts').then(grown),
	reconcile: () => import('../reconcile.ts').then(grown),
	validate: () => import('../validate.ts').then(grown),
};

/** Leaves V8's young generation at the size to which it grew while the command was loaded: see quick.ts, which lets it grow. */
function grown<T>(loaded: T): T {
	setFlagsFromString('--semi-space-growth-factor=1');
	// What was compiled is kept at the end, under the flags of that moment, and must be found under those of the start.
	process.once('exit', () => setFlagsFromString('--semi-space-growth-factor=4'));
	return loaded;
}

/** Runs a plain command line without oclif, which takes longer to load than a pass over a small repo takes; `false`: oclif is to be asked. */
export function start(argv: readonly string[]): Promise<boolean> {
	// What a watch or a cluster needs is not in this bundle.
	return runPlain(commands, argv, ['watch', 'context', 'kubeconfig']);
}
