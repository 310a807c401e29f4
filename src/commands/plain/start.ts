import { type PlainCommands, runPlain } from './run-plain.ts';

/** Commands without positional arguments that are typed often, or by CI. */
const commands: PlainCommands = {
	check: () => import('../check.ts'),
	plan: () => import('../plan.ts'),
	reconcile: () => import('../reconcile.ts'),
	validate: () => import('../validate.ts'),
};

/** Runs a plain command line without oclif, which takes longer to load than a pass over a small repo takes; `false`: oclif is to be asked. */
export function start(argv: readonly string[]): Promise<boolean> {
	// What a watch or a cluster needs is not in this bundle.
	return runPlain(commands, argv, ['watch', 'context', 'kubeconfig']);
}
