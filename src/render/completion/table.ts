/** What may stand as the value of a flag or as an argument. */
export type Values =
	| { readonly kind: 'words'; readonly words: readonly string[] }
	| { readonly kind: 'files' }
	| { readonly kind: 'directories' }
	/** Names of the policies of the last pass. */
	| { readonly kind: 'policies' }
	/** Something that nobody can propose: a number, a duration, a new name. */
	| { readonly kind: 'free' };

/** A flag as a shell completes it. */
export interface CompletedFlag {
	/** `--output`. */
	readonly long: string;
	/** `-o`; `null` where there is none. */
	readonly short: string | null;
	readonly summary: string;
	/** `null` for a flag without a value. */
	readonly value: Values | null;
	readonly repeatable: boolean;
}

/** A command as a shell completes it. */
export interface CompletedCommand {
	readonly name: string;
	readonly summary: string;
	readonly flags: readonly CompletedFlag[];
	/** In their order. */
	readonly args: readonly Values[];
}

/** What oclif's table says of a flag, as far as it is needed. */
interface TableFlag {
	readonly type: 'boolean' | 'option';
	readonly char?: string | undefined;
	readonly summary?: string | undefined;
	readonly hidden?: boolean | undefined;
	readonly allowNo?: boolean | undefined;
	readonly multiple?: boolean | undefined;
	readonly options?: readonly string[] | undefined;
	readonly helpValue?: string | readonly string[] | undefined;
}

/** What oclif's table says of a command, as far as it is needed: the same in `oclif.manifest.json` and in its loaded config. */
export interface TableCommand {
	readonly id: string;
	readonly hidden?: boolean | undefined;
	readonly summary?: string | undefined;
	readonly flags: Readonly<Record<string, TableFlag>>;
	readonly args: Readonly<Record<string, { readonly options?: readonly string[] | undefined }>>;
}

const help: CompletedFlag = { long: '--help', short: null, summary: 'Show help', value: null, repeatable: false };

/** Everything that can be completed, by oclif's own table of commands, so that no list of ours can differ from it. */
export function completedCommands(table: readonly TableCommand[]): readonly CompletedCommand[] {
	return table
		.filter(({ hidden }) => hidden !== true)
		.map(({ id, summary = '', flags, args }) => ({
			name: id,
			summary: firstSentence(summary),
			flags: [...Object.entries(flags).flatMap(([name, flag]) => completedFlags(name, flag)), help],
			args: Object.entries(args).map(([name, { options }]) => argumentValues(name, options)),
		}))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function completedFlags(name: string, flag: TableFlag): CompletedFlag[] {
	if (flag.hidden === true) return [];
	const shown = {
		short: flag.char === undefined ? null : `-${flag.char}`,
		summary: firstSentence(flag.summary ?? ''),
		value: flag.type === 'option' ? flagValues(flag) : null,
		repeatable: flag.multiple === true,
	};
	const flags = [{ long: `--${name}`, ...shown }];
	return flag.allowNo === true ? [...flags, { ...shown, long: `--no-${name}`, short: null }] : flags;
}

function flagValues({ options, helpValue }: TableFlag): Values {
	if (options && options.length > 0) return { kind: 'words', words: options };
	const names = [helpValue ?? []].flat().flatMap((value) => value.split('|'));
	if (names.includes('FILE')) return { kind: 'files' };
	if (names.includes('DIR')) return { kind: 'directories' };
	// `table|wide|jsonpath=TEMPLATE`: words are in lower case, what stands for a value is not.
	const words = names.map((name) => name.replace(/=.*/, '='));
	return words.length > 1 && words.every((word) => /^[a-z-]+=?$/.test(word)) ? { kind: 'words', words } : { kind: 'free' };
}

/** By convention an argument `name` is the name of a policy. */
function argumentValues(name: string, options: readonly string[] | undefined): Values {
	if (options && options.length > 0) return { kind: 'words', words: options };
	return { kind: name === 'name' ? 'policies' : 'free' };
}

/** Shells show a line for each. */
function firstSentence(text: string): string {
	return (/^.*?(?:;(?=\s)|\.(?=\s+[A-Z]|$))/.exec(text)?.[0] ?? text).replace(/[.;]$/, '');
}
