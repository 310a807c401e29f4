import type { SettingValue, Span } from '../../core/ports/format.ts';
import type { Comment } from '../text/ignores.ts';
import { type QuoteMark, readValue } from './value.ts';

/** One `NAME=value` of a dotenv file; all offsets are bytes. */
export interface Entry {
	readonly name: string;
	/** `export ` stands before the name. */
	readonly exported: boolean;
	/** White space before the entry. */
	readonly indent: string;
	readonly value: SettingValue;
	readonly quote: QuoteMark;
	/** The value with its quotes; empty right behind `=` where there is no value. */
	readonly valueSpan: Span;
	/** From `export` or the name to the end of the value. */
	readonly span: Span;
	/** Offset behind the line ending of the entry's last line (the end of the text where there is none). */
	readonly nextLine: number;
}

/** A line that is no entry: a bare `NAME`, `NAME: value`, a shell command. `name` is the first word that can be a name. */
export interface OtherLine {
	readonly name: string | null;
	/** Nothing but the name (and `export`) stands on the line: the reader's own environment supplies the value. */
	readonly bare: boolean;
	readonly span: Span;
}

export interface Unreadable {
	readonly message: string;
	readonly span: Span;
}

export interface Dotenv {
	readonly entries: readonly Entry[];
	readonly others: readonly OtherLine[];
	readonly comments: readonly Comment[];
	/** A quote that is never closed, or whose end cannot be told: what follows it is not understood. */
	readonly unreadable: Unreadable | null;
}

const ENTRY = /([ \t]*)(export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=/y;
const BLANK = /[ \t]*(?:\r\n|\n|\r|$)/y;
const COMMENT = /[ \t]*(#[^\r\n]*)/y;
const REST = /[^\r\n]*/y;
const ENDING = /\r\n|\n|\r/y;

/** Splits the `byteText` of a dotenv file into entries, comments and other lines; `start` is behind a byte order mark. */
export function lexDotenv(text: string, start: number): Dotenv {
	const entries: Entry[] = [];
	const others: OtherLine[] = [];
	const comments: Comment[] = [];
	let at = start;
	while (at < text.length) {
		const blank = match(BLANK, text, at);
		if (blank !== null) {
			at += blank[0].length;
			continue;
		}
		const comment = match(COMMENT, text, at);
		if (comment !== null) {
			const end = at + comment[0].length;
			comments.push({ span: { start: end - (comment[1] as string).length, end }, alone: true });
			at = behindEnding(text, end);
			continue;
		}
		const head = match(ENTRY, text, at);
		if (head === null) {
			const end = at + (match(REST, text, at) as RegExpExecArray)[0].length;
			others.push(otherLine(text, at, end));
			at = behindEnding(text, end);
			continue;
		}
		const entryStart = at + (head[1] as string).length;
		const read = readValue(text, at + head[0].length);
		if (!read.ok) return { entries, others, comments, unreadable: { message: read.message, span: read.span } };
		if (read.comment !== null) comments.push({ span: read.comment, alone: false });
		at = behindEnding(text, read.lineEnd);
		entries.push({
			name: head[3] as string,
			exported: head[2] !== undefined,
			indent: head[1] as string,
			value: read.value,
			quote: read.quote,
			valueSpan: read.span,
			span: { start: entryStart, end: read.span.end },
			nextLine: at,
		});
	}
	return { entries, others, comments, unreadable: null };
}

function otherLine(text: string, start: number, end: number): OtherLine {
	const line = text.slice(start, end);
	const found = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)/.exec(line);
	return {
		name: found?.[1] ?? null,
		bare: found !== null && /^[ \t]*(#.*)?$/.test(line.slice(found[0].length)),
		span: { start: start + line.length - line.trimStart().length, end },
	};
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
	pattern.lastIndex = at;
	return pattern.exec(text);
}

function behindEnding(text: string, at: number): number {
	return at + (match(ENDING, text, at)?.[0].length ?? 0);
}
