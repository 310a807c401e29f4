import type { SettingValue, Span } from '../../core/ports/format.ts';
import { decode } from '../text/bytes.ts';
import type { Instruction } from './lexer.ts';

/** How a value stands in an ENV or ARG instruction. */
export type PairStyle = 'plain' | 'single' | 'double';

/** One `NAME=value` of ENV or ARG, or the `ENV NAME value` of old. */
export interface Pair {
	readonly name: string;
	readonly value: SettingValue;
	readonly style: PairStyle;
	readonly valueSpan: Span;
	readonly span: Span;
}

/** Reads the arguments of ENV or ARG; names without a value are left out. */
export function readPairs(text: string, { keyword, args }: Instruction, escapeMark: string): Pair[] {
	const legacy = /[^ \t\r\n="']+[ \t]+(?![ \t])/y;
	legacy.lastIndex = args.start;
	const old = legacy.exec(text);
	const behind = old === null ? args.end : args.start + old[0].length;
	if (keyword === 'ENV' && old !== null && behind < args.end && !isContinuation(text, behind, escapeMark))
		return legacyPair(text, args, behind, escapeMark);
	const pairs: Pair[] = [];
	for (let at = args.start; at < args.end; ) {
		const gap = gapLength(text, at, escapeMark);
		if (gap > 0) {
			at += gap;
			continue;
		}
		const end = tokenEnd(text, at, args.end, escapeMark);
		const name = /[^=\s"']+=/y;
		name.lastIndex = at;
		const head = name.exec(text);
		if (head !== null && at + head[0].length <= end) {
			const valueSpan = { start: at + head[0].length, end };
			pairs.push({ name: head[0].slice(0, -1), ...readValue(text, valueSpan, escapeMark), valueSpan, span: { start: at, end } });
		}
		at = end;
	}
	return pairs;
}

function legacyPair(text: string, { start, end }: Span, from: number, escapeMark: string): Pair[] {
	const name = (/^\S+/.exec(text.slice(start, end)) as RegExpExecArray)[0];
	const to = start + text.slice(start, end).trimEnd().length;
	const valueSpan = { start: from, end: to };
	const read = readValue(text, valueSpan, escapeMark);
	return [{ name, ...read, valueSpan, span: { start, end: to } }];
}

function isContinuation(text: string, at: number, escapeMark: string): boolean {
	return text[at] === escapeMark && /[ \t]*(\r?\n|$)/y.test(text.slice(at + 1, at + 80));
}

/** White space, an escaped line ending, and the comment and empty lines behind it. */
function gapLength(text: string, at: number, escapeMark: string): number {
	const blank = /[ \t]+/y;
	blank.lastIndex = at;
	const spaces = blank.exec(text);
	if (spaces !== null) return spaces[0].length;
	const lines =
		escapeMark === '\\'
			? /\\[ \t]*(?:\r?\n|$)(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*/y
			: /`[ \t]*(?:\r?\n|$)(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*/y;
	lines.lastIndex = at;
	return lines.exec(text)?.[0].length ?? 0;
}

function tokenEnd(text: string, start: number, end: number, escapeMark: string): number {
	let quote = '';
	let at = start;
	for (; at < end; at++) {
		const char = text[at] as string;
		if (quote === '' && (char === ' ' || char === '\t' || gapLength(text, at, escapeMark) > 0)) break;
		if (char === escapeMark && quote !== "'") at++;
		else if (quote === '' && (char === '"' || char === "'")) quote = char;
		else if (char === quote) quote = '';
	}
	return Math.min(at, end);
}

function readValue(text: string, { start, end }: Span, escapeMark: string): { value: SettingValue; style: PairStyle } {
	const raw = text.slice(start, end);
	const style = /^"(?:[^"\\`]|[\\`].)*"$/.test(raw) ? 'double' : /^'[^']*'$/.test(raw) ? 'single' : 'plain';
	let out = '';
	let quote = '';
	for (let at = 0; at < raw.length; at++) {
		const char = raw[at] as string;
		if (char === escapeMark && quote !== "'") {
			at++;
			const next = raw[at] ?? '';
			if (next === '' || next === '\n' || next === '\r')
				return { value: { kind: 'dynamic', why: 'text over several lines' }, style };
			// in double quotes an escape before anything else stays
			out += quote === '"' && next !== '"' && next !== '$' && next !== escapeMark ? char + next : next;
		} else if (quote === '' && (char === '"' || char === "'")) quote = char;
		else if (char === quote) quote = '';
		else if (char === '$' && quote !== "'" && /[A-Za-z_{]/.test(raw[at + 1] ?? '')) {
			return { value: { kind: 'dynamic', why: 'another variable' }, style };
		} else out += char;
	}
	if (quote !== '') return { value: { kind: 'dynamic', why: 'text with an open quote' }, style };
	return { value: { kind: 'literal', text: decode(out) }, style };
}

/** Dockerfile text that decodes to `value`; `null` where it cannot be written on one line. */
export function writePair(value: string, style: PairStyle, escapeMark: string): string | null {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: a value with control characters is refused
	if (/[\x00-\x1f\x7f]/.test(value)) return null;
	const single = value.includes("'") ? null : `'${value}'`;
	const double = `"${value.replace(escapeMark === '`' ? /[`"$]/g : /[\\"$]/g, `${escapeMark === '`' ? '`' : '\\'}$&`)}"`;
	if (style === 'single') return single ?? double;
	if (style === 'double') return double;
	return /^[A-Za-z0-9_.:,/@%+=-]*$/.test(value) && value !== '' ? value : double;
}
