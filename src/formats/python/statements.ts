import { checkHead, checkStatement } from './grammar.ts';
import { kind, type LexicalError, packed, type Tokens } from './lexer.ts';
import { hot, word } from './words.ts';

/** In what kinds of suites a statement stands; a union of flags. 0: at module level, executed once, always. */
export const place = {
	/** Under if, try, a loop, with, match: may be executed or not. */
	conditional: 1,
	/** In a function or class body. */
	deferred: 2,
	/** In a function body: not executed on import. */
	called: 4,
	/** Under `if TYPE_CHECKING:` or `if False:`: never executed. */
	never: 8,
	/** The head of a compound statement. */
	header: 16,
	/** A `case` pattern. */
	pattern: 32,
} as const;

/** Is told of each simple statement and each head of a compound statement, in source order. */
export interface StatementVisitor {
	/** Tokens `first` to before `end`; `flags` are the `hot` flags of the logical line. Called only for lines with flags. */
	statement(first: number, end: number, flags: number, where: number): void;
}

const comma = packed(',');
const colon = packed(':');
const semicolon = packed(';');
const at = packed('@');

/** Words that may open a compound statement, with the flags of its suite. */
const suites = new Map<number, number>([
	[word.if, place.conditional],
	[word.elif, place.conditional],
	[word.else, place.conditional],
	[word.for, place.conditional],
	[word.while, place.conditional],
	[word.try, place.conditional],
	[word.except, place.conditional],
	[word.finally, place.conditional],
	[word.with, place.conditional],
	[word.def, place.deferred | place.called],
	[word.class, place.deferred],
]);

/** What may stand before `else`, `elif`, `except`, `finally` at the same level. */
const follows = new Map<number, readonly number[]>([
	[word.elif, [word.if, word.elif]],
	[word.else, [word.if, word.elif, word.for, word.while, word.except]],
	[word.except, [word.try, word.except]],
	[word.finally, [word.try, word.except, word.else]],
]);

/**
 * Walks the logical lines with the suites around them and calls the visitor for every statement that may matter.
 * Returns the first thing that cannot be Python, or `null`.
 */
export function walk(tokens: Tokens, visitor: StatementVisitor, everything: () => boolean): LexicalError | null {
	/** Flags of the suite at each level, the word that opened it, and the last compound statement in it. */
	const flagsAt = new Uint8Array(128);
	const openerAt = new Uint8Array(128);
	const lastAt = new Uint8Array(128);
	/** Tried: the `try` at this level still wants an `except` or `finally`. */
	let pending = -1;
	let decorated = false;
	/** Only a docstring and other future imports may stand before `from __future__`. */
	let future = true;
	let level = 0;

	const error = (token: number, message: string): LexicalError => ({ offset: tokens.starts[token] as number, message });

	for (let line = 0; line < tokens.lines; line++) {
		const first = tokens.lineFirst[line] as number;
		const end = tokens.lineFirst[line + 1] as number;
		const depth = tokens.lineLevel[line] as number;
		const lineFlags = tokens.lineFlags[line] as number;
		if (pending >= 0) {
			if (depth <= level) return error(first, 'expected an indented block');
			flagsAt[depth] = pending;
			lastAt[depth] = 0;
			pending = -1;
		} else if (depth > level) return error(first, 'unexpected indent');
		for (let gone = level; gone > depth; gone--)
			if (lastAt[gone] === word.try) return error(first, "expected 'except' or 'finally' block");
		level = depth;
		const opener = tokens.kinds[first] === kind.name ? (tokens.data[first] as number) : 0;
		const where = flagsAt[level] as number;
		let head = opener;
		if (opener === word.async && tokens.kinds[first + 1] === kind.name && end - first > 1) {
			head = tokens.data[first + 1] as number;
			if (head !== word.def && head !== word.for && head !== word.with) return error(first, 'invalid syntax');
		}
		let suite = suites.get(head);
		if (suite === undefined && (opener === word.match || opener === word.case) && end - first > 1) {
			const inMatch = openerAt[level] === word.match && level > 0;
			if (opener === word.case && inMatch) suite = place.conditional;
			else if (opener === word.match && tokens.kinds[end - 1] === kind.operator && tokens.data[end - 1] === colon)
				suite = place.conditional;
		}
		if (level > 0 && openerAt[level] === word.match && head !== word.case) return error(first, "expected 'case'");
		if (lastAt[level] === word.try && head !== word.except && head !== word.finally) {
			return error(first, "expected 'except' or 'finally' block");
		}
		if (decorated && head !== word.def && head !== word.class && !isDecorator(tokens, first))
			return error(first, 'a decorator must stand before a function or class');
		decorated = isDecorator(tokens, first);
		if (future || (opener === word.from && tokens.isWord(first + 1, word.__future__))) {
			const isFuture = opener === word.from && tokens.isWord(first + 1, word.__future__);
			if (isFuture && !future) return error(first, 'from __future__ imports must stand at the beginning of the file');
			future = isFuture || (line === 0 && tokens.kinds[first] !== kind.name && tokens.kinds[first] !== kind.operator);
		}
		if (suite === undefined) {
			lastAt[level] = 0;
			const wrong = simple(tokens, lineFlags !== 0 || everything() ? visitor : null, first, end, lineFlags, where);
			if (wrong >= 0) return syntaxError(tokens, wrong, end);
			continue;
		}
		const allowed = follows.get(head);
		if (allowed && !allowed.includes(lastAt[level] as number)) return error(first, 'invalid syntax');
		lastAt[level] = head;
		const colonAt = suiteColon(tokens, first, end);
		if (colonAt < 0) return error(end - 1, "expected ':'");
		if (opener === word.if && neverTrue(tokens, first + 1, colonAt)) suite |= place.never;
		const inner = where | suite;
		const wrong = checkHead(tokens, opener === word.async ? first + 1 : first, colonAt, head);
		if (wrong >= 0) return syntaxError(tokens, wrong, end);
		if (lineFlags !== 0 || everything()) {
			const header = where | place.header | (opener === word.case ? place.pattern : 0);
			visitor.statement(first, colonAt, lineFlags, header);
		}
		if (colonAt + 1 < end) {
			const bad = isDecorator(tokens, colonAt + 1)
				? colonAt + 1
				: simple(tokens, lineFlags !== 0 || everything() ? visitor : null, colonAt + 1, end, lineFlags, inner);
			if (bad >= 0) return syntaxError(tokens, bad, end);
			continue;
		}
		openerAt[level + 1] = head;
		pending = inner;
	}
	const last = tokens.bytes.length;
	if (pending >= 0) return { offset: last, message: 'expected an indented block at the end of the file' };
	for (let gone = level; gone >= 0; gone--)
		if (lastAt[gone] === word.try) return { offset: last, message: "expected 'except' or 'finally' block" };
	if (decorated) return { offset: last, message: 'a decorator must stand before a function or class' };
	return null;
}

/** The simple statements of a line, separated by `;`. Index of the first token that stands wrong, or -1. */
function simple(
	tokens: Tokens,
	visitor: StatementVisitor | null,
	first: number,
	end: number,
	flags: number,
	where: number,
): number {
	if ((flags & hot.semicolon) === 0) return one(tokens, visitor, first, end, flags, where);
	let start = first;
	for (let i = first; i < end; i++) {
		if (tokens.kinds[i] === kind.open) i = tokens.data[i] as number;
		else if (tokens.kinds[i] === kind.operator && tokens.data[i] === semicolon) {
			// A decorator has its line to itself.
			const wrong = i > start && !isDecorator(tokens, start) ? one(tokens, visitor, start, i, flags, where) : start;
			if (wrong >= 0) return wrong;
			start = i + 1;
		}
	}
	if (end > start && isDecorator(tokens, start)) return start;
	return end > start ? one(tokens, visitor, start, end, flags, where) : -1;
}

function one(tokens: Tokens, visitor: StatementVisitor | null, first: number, end: number, flags: number, where: number): number {
	const wrong = checkStatement(tokens, first, end);
	if (wrong >= 0) return wrong;
	if (tokens.isWord(first, word.return) && (where & place.called) === 0) return first;
	if (visitor === null) return -1;
	// A visitor looks a token ahead: what follows on the next line is none of its business.
	const next = tokens.kinds[end] as number;
	tokens.kinds[end] = 0;
	visitor.statement(first, end, flags, where);
	tokens.kinds[end] = next;
	return -1;
}

function syntaxError(tokens: Tokens, index: number, end: number): LexicalError {
	const offset = index < end ? (tokens.starts[index] as number) : (tokens.ends[end - 1] as number);
	return { offset, message: 'invalid syntax' };
}

function isDecorator(tokens: Tokens, first: number): boolean {
	return tokens.kinds[first] === kind.operator && tokens.data[first] === at;
}

/** Index of the `:` that opens the suite, -1 where there is none. */
function suiteColon(tokens: Tokens, first: number, end: number): number {
	let lambdas = 0;
	for (let i = first; i < end; i++) {
		const token = tokens.kinds[i];
		if (token === kind.open) i = tokens.data[i] as number;
		else if (token === kind.name && tokens.data[i] === word.lambda) lambdas++;
		else if (token === kind.operator && tokens.data[i] === colon) {
			if (lambdas === 0) return i;
			lambdas--;
		}
	}
	return -1;
}

/** `TYPE_CHECKING`, `typing.TYPE_CHECKING`, `False`, `0`: what stands below is for type checkers, or for nobody. */
function neverTrue(tokens: Tokens, first: number, end: number): boolean {
	const last = end - 1;
	if (tokens.kinds[last] === kind.number) return last === first && tokens.text(last) === '0';
	if (tokens.kinds[last] !== kind.name) return false;
	if (tokens.data[last] === word.False) return last === first;
	if (tokens.data[last] !== word.TYPE_CHECKING) return false;
	return last === first || (last === first + 2 && tokens.kinds[first] === kind.name);
}

/** The parts of the tokens from `first` to before `end` that commas separate, brackets passed over; a trailing comma opens none. */
export function splitAtCommas(tokens: Tokens, first: number, end: number): { readonly first: number; readonly end: number }[] {
	const parts: { first: number; end: number }[] = [];
	let start = first;
	for (let i = first; i < end; i++) {
		if (tokens.kinds[i] === kind.open) i = tokens.data[i] as number;
		else if (tokens.kinds[i] === kind.operator && tokens.data[i] === comma) {
			parts.push({ first: start, end: i });
			start = i + 1;
		}
	}
	if (start < end) parts.push({ first: start, end });
	return parts;
}

/** The parts of brackets, kept: one bracket may be asked for each of its many parts. */
export class BracketParts {
	readonly #tokens: Tokens;
	readonly #parts = new Map<number, Map<number, { readonly first: number; readonly end: number }>>();

	constructor(tokens: Tokens) {
		this.#tokens = tokens;
	}

	/** The part of the bracket opened at token `open` that begins at token `first`. */
	at(open: number, first: number): { readonly first: number; readonly end: number } | undefined {
		let parts = this.#parts.get(open);
		if (!parts) {
			const all = splitAtCommas(this.#tokens, open + 1, this.#tokens.data[open] as number);
			parts = new Map(all.map((part) => [part.first, part]));
			this.#parts.set(open, parts);
		}
		return parts.get(first);
	}
}
