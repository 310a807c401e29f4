import { reportError } from '../base.ts';
import { plainArguments } from './arguments.ts';
import type { Definition, Parsed } from './oclif.ts';

/** A command class as it is when built on the stand-in for oclif. */
interface PlainCommand {
	readonly baseFlags: Readonly<Record<string, Definition>>;
	readonly flags: Readonly<Record<string, Definition>>;
	new (id: string, parsed: Parsed): { run(): Promise<unknown> };
}

/** Commands of one bundle, by name; each is loaded when it is called. */
export type PlainCommands = Readonly<Record<string, () => Promise<{ readonly default: unknown }>>>;

/**
 * Runs a plain command line without oclif. The commands are the same classes, with the same flags. `false`: nothing was done, and oclif is to
 * be asked.
 *
 * @param elsewhere flags for which the bundle does not hold what is needed
 */
export async function runPlain(commands: PlainCommands, argv: readonly string[], elsewhere: readonly string[]): Promise<boolean> {
	const [id, ...words] = argv;
	if (id === undefined || !Object.hasOwn(commands, id)) return false;
	const command = (await commands[id]?.())?.default as PlainCommand;
	const parsed = plainArguments(words, { ...command.baseFlags, ...command.flags });
	if (parsed === null || elsewhere.some((flag) => parsed.flags[flag] !== undefined)) return false;
	try {
		await new command(id, parsed).run();
	} catch (error) {
		reportError(error);
	}
	return true;
}
