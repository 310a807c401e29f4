import type { IgnoreComment, Span } from '../../core/ports/format.ts';
import { decode } from './bytes.ts';

/** `gpupolicy: ignore[rule, …] reason`, after the characters that open a comment. */
const IGNORE = /^[#/;\s]*gpupolicy:[ \t]*(ignore|ignore-file)[ \t]*\[([^\]]*)\][ \t]*(.*)$/s;

/** A comment as a format found it. */
export interface Comment {
	/** From the `#` to the end of the line, without the line ending. */
	readonly span: Span;
	/** Nothing but white space stands before it on its line. */
	readonly alone: boolean;
}

/**
 * The ignore comments among `comments` (sorted by start) of a `byteText`. A comment at the end of a line covers that line, one on
 * a line of its own the next line that is not such a comment, `ignore-file` the whole file. `statementAt` may widen a line to
 * the statement that it belongs to. A comment that names no rule is not an ignore comment: it would hide everything.
 */
export function ignoreComments(
	text: string,
	comments: readonly Comment[],
	statementAt: (line: Span) => Span = (line) => line,
): IgnoreComment[] {
	const found: IgnoreComment[] = [];
	comments.forEach((comment, index) => {
		const match = IGNORE.exec(text.slice(comment.span.start, comment.span.end));
		if (match === null) return;
		const rules = (match[2] as string)
			.split(',')
			.map((rule) => rule.trim())
			.filter((rule) => rule !== '');
		if (rules.length === 0) return;
		const covers = match[1] === 'ignore-file' ? { start: 0, end: text.length } : statementAt(coveredLine(text, comments, index));
		found.push({ rules, reason: decode((match[3] as string).trim()), span: comment.span, covers });
	});
	return found;
}

function coveredLine(text: string, comments: readonly Comment[], index: number): Span {
	const comment = comments[index] as Comment;
	if (!comment.alone) return lineOf(text, comment.span.start);
	let line = nextLine(text, comment.span.end);
	for (let next = index + 1; next < comments.length; next++) {
		const other = comments[next] as Comment;
		if (!other.alone || other.span.start < line.start || other.span.start > line.end) break;
		line = nextLine(text, other.span.end);
	}
	return line;
}

function lineOf(text: string, at: number): Span {
	let start = at;
	while (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') start--;
	return { start, end: lineEnd(text, at) };
}

function nextLine(text: string, from: number): Span {
	const start = text.startsWith('\r\n', from) ? from + 2 : Math.min(from + 1, text.length);
	return { start, end: lineEnd(text, start) };
}

function lineEnd(text: string, from: number): number {
	let end = from;
	while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
	return end;
}
