import yaml from 'yaml';
import type { Span } from '../../core/ports/format.ts';
import type { Comment } from '../text/ignores.ts';
import type { Decoded } from './decode.ts';

/** Every comment of a text, found by the lexer: a `#` inside a scalar is none. Sorted by start. */
export function commentsOf(decoded: Decoded): Comment[] {
	const comments: Comment[] = [];
	let at = 0;
	for (const lexeme of new yaml.Lexer().lex(decoded.text)) {
		// The lexer announces documents, scalars and the ends of flow collections by control characters that are not in the text.
		if (isAnnouncement(lexeme)) continue;
		if (lexeme.startsWith('#') && yaml.CST.tokenType(lexeme) === 'comment' && decoded.text.startsWith(lexeme, at)) {
			const lineStart = decoded.text.lastIndexOf('\n', at - 1) + 1;
			const alone = /^\ufeff?[ \t]*$/.test(decoded.text.slice(lineStart, at));
			const end = at + lexeme.replace(/\r?\n?$/, '').length;
			comments.push({ span: { start: decoded.byteAt(at), end: decoded.byteAt(end) }, alone });
		}
		at += lexeme.length;
	}
	return comments;
}

function isAnnouncement(lexeme: string): boolean {
	return lexeme === yaml.CST.DOCUMENT || lexeme === yaml.CST.FLOW_END || lexeme === yaml.CST.SCALAR;
}

/** The comments above the first content of a file, directives and `---` passed over. */
export function headerOf(decoded: Decoded, comments: readonly Comment[]): Span[] {
	const header = /^\ufeff?(?:[ \t]*(?:#[^\n]*|%[^\n]*|---[ \t]*(?:#[^\n]*)?)?\r?(?:\n|$))*/.exec(decoded.text)?.[0].length ?? 0;
	return comments.map(({ span }) => span).filter(({ start }) => start < decoded.byteAt(header));
}
