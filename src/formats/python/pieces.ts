import type { TextEdit } from '../../core/ports/format.ts';

interface Kept {
	readonly start: number;
	readonly end: number;
}

/**
 * A text under several edits in a row, each in terms of what the ones before it left; gives them back as edits of the
 * original that do not overlap. What is kept stays in its order.
 */
export class Pieces {
	readonly #original: Uint8Array;
	#pieces: readonly (Kept | Uint8Array)[];
	#untouched = true;

	constructor(original: Uint8Array) {
		this.#original = original;
		this.#pieces = [{ start: 0, end: original.length }];
	}

	/** The text as it is now; the original itself as long as nothing was applied. */
	bytes(): Uint8Array {
		if (this.#untouched) return this.#original;
		return Buffer.concat(
			this.#pieces.map((piece) => (piece instanceof Uint8Array ? piece : this.#original.subarray(piece.start, piece.end))),
		);
	}

	/** Applies edits that are in terms of `bytes()`, sorted or not, none overlapping another. */
	apply(edits: readonly TextEdit[]): void {
		for (const edit of [...edits].sort((a, b) => b.span.start - a.span.start || b.span.end - a.span.end)) {
			this.#untouched = false;
			this.#pieces = [...this.#slice(0, edit.span.start), edit.text, ...this.#slice(edit.span.end, Number.POSITIVE_INFINITY)];
		}
	}

	/** The edits of the original, sorted. */
	edits(): TextEdit[] {
		const edits: TextEdit[] = [];
		let at = 0;
		let texts: Uint8Array[] = [];
		for (const piece of [...this.#pieces, { start: this.#original.length, end: this.#original.length }]) {
			if (piece instanceof Uint8Array) {
				texts.push(piece);
				continue;
			}
			const text = Buffer.concat(texts);
			if (text.length > 0 || piece.start > at) edits.push({ span: { start: at, end: piece.start }, text });
			texts = [];
			at = piece.end;
		}
		return edits;
	}

	/** The pieces of the text between two offsets. */
	#slice(from: number, to: number): (Kept | Uint8Array)[] {
		const slice: (Kept | Uint8Array)[] = [];
		let at = 0;
		for (const piece of this.#pieces) {
			const size = piece instanceof Uint8Array ? piece.length : piece.end - piece.start;
			const first = Math.max(from - at, 0);
			const last = Math.min(to - at, size);
			if (first < last)
				slice.push(
					piece instanceof Uint8Array ? piece.subarray(first, last) : { start: piece.start + first, end: piece.start + last },
				);
			at += size;
		}
		return slice;
	}
}
