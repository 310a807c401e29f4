import type { SettingValue, Span } from '../../../core/ports/format.ts';
import type { Comment } from '../ignores.ts';

/**
 * How a literal stands in the text, which decides how another one can be written there:
 * - `word`: a bare or partly quoted piece of a word
 * - `single`, `double`: one quoted string; the span includes its quotes
 * - `inside`: between quotes, braces or other text that is not part of the span; only plain characters fit
 */
export type Spelling = 'word' | 'single' | 'double' | 'inside';

/** A value in a shell text and where it stands. */
export interface ShellValue {
	readonly value: SettingValue;
	readonly span: Span;
	readonly spelling: Spelling;
	/** Set where the whole value is `${name:-default}` or one of its kin. */
	readonly fallback?: Fallback;
	/** The words of an array: `(a b)`. */
	readonly elements?: readonly Word[];
}

/** `${name:-value}`; `assigns` for `:=` and `=`, which also set the variable. */
export interface Fallback {
	readonly name: string;
	readonly assigns: boolean;
	readonly value: ShellValue;
	readonly span: Span;
}

/** `NAME=value` in a command's prefix, or as an argument of `export`, `env`, `docker run -e`. */
export interface Assignment {
	readonly name: string;
	readonly value: ShellValue;
	readonly span: Span;
}

export interface Word extends ShellValue {
	/** As written. */
	readonly raw: string;
	/** The word is `NAME=value` with the name unquoted, or is so within one pair of quotes. */
	readonly assignment?: Assignment;
	/** Every `${name:=value}` in it. */
	readonly fallbacks: readonly Fallback[];
}

/**
 * Where a command stands: `top` runs whenever the text runs; `conditional` under if, a loop, `case`, behind `&&`; `deferred` in a
 * function; `child` in a subshell, a pipeline, the background, a substitution: what it sets dies with it.
 */
export type Standing = 'top' | 'conditional' | 'deferred' | 'child';

/** A simple command: `A=1 B=2 name argument…`. */
export interface Command {
	readonly assignments: readonly Assignment[];
	readonly words: readonly Word[];
	readonly span: Span;
	standing: Standing;
}

/** `for NAME in …`, `select NAME in …`: the shell sets the variable itself. */
export interface LoopVariable {
	readonly name: string;
	readonly span: Span;
	standing: Standing;
}

/** What was recognised in a shell text; lists are in source order. */
export interface Script {
	readonly commands: readonly Command[];
	readonly loops: readonly LoopVariable[];
	readonly comments: readonly Comment[];
	/** Bodies of heredocs, and where the redirection of each stands. */
	readonly heredocs: readonly { readonly body: Span; readonly at: number }[];
	/** `…` with their backticks; what stands in them is not among the commands. */
	readonly backticks: readonly Span[];
}

/** What keeps a shell text from being understood. */
export class ShellSyntaxError extends Error {
	readonly at: number;
	constructor(message: string, at: number) {
		super(message);
		this.name = 'ShellSyntaxError';
		this.at = at;
	}
}
