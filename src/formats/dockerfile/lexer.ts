import type { Span } from '../../core/ports/format.ts';
import type { Comment } from '../text/ignores.ts';

/** One instruction of a Dockerfile; all offsets are bytes. */
export interface Instruction {
	/** Upper case. */
	readonly keyword: string;
	/** As written: new instructions follow its case. */
	readonly written: string;
	/** `ONBUILD` stands before it: it runs in the build of a later image. */
	readonly onBuild: boolean;
	/** What follows the keyword, continuation lines included, heredoc bodies not. */
	readonly args: Span;
	/** From the keyword (or ONBUILD) to the end of `args`. */
	readonly span: Span;
	/** A heredoc belongs to it. */
	readonly heredoc: boolean;
	/** Offset behind the line ending of its last line, heredocs included. */
	readonly nextLine: number;
}

export interface Dockerfile {
	/** `\`, or what `# escape=` says. */
	readonly escapeMark: string;
	readonly instructions: readonly Instruction[];
	readonly comments: readonly Comment[];
	readonly unreadable: { readonly message: string; readonly span: Span } | null;
}

const KEYWORDS = new Set(
	(
		'FROM RUN CMD LABEL MAINTAINER EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL ' +
		'HEALTHCHECK SHELL'
	).split(' '),
);
const HEREDOC = /(?:^|[ \t])\d*<<(-?)(["']?)([A-Za-z0-9_][A-Za-z0-9_.-]*)\2(?=[\s;&|)>]|$)/g;

interface Line {
	readonly start: number;
	/** Before the line ending. */
	readonly end: number;
	readonly next: number;
}

/** Splits the `byteText` of a Dockerfile into instructions; `start` is behind a byte order mark. */
export function lexDockerfile(text: string, start: number): Dockerfile {
	const escapeMark = escapeDirective(text, start);
	const instructions: Instruction[] = [];
	const comments: Comment[] = [];
	const fail = (message: string, span: Span): Dockerfile => ({
		escapeMark,
		instructions,
		comments,
		unreadable: { message, span },
	});
	let at = start;
	while (at < text.length) {
		const line = lineAt(text, at);
		if (isBlank(text, line)) {
			at = line.next;
			continue;
		}
		if (isComment(text, line)) {
			comments.push(commentOf(text, line));
			at = line.next;
			continue;
		}
		const body = logicalLine(text, line, escapeMark, comments);
		const head = /^[ \t]*((?:ONBUILD[ \t]+)?)([A-Za-z]+)(?=[ \t\r\n]|$)[ \t]*/i.exec(text.slice(line.start, body.end));
		const keyword = head?.[2]?.toUpperCase() ?? '';
		if (head === null || !KEYWORDS.has(keyword)) {
			return fail('expected an instruction such as FROM, RUN or ENV', { start: line.start, end: line.end });
		}
		const args = { start: Math.min(line.start + head[0].length, body.end), end: body.end };
		const heredocs =
			keyword === 'RUN' || keyword === 'COPY' || keyword === 'ADD' ? [...text.slice(args.start, args.end).matchAll(HEREDOC)] : [];
		let next = body.next;
		for (const [, dash, , word] of heredocs) {
			const behind = behindHeredoc(text, next, word as string, dash === '-');
			if (behind === null) return fail(`the heredoc ${word} is never closed`, args);
			next = behind;
		}
		const indent = (/^[ \t]*/.exec(head[0]) as RegExpExecArray)[0].length;
		instructions.push({
			keyword,
			written: head[2] as string,
			onBuild: head[1] !== '',
			args,
			span: { start: line.start + indent, end: body.end },
			heredoc: heredocs.length > 0,
			nextLine: next,
		});
		at = next;
	}
	return { escapeMark, instructions, comments, unreadable: null };
}

/** `# escape=` among the parser directives that a Dockerfile may start with. */
function escapeDirective(text: string, start: number): string {
	for (let at = start; at < text.length; ) {
		const line = lineAt(text, at);
		const directive = /^#[ \t]*([A-Za-z]+)[ \t]*=[ \t]*(.*?)[ \t]*$/.exec(text.slice(line.start, line.end));
		if (directive === null) break;
		if (directive[1]?.toLowerCase() === 'escape') return directive[2] === '`' ? '`' : '\\';
		at = line.next;
	}
	return '\\';
}

/** The line and those that an escape at its end continues it with; comment and empty lines between them are passed over. */
function logicalLine(text: string, first: Line, escapeMark: string, comments: Comment[]): { end: number; next: number } {
	let line = first;
	let end = line.end;
	while (continues(text, line, escapeMark) && line.next < text.length) {
		let following = lineAt(text, line.next);
		while (isBlank(text, following) || isComment(text, following)) {
			if (isComment(text, following)) comments.push(commentOf(text, following));
			if (following.next >= text.length) return { end, next: following.next };
			following = lineAt(text, following.next);
		}
		line = following;
		end = line.end;
	}
	return { end, next: line.next };
}

function continues(text: string, { start, end }: Line, escapeMark: string): boolean {
	let at = end;
	while (at > start && (text[at - 1] === ' ' || text[at - 1] === '\t')) at--;
	return at > start && text[at - 1] === escapeMark;
}

function behindHeredoc(text: string, from: number, word: string, stripTabs: boolean): number | null {
	for (let at = from; at < text.length; ) {
		const line = lineAt(text, at);
		const content = text.slice(line.start, line.end);
		if ((stripTabs ? content.replace(/^\t+/, '') : content) === word) return line.next;
		at = line.next;
	}
	return null;
}

function lineAt(text: string, start: number): Line {
	const ending = /\r\n|\n/g;
	ending.lastIndex = start;
	const match = ending.exec(text);
	return match === null
		? { start, end: text.length, next: text.length }
		: { start, end: match.index, next: match.index + match[0].length };
}

function isBlank(text: string, { start, end }: Line): boolean {
	return /^[ \t]*$/.test(text.slice(start, end));
}

function isComment(text: string, { start, end }: Line): boolean {
	return /^[ \t]*#/.test(text.slice(start, end));
}

function commentOf(text: string, { start, end }: Line): Comment {
	return { span: { start: text.indexOf('#', start), end }, alone: true };
}
