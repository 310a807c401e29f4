import type { Span } from '../../core/ports/format.ts';
import { isMarker } from './blocks.ts';
import { declaredEncoding } from './encoding.ts';
import { afterLineEnd, kind, latin1, packed, string, type Tokens } from './lexer.ts';
import { word } from './words.ts';

/**
 * Where the first managed block belongs: after shebang, encoding cookie, opening comment, module docstring and
 * `from __future__` imports, before every other statement.
 */
export interface Anchor {
	readonly offset: number;
	/**
	 * `line`: a line begins here. `statement`: a statement that shares its line with the header begins here.
	 * `end`: the file ends here, without a line end.
	 */
	readonly at: 'line' | 'statement' | 'end';
}

const semicolon = packed(';');

/** Finds the anchor of a file that lexed well. */
export function anchorOf(tokens: Tokens): Anchor {
	const { bytes } = tokens;
	for (let line = 0; line < tokens.lines; line++) {
		let first = tokens.lineFirst[line] as number;
		const end = tokens.lineFirst[line + 1] as number;
		while (first < end) {
			const next = statementEnd(tokens, first, end);
			const isHeader = isFuture(tokens, first) || (line === 0 && first === 0 && isDocstring(tokens, first, next));
			if (!isHeader) {
				if (first > (tokens.lineFirst[line] as number)) return { offset: tokens.starts[first] as number, at: 'statement' };
				return line === 0 ? commentAnchor(tokens) : lineAnchor(bytes, tokens.lineEnd[line - 1] as number);
			}
			first = next + 1;
		}
	}
	return tokens.lines === 0 ? commentAnchor(tokens) : lineAnchor(bytes, tokens.lineEnd[tokens.lines - 1] as number);
}

/** The comments at the top of the file, before the first statement that is no docstring: where generators say who they are. */
export function headerComments(tokens: Tokens): Span[] {
	let line = 0;
	const first = tokens.lineFirst[0] as number;
	if (tokens.lines > 0 && isDocstring(tokens, first, statementEnd(tokens, first, tokens.lineFirst[1] as number))) line = 1;
	const limit = line < tokens.lines ? (tokens.starts[tokens.lineFirst[line] as number] as number) : tokens.bytes.length;
	const spans: Span[] = [];
	for (let i = 0; i < tokens.comments.length; i += 2) {
		const span = { start: tokens.comments[i] as number, end: tokens.comments[i + 1] as number };
		if (span.start >= limit) break;
		if (!isMarker(latin1(tokens.bytes, span.start, span.end).trimEnd())) spans.push(span);
	}
	if (line === 1) spans.push({ start: tokens.starts[first] as number, end: tokens.ends[first] as number });
	return spans;
}

function lineAnchor(bytes: Uint8Array, offset: number): Anchor {
	const before = bytes[offset - 1];
	if (offset === 0 || (offset === 3 && bytes[0] === 0xef)) return { offset, at: 'line' };
	return { offset, at: before === 10 || before === 13 ? 'line' : 'end' };
}

function statementEnd(tokens: Tokens, first: number, end: number): number {
	for (let i = first; i < end; i++) {
		if (tokens.kinds[i] === kind.open) i = tokens.data[i] as number;
		else if (tokens.isOperator(i, semicolon)) return i;
	}
	return end;
}

function isFuture(tokens: Tokens, first: number): boolean {
	return tokens.isWord(first, word.from) && tokens.isWord(first + 1, word.__future__);
}

/** A string, or several in a row, in parentheses or not; bytes and f-strings are no docstrings. */
function isDocstring(tokens: Tokens, from: number, to: number): boolean {
	let first = from;
	let end = to;
	while (end - first > 2 && tokens.isOpen(first, '(') && tokens.data[first] === end - 1) {
		first++;
		end--;
	}
	for (let i = first; i < end; i++) {
		if (tokens.kinds[i] !== kind.string || ((tokens.data[i] as number) & (string.bytes | string.formatted)) !== 0) return false;
	}
	return end > first;
}

/**
 * Without docstring and future imports: after the comment that opens the file where a blank line parts it from what
 * follows, else after shebang and encoding cookie alone, since a comment right above a statement belongs to it.
 */
function commentAnchor(tokens: Tokens): Anchor {
	const { bytes } = tokens;
	const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
	const cookie = declaredEncoding(bytes);
	let required = start;
	if (bytes[start] === 35 && bytes[start + 1] === 33) required = lineAfter(bytes, start);
	if (cookie) required = Math.max(required, lineAfter(bytes, cookie.start));
	let at = start;
	while (bytes[at] === 35) {
		const next = lineAfter(bytes, at);
		// A comment that ignores something stays with what it is about.
		if (/^#+[ \t]*gpupolicy:[ \t]*ignore[ \t]*\[/.test(latin1(bytes, at, next))) return lineAnchor(bytes, required);
		if (isMarker(latin1(bytes, at, next).trimEnd())) return lineAnchor(bytes, Math.max(at, required));
		at = next;
	}
	let blank = at;
	while (bytes[blank] === 32 || bytes[blank] === 9 || bytes[blank] === 12) blank++;
	const parted = blank >= bytes.length || bytes[blank] === 10 || bytes[blank] === 13;
	const offset = parted ? Math.max(at, required) : required;
	return lineAnchor(bytes, offset);
}

/** Offset after the line that holds `from`. */
export function lineAfter(bytes: Uint8Array, from: number): number {
	let at = from;
	while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at++;
	return afterLineEnd(bytes, at);
}
