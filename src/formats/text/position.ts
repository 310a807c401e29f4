import type { Span } from '../../core/ports/format.ts';

/** A place as people and editors name it. Both are 1-based; `column` counts characters (code points), not bytes. */
export interface Position {
	readonly line: number;
	readonly column: number;
}

const LF = 10;
const CR = 13;

/** Length of a UTF-8 byte order mark at the start: 3 or 0. */
export function bomLength(bytes: Uint8Array): 0 | 3 {
	return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/**
 * Line and column of a byte offset. LF, CRLF and a lone CR end a line; a byte order mark takes no column.
 * Offsets past the end answer the end.
 */
export function positionAt(bytes: Uint8Array, offset: number): Position {
	const end = Math.min(offset, bytes.length);
	let line = 1;
	let lineStart = bomLength(bytes);
	for (let at = lineStart; at < end; at++) {
		const byte = bytes[at];
		if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) {
			line++;
			lineStart = at + 1;
		}
	}
	let column = 1;
	for (let at = lineStart; at < end; at++) if (((bytes[at] as number) & 0xc0) !== 0x80) column++;
	return { line, column };
}

/** The line around a byte offset, without its line ending and without a byte order mark. */
export function lineAround(bytes: Uint8Array, offset: number): Span {
	let start = Math.min(offset, bytes.length);
	while (start > 0 && !endsLine(bytes, start - 1)) start--;
	let end = Math.min(offset, bytes.length);
	while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) end++;
	return { start: start === 0 ? Math.min(bomLength(bytes), end) : start, end };
}

function endsLine(bytes: Uint8Array, at: number): boolean {
	return bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF);
}
