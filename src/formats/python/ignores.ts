import type { IgnoreComment, Span } from '../../core/ports/format.ts';
import { latin1, type Tokens } from './lexer.ts';
import type { PythonText } from './values.ts';

/** `# gpupolicy: ignore[env/late, device/ordinal] reason` and `# gpupolicy: ignore-file[…] reason`. */
const ignore = /^#+[ \t]*gpupolicy:[ \t]*ignore(-file)?[ \t]*\[([^\]]*)\][ \t]*(.*)$/;

/**
 * The ignore comments of a file. One at the end of a statement covers the statement, inside its brackets the line on which
 * it stands; one on a line of its own covers the next statement, inside brackets the next line.
 */
export function ignoresOf({ tokens, bytes, encoding }: PythonText): IgnoreComment[] {
	const found: IgnoreComment[] = [];
	for (let i = 0; i < tokens.comments.length; i += 2) {
		const span = { start: tokens.comments[i] as number, end: tokens.comments[i + 1] as number };
		let at = span.start;
		while (bytes[at] === 35 || bytes[at] === 32 || bytes[at] === 9) at++;
		if (bytes[at] !== 103 || bytes[at + 1] !== 112) continue;
		const match = ignore.exec(latin1(bytes, span.start, span.end));
		if (!match) continue;
		const rules = (match[2] as string)
			.split(',')
			.map((rule) => rule.trim())
			.filter((rule) => rule !== '');
		if (rules.length === 0) continue;
		const reason = match[3] as string;
		const reasonText = encoding.decode(bytes.subarray(span.end - reason.length, span.end)).trim();
		const covers = match[1] ? { start: 0, end: bytes.length } : covered(tokens, bytes, span);
		found.push({ rules, reason: reasonText, span, covers });
	}
	return found;
}

function covered(tokens: Tokens, bytes: Uint8Array, comment: Span): Span {
	const line = lineAtOrAfter(tokens, comment.start);
	let start = comment.start;
	while (start > 0 && bytes[start - 1] !== 10 && bytes[start - 1] !== 13) start--;
	const alone = /^[ \t\f]*$/.test(latin1(bytes, start, comment.start).replace(/^\xef\xbb\xbf/, ''));
	const statement = line < tokens.lines ? statementSpan(tokens, line) : { start: bytes.length, end: bytes.length };
	// Before the first token of the next statement: on a line of its own, above it.
	if (statement.start >= comment.end) return statement;
	if (alone) {
		let next = comment.end;
		while (next < bytes.length && (bytes[next] === 10 || bytes[next] === 13)) next++;
		return { start: next, end: physicalEnd(bytes, next) };
	}
	const onFirstLine = start <= statement.start;
	const atEnd = comment.start >= statement.end;
	return onFirstLine || atEnd ? statement : { start, end: comment.end };
}

function statementSpan(tokens: Tokens, line: number): Span {
	const first = tokens.lineFirst[line] as number;
	const last = (tokens.lineFirst[line + 1] as number) - 1;
	return { start: tokens.starts[first] as number, end: tokens.ends[last] as number };
}

/** The logical line that ends after `offset`: the one that holds it, or the next. */
function lineAtOrAfter(tokens: Tokens, offset: number): number {
	let low = 0;
	let high = tokens.lines;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((tokens.lineEnd[middle] as number) > offset) high = middle;
		else low = middle + 1;
	}
	return low;
}

function physicalEnd(bytes: Uint8Array, from: number): number {
	let end = from;
	while (end < bytes.length && bytes[end] !== 10 && bytes[end] !== 13) end++;
	return end;
}
