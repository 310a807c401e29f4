import type { Span } from '../ports/format.ts';
import type { Place } from './finding.ts';

const LF = 10;
const CR = 13;
const MAX_EXCERPT = 400;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const bytewise = new TextDecoder('latin1');

function decode(bytes: Uint8Array): string {
	try {
		return strict.decode(bytes);
	} catch {
		return bytewise.decode(bytes);
	}
}

/** The lines of one source, found once and as far down as somebody asks; LF, CRLF and lone CR end lines. */
export class Lines {
	readonly #bytes: Uint8Array;
	/** Offsets at which lines start, as far as they are known. */
	readonly #starts: number[] = [0];
	/** Only a source that holds a CR is read byte by byte. */
	readonly #returns: boolean;
	#whole = false;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.#returns = bytes.includes(CR);
	}

	/** Finds lines until one starts behind `offset`. */
	#indexTo(offset: number): void {
		const bytes = this.#bytes;
		const starts = this.#starts;
		let at = starts.at(-1) as number;
		while (!this.#whole && at <= offset) {
			at = this.#returns ? lineEndAt(bytes, at) : bytes.indexOf(LF, at);
			if (at < 0) this.#whole = true;
			else starts.push(++at);
		}
	}

	/** 1-based number of the line that holds `offset`. */
	lineAt(offset: number): number {
		this.#indexTo(offset);
		const starts = this.#starts;
		let low = 0;
		let high = starts.length;
		while (high - low > 1) {
			const middle = (low + high) >> 1;
			if ((starts[middle] as number) <= offset) low = middle;
			else high = middle;
		}
		return low + 1;
	}

	/** The place of a span; `show` says what of its line may be shown. */
	placeOf(span: Span, show: (line: string, mark: { readonly from: number; readonly to: number }) => string): Place {
		const bytes = this.#bytes;
		const lineNumber = this.lineAt(span.start);
		const start = this.#starts[lineNumber - 1] as number;
		let end = span.start;
		while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) end++;
		const before = decode(bytes.subarray(start, span.start));
		const column = characters(before) + 1;
		const marked = decode(bytes.subarray(span.start, Math.max(span.start, Math.min(span.end, end))));
		const line = decode(bytes.subarray(start, end));
		return {
			line: lineNumber,
			column,
			endColumn: column + Math.max(1, characters(marked)),
			excerpt: shorten(show(line, { from: before.length, to: before.length + marked.length })),
		};
	}
}

function shorten(line: string): string {
	return line.length > MAX_EXCERPT ? `${line.slice(0, MAX_EXCERPT)}…` : line;
}

/** Offset of the last byte of the next line end, -1 where there is none. */
function lineEndAt(bytes: Uint8Array, from: number): number {
	for (let i = from; i < bytes.length; i++) if (bytes[i] === LF || (bytes[i] === CR && bytes[i + 1] !== LF)) return i;
	return -1;
}

/** Number of characters as people count them: a surrogate pair is one. */
function characters(text: string): number {
	let count = 0;
	for (const _ of text) count++;
	return count;
}
