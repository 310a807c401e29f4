import type { SettingValue, Span } from '../../core/ports/format.ts';
import { decode } from '../text/bytes.ts';

/** The quote around a value; empty for none. */
export type QuoteMark = '' | "'" | '"' | '`';

export type ReadValue =
	| {
			readonly ok: true;
			readonly value: SettingValue;
			readonly quote: QuoteMark;
			readonly span: Span;
			readonly comment: Span | null;
			/** End of the value's last line, before its line ending. */
			readonly lineEnd: number;
	  }
	| { readonly ok: false; readonly message: string; readonly span: Span };

const AMBIGUOUS: SettingValue = { kind: 'dynamic', why: 'text that readers of .env files understand differently' };
const VARIABLE: SettingValue = { kind: 'dynamic', why: 'another variable' };
const COMMAND: SettingValue = { kind: 'dynamic', why: 'a command' };

/** Reads the value behind the `=` at `from - 1`, up to the end of its line. Where the dialects of dotenv disagree it is dynamic. */
export function readValue(text: string, from: number): ReadValue {
	let start = from;
	while (text[start] === ' ' || text[start] === '\t') start++;
	const quote = text[start];
	if (quote === '"' || quote === "'" || quote === '`') return readQuoted(text, start, quote);
	const lineEnd = endOfLine(text, start);
	const commentAt = findComment(text, from, start, lineEnd);
	const comment = commentAt === null ? null : { start: commentAt, end: lineEnd };
	let end = commentAt ?? lineEnd;
	while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--;
	if (end <= start) start = end = from;
	return { ok: true, value: unquoted(text.slice(start, end)), quote: '', span: { start, end }, comment, lineEnd };
}

/** A `#` opens a comment behind white space; `NAME=#` and `1#2` are read either way, see `unquoted`. */
function findComment(text: string, from: number, start: number, lineEnd: number): number | null {
	for (let at = start; at < lineEnd; at++) {
		if (text[at] === '#' && at > from && (text[at - 1] === ' ' || text[at - 1] === '\t')) return at;
	}
	return null;
}

function unquoted(raw: string): SettingValue {
	if (raw.includes('`') || raw.includes('$(')) return COMMAND;
	if (/\$[A-Za-z_{]/.test(raw)) return VARIABLE;
	// `#` inside a word, quotes inside a word, a continuation line, a second assignment on one `export` line
	if (/[#"']|\\$|[ \t][A-Za-z_][A-Za-z0-9_]*=/.test(raw)) return AMBIGUOUS;
	return { kind: 'literal', text: decode(raw) };
}

function readQuoted(text: string, start: number, quote: "'" | '"' | '`'): ReadValue {
	const close = findClose(text, start, quote);
	if (close === null) {
		return { ok: false, message: `the quote ${quote} is never closed`, span: { start, end: start + 1 } };
	}
	const end = close + 1;
	const lineEnd = endOfLine(text, end);
	const rest = text.slice(end, lineEnd);
	const comment = /^[ \t]+(#.*)$/.exec(rest);
	const clean = comment !== null || /^[ \t]*$/.test(rest);
	if (!clean && /[\r\n]/.test(text.slice(start, end))) {
		const message = `where the quote ${quote} ends cannot be told: text follows it on a later line`;
		return { ok: false, message, span: { start, end: start + 1 } };
	}
	const body = text.slice(start + 1, close);
	return {
		ok: true,
		value: clean ? quoted(body, quote) : AMBIGUOUS,
		quote,
		span: { start, end: clean ? end : start + text.slice(start, lineEnd).trimEnd().length },
		comment: comment === null ? null : { start: lineEnd - (comment[1] as string).length, end: lineEnd },
		lineEnd,
	};
}

function findClose(text: string, start: number, quote: string): number | null {
	for (let at = start + 1; at < text.length; at++) {
		if (quote === '"' && text[at] === '\\') at++;
		else if (text[at] === quote) return at;
	}
	return null;
}

function quoted(body: string, quote: "'" | '"' | '`'): SettingValue {
	const lines = body.replace(/\r\n?/g, '\n');
	if (quote === "'") return lines.endsWith('\\') ? AMBIGUOUS : { kind: 'literal', text: decode(lines) };
	if (quote === '`') return /[$\\]/.test(lines) ? AMBIGUOUS : { kind: 'literal', text: decode(lines) };
	const unescaped = lines.replace(/\\[\s\S]/g, '');
	if (unescaped.includes('`') || unescaped.includes('$(')) return COMMAND;
	if (/\$[A-Za-z_{]/.test(unescaped)) return VARIABLE;
	return { kind: 'literal', text: decode(lines.replace(/\\([nrt"\\$`])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped)) };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function endOfLine(text: string, from: number): number {
	let end = from;
	while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
	return end;
}
