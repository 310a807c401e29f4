import type { SettingValue, Span } from '../../core/ports/format.ts';
import type { Encoding } from './encoding.ts';
import { kind, packed, string, type Tokens } from './lexer.ts';
import { decodeString } from './literals.ts';
import { word } from './words.ts';

/** A source as the recognisers see it. */
export interface PythonText {
	readonly path: string;
	readonly bytes: Uint8Array;
	readonly tokens: Tokens;
	readonly encoding: Encoding;
}

/** A range of tokens: `first` to before `end`. */
export interface TokenRange {
	readonly first: number;
	readonly end: number;
}

/** What an expression is worth as the value of a variable. */
export interface ReadValue {
	readonly value: SettingValue;
	/** What an edit replaces. */
	readonly valueSpan?: Span;
	readonly notRewritable?: string;
}

const comma = packed(',');

/** The range without the parentheses around all of it; a tuple keeps its own. */
export function withoutParentheses(tokens: Tokens, range: TokenRange): TokenRange {
	let { first, end } = range;
	while (
		end - first > 2 &&
		tokens.isOpen(first, '(') &&
		tokens.data[first] === end - 1 &&
		!hasComma(tokens, first + 1, end - 1)
	) {
		first++;
		end--;
	}
	return { first, end };
}

function hasComma(tokens: Tokens, first: number, end: number): boolean {
	for (let i = first; i < end; i++) {
		if (tokens.kinds[i] === kind.open) i = tokens.data[i] as number;
		else if (tokens.isOperator(i, comma) || tokens.isWord(i, word.for)) return true;
	}
	return false;
}

/** The text of a range that is nothing but string literals; `null` for anything else. */
export function literalText(text: PythonText, range: TokenRange): string | null {
	const { tokens } = text;
	const { first, end } = withoutParentheses(tokens, range);
	if (first >= end) return null;
	let whole = '';
	let binary = -1;
	for (let i = first; i < end; i++) {
		if (tokens.kinds[i] !== kind.string) return null;
		const flags = tokens.data[i] as number;
		if (binary >= 0 && binary !== (flags & string.bytes)) return null;
		binary = flags & string.bytes;
		const piece = decodeString(text.bytes, tokens.starts[i] as number, tokens.ends[i] as number, flags, text.encoding);
		if (piece === null) return null;
		whole += piece;
	}
	return whole;
}

export function spanOf(tokens: Tokens, range: TokenRange): Span {
	return { start: tokens.starts[range.first] as number, end: tokens.ends[range.end - 1] as number };
}

/** What the expression at `range` is worth: a literal, `str()` of a plain number, or dynamic with the reason. */
export function readValue(text: PythonText, range: TokenRange): ReadValue {
	const { tokens } = text;
	const inner = withoutParentheses(tokens, range);
	const { first, end } = inner;
	if (first >= end) return { value: { kind: 'dynamic', why: 'an expression' } };
	const literal = literalText(text, inner);
	if (literal !== null) {
		const value: SettingValue = { kind: 'literal', text: literal };
		const valueSpan = spanOf(tokens, inner);
		if (end - first > 1) return { value, valueSpan, notRewritable: 'it is joined from several string literals' };
		if (isTemplate(text, first)) return { value: { kind: 'dynamic', why: 'a template string' } };
		if (((tokens.data[first] as number) & string.formatted) !== 0) {
			return { value, valueSpan, notRewritable: 'it is an f-string without fields' };
		}
		return { value, valueSpan };
	}
	if (
		tokens.isWord(first, word.str) &&
		tokens.isOpen(first + 1, '(') &&
		tokens.data[first + 1] === end - 1 &&
		end - first === 4
	) {
		const argument = tokens.text(first + 2);
		if (tokens.kinds[first + 2] === kind.number && /^(?:0|[1-9][0-9]*)$/.test(argument)) {
			return { value: { kind: 'literal', text: argument }, valueSpan: spanOf(tokens, inner) };
		}
	}
	return { value: { kind: 'dynamic', why: whyDynamic(tokens, first, end) } };
}

function isTemplate(text: PythonText, index: number): boolean {
	const { tokens } = text;
	const prefix = (tokens.data[index] as number) >> 8;
	const start = tokens.starts[index] as number;
	for (let i = start; i < start + prefix; i++) if (((text.bytes[i] as number) | 32) === 116) return true;
	return false;
}

/** Completes "comes from …". */
function whyDynamic(tokens: Tokens, first: number, end: number): string {
	const single = end - first === 1;
	if (single && tokens.kinds[first] === kind.string) return 'an f-string';
	if (single && tokens.kinds[first] === kind.number) return 'a number, which os.environ does not take';
	if (single && tokens.isWord(first, word.None)) return 'None, which os.environ does not take';
	let dottedName = tokens.kinds[first] === kind.name;
	let environment = false;
	for (let i = first; i < end; i++) {
		if (tokens.kinds[i] !== kind.name) {
			if (!tokens.isOperator(i, packed('.'))) dottedName = false;
			continue;
		}
		const name = tokens.text(i);
		if (/^(?:argv|args|parsed_args|parse_args|opts?|options|cli_args|FLAGS|flags)$/.test(name)) return 'argv';
		if (name === 'environ' || name === 'getenv') environment = true;
		if (name === 'input') return 'input()';
	}
	if (environment) return 'the environment';
	if (dottedName) return 'another variable';
	if (tokens.kinds[first] === kind.name && tokens.kinds[end - 1] === kind.close && tokens.data[end - 1] === first + 1)
		return 'a function call';
	return 'an expression';
}
