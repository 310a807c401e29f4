import { kind, packed, type Tokens } from './lexer.ts';
import { splitAtCommas } from './statements.ts';
import type { TokenRange } from './values.ts';

/** One argument of a call. `keyword`: the name before `=`; `**` and `*` for unpacking. */
export interface Argument {
	readonly keyword: string | null;
	readonly range: TokenRange;
}

const dot = packed('.');
const equals = packed('=');
const star = packed('*');
const doubleStar = packed('**');

/** The arguments between the brackets of a call or a subscript that opens at token `open`. */
export function argumentsOf(tokens: Tokens, open: number): Argument[] {
	return splitAtCommas(tokens, open + 1, tokens.data[open] as number).map(({ first, end }) => {
		if (tokens.kinds[first] === kind.name && tokens.isOperator(first + 1, equals)) {
			return { keyword: tokens.text(first), range: { first: first + 2, end } };
		}
		if (tokens.isOperator(first, star) || tokens.isOperator(first, doubleStar)) {
			return { keyword: tokens.isOperator(first, star) ? '*' : '**', range: { first: first + 1, end } };
		}
		return { keyword: null, range: { first, end } };
	});
}

/**
 * The dotted name that ends at token `last` (inclusive), outermost first: `['torch', 'cuda', 'set_device']`. Begins with
 * an empty string where it hangs on something else than a name: `model().cuda`.
 */
export function dottedNameBefore(
	tokens: Tokens,
	last: number,
	first: number,
): { readonly path: readonly string[]; readonly first: number } {
	const path: string[] = [];
	let i = last;
	for (;;) {
		if (i < first || tokens.kinds[i] !== kind.name) {
			path.unshift('');
			return { path, first: i + 1 };
		}
		path.unshift(tokens.text(i));
		if (i - 1 < first || !tokens.isOperator(i - 1, dot)) return { path, first: i };
		i -= 2;
	}
}

/** The callee of the call whose bracket opens at `open`, as `dottedNameBefore`; an empty path where it is no call. */
export function calleeOf(tokens: Tokens, open: number, first: number): readonly string[] {
	if (!tokens.isOpen(open, '(') || open <= first) return [];
	const before = tokens.kinds[open - 1];
	if (before === kind.close) return [''];
	if (before !== kind.name) return [];
	// A keyword before a parenthesis is no callee: `return (`, `in (`.
	const number = tokens.data[open - 1] as number;
	if (number > 0 && number <= 35) return [];
	return dottedNameBefore(tokens, open - 1, first).path;
}

/** Names of functions whose arguments are text for people, or patterns and texts to compare with. */
const textCalls =
	/^(?:print|pprint|debug|info|warn|warning|error|critical|exception|fatal|log|log_\w+|echo|secho|write|writelines|fail|skip|xfail|format|join|startswith|endswith|replace|find|rfind|index|rindex|count|split|rsplit|partition|rpartition|strip|lstrip|rstrip|removeprefix|removesuffix|match|search|fullmatch|findall|finditer|sub|compile|assert\w*|has_\w+|add_argument_group|heading|title|markdown|text|success|getenv)$/;

/** True where the innermost call says its arguments to people or compares with them. */
export function isTextCall(callee: readonly string[]): boolean {
	const name = callee.at(-1);
	return name !== undefined && (textCalls.test(name) || /(?:Error|Exception|Warning)$/.test(name));
}
