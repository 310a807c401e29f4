import type { TextEdit } from '../ports/format.ts';

/** Applies sorted edits that do not overlap; every byte outside their spans is kept. Throws RangeError on edits that overlap. */
export function applyEdits(bytes: Uint8Array, edits: readonly TextEdit[]): Uint8Array {
	let size = bytes.length;
	let last = 0;
	for (const { span, text } of edits) {
		if (span.start < last || span.end < span.start || span.end > bytes.length) {
			throw new RangeError(`edit ${span.start}..${span.end} overlaps the one before it or lies outside the source`);
		}
		last = span.end;
		size += text.length - (span.end - span.start);
	}
	const out = new Uint8Array(size);
	let from = 0;
	let to = 0;
	for (const { span, text } of edits) {
		const kept = bytes.subarray(from, span.start);
		out.set(kept, to);
		out.set(text, to + kept.length);
		to += kept.length + text.length;
		from = span.end;
	}
	out.set(bytes.subarray(from), to);
	return out;
}
