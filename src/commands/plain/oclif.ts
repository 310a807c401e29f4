/**
 * What the commands use of `@oclif/core`, for the bundle that answers plain command lines: the build puts this module in its
 * place there. The definitions of flags stay as they are written in the commands; `arguments.ts` reads them.
 */

/** A definition as a command writes it, with its type. */
export type Definition = Readonly<Record<string, unknown>> & { readonly type: string };

const of =
	(type: string) =>
	(definition: Readonly<Record<string, unknown>> = {}): Definition => ({ ...definition, type });

export const Flags = { string: of('string'), boolean: of('boolean'), integer: of('integer') };
export const Args = { string: of('string'), integer: of('integer') };

/** What a command is given: its arguments were read before it was made. */
export interface Parsed {
	readonly flags: Readonly<Record<string, unknown>>;
	readonly args: Readonly<Record<string, unknown>>;
}

export class Command {
	readonly id: string;
	/** As a plugin of kubectl we are never started this way. */
	readonly config = { bin: 'gpupolicy' };
	readonly #parsed: Parsed;

	constructor(id: string, parsed: Parsed) {
		this.id = id;
		this.#parsed = parsed;
	}

	/** The arguments, which were read before. */
	protected async parse(): Promise<Parsed> {
		return this.#parsed;
	}
}
