import { reportError } from '../base.ts';
import { plainArguments } from './arguments.ts';
import type { Definition, Parsed } from './oclif.ts';

/** A command class as it is when built on the stand-in for oclif. */
interface PlainCommand {
	readonly baseFlags: Readonly<Record<string, Definition>>;
	readonly flags: Readonly<Record<string, Definition>>;
	new (id: string, parsed: Parsed): { run(): Promise<unknown> };
}

/** Commands without positional arguments that are typed often, or by CI. */
const commands: Readonly<Record<string, () => Promise<{ readonly default: unknown }>>> = {
	check: () => import('../check.ts'),
	plan: () => import('../plan.ts'),
	reconcile: () => import('../reconcile.ts'),
	validate: () => import('../validate.ts'),
};

/**
 * Runs a plain command line without oclif, which takes longer to load than a pass over a small repo takes. The commands are
 * the same classes, with the same flags. `false`: nothing was done, and oclif is to be asked.
 */
export async function start(argv: readonly string[]): Promise<boolean> {
	const [id, ...words] = argv;
	if (id === undefined || !Object.hasOwn(commands, id)) return false;
	const command = (await commands[id]?.())?.default as PlainCommand;
	const parsed = plainArguments(words, { ...command.baseFlags, ...command.flags });
	// What a watch or a cluster needs is not in this bundle.
	const elsewhere = ['watch', 'context', 'kubeconfig'];
	if (parsed === null || elsewhere.some((flag) => parsed.flags[flag] !== undefined)) return false;
	try {
		await new command(id, parsed).run();
	} catch (error) {
		reportError(error);
	}
	return true;
}
