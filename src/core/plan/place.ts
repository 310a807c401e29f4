import type { Span } from '../ports/format.ts';
import type { Place } from './finding.ts';

const LF = 10;
const CR = 13;
const MAX_EXCERPT = 400;

/** Start of the line that holds `offset`; LF, CRLF and lone CR end lines. */
function lineStart(bytes: Uint8Array, offset: number): number {
	let start = Math.min(offset, bytes.length);
	while (start > 0) {
		const before = bytes[start - 1];
		if (before === LF) break;
		if (before === CR && bytes[start] !== LF) break;
		start--;
	}
	return start;
}

function lineEnd(bytes: Uint8Array, offset: number): number {
	let end = offset;
	while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) end++;
	return end;
}

/** 1-based number of the line that holds `offset`. */
export function lineNumber(bytes: Uint8Array, offset: number): number {
	let line = 1;
	const end = Math.min(offset, bytes.length);
	for (let i = 0; i < end; i++) {
		if (bytes[i] === LF) line++;
		else if (bytes[i] === CR && bytes[i + 1] !== LF) line++;
	}
	return line;
}

function decode(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
	} catch {
		return new TextDecoder('latin1').decode(bytes);
	}
}

/** The place of a span; `redact` masks secrets in the excerpt. */
export function placeOf(bytes: Uint8Array, span: Span, redact: (text: string) => string): Place {
	const start = lineStart(bytes, span.start);
	const end = lineEnd(bytes, span.start);
	const head = decode(bytes.subarray(start, span.start));
	const marked = decode(bytes.subarray(span.start, Math.max(span.start, Math.min(span.end, end))));
	const line = decode(bytes.subarray(start, end));
	const column = [...head].length + 1;
	return {
		line: lineNumber(bytes, span.start),
		column,
		endColumn: column + Math.max(1, [...marked].length),
		excerpt: redact(line.length > MAX_EXCERPT ? `${line.slice(0, MAX_EXCERPT)}…` : line),
	};
}
