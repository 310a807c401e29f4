import type { EnvEntry, Span, TextEdit } from '../../core/ports/format.ts';
import { type BlockPlace, findBlocks, renderBlock } from './blocks.ts';
import { declaredEncoding, encodingOf } from './encoding.ts';
import { type Anchor, anchorOf, lineAfter } from './header.ts';
import { importsOf } from './imports.ts';
import { afterLineEnd, Tokens, tokenize } from './lexer.ts';
import { Refused, textEdit } from './refused.ts';
import { Lexicon, word } from './words.ts';

const lexicon = new Lexicon(new Set());
const tokens = new Tokens();

/** The managed blocks of a file in its present state; each method gives the edits of one change. */
export class BlockEditor {
	readonly places: readonly BlockPlace[];
	readonly #bytes: Uint8Array;
	readonly #utf8: boolean;
	readonly #anchor: Anchor;
	readonly #lineEnd: string;

	/** Throws `Refused` where the bytes are not understood. Tokens are shared: use one editor at a time. */
	constructor(bytes: Uint8Array) {
		const encoding = encodingOf(bytes);
		if ('message' in encoding) throw new Refused('file/encoding', encoding.message, { start: encoding.start, end: encoding.end });
		tokenize(tokens, encoding.lexed, lexicon);
		if (tokens.error)
			throw new Refused('file/syntax', tokens.error.message, { start: tokens.error.offset, end: tokens.error.offset });
		this.#bytes = bytes;
		this.#utf8 = encoding.utf8;
		this.places = findBlocks(tokens).places;
		this.#anchor = anchorOf(tokens);
		this.#lineEnd = lineEndOf(bytes);
	}

	/** How many statements stand in a block, the import of `os` not counted. */
	statementsIn({ span }: BlockPlace): number {
		let count = 0;
		for (let line = 0; line < tokens.lines; line++) {
			const start = tokens.starts[tokens.lineFirst[line] as number] as number;
			if (start > span.start && start < span.end && !this.#importsOs(line)) count++;
		}
		return count;
	}

	/** A new block at its place in the order of names among those that stand at the head of the file. */
	insert(policy: string, entries: readonly EnvEntry[]): TextEdit[] {
		const after =
			this.#leading()
				.filter((other) => other.policy < policy)
				.at(-1) ?? null;
		const anchor = after ? this.#anchorAfter(after) : this.#anchor;
		const inserted = this.#inserted(anchor, after, this.#render(policy, entries, !this.#osImportedIn(0, anchor.offset)));
		this.#refuseCookie(anchor.offset, inserted);
		return [textEdit({ start: anchor.offset, end: anchor.offset }, inserted)];
	}

	/** Other content in the place of a standing block. */
	rewrite({ span }: BlockPlace, policy: string, entries: readonly EnvEntry[]): TextEdit[] {
		const importsOs = this.#osImportedIn(span.start, span.end) || !this.#osImportedIn(0, span.start);
		return [textEdit(span, this.#render(policy, entries, importsOs))];
	}

	/** Takes away what `insert` added. `moved`: the block comes back elsewhere, and its import with it. */
	remove(standing: BlockPlace, moved: boolean): TextEdit[] {
		const bytes = this.#bytes;
		let { start } = standing.span;
		let end = lineAfter(bytes, standing.span.end);
		const edits: TextEdit[] = [];
		const import_ = moved ? 'unneeded' : this.#importNeeded(standing);
		if (import_ === 'here') return [textEdit(standing.span, 'import os')];
		if (import_ !== 'unneeded') edits.push(textEdit(import_, `import os${this.#lineEnd}${this.#lineEnd}`));
		const before = lineEndBefore(bytes, start);
		if (end === standing.span.end) {
			// No line end behind it: the one before it came with the block.
			if (before < start) start = before;
		} else if (before < start && lineEndBefore(bytes, before) < before) {
			start = before;
		} else if (this.#sharedChain(standing) > 0) {
			if (this.#sharedChain(standing) === 1) start = before;
		} else if (bytes[end] === 10 || bytes[end] === 13) {
			end = afterLineEnd(bytes, end);
		}
		return [...edits, textEdit({ start, end }, '')];
	}

	#importsOs(line: number): boolean {
		const first = tokens.lineFirst[line] as number;
		const end = tokens.lineFirst[line + 1] as number;
		const bindings = tokens.isWord(first, word.import) ? importsOf(tokens, first, end) : [];
		return bindings.length === 1 && bindings[0]?.name === 'os' && bindings[0].target === 'os';
	}

	/** True where a module-level import of `os` stands in the given range of bytes. */
	#osImportedIn(from: number, to: number): boolean {
		for (let line = 0; line < tokens.lines; line++) {
			const start = tokens.starts[tokens.lineFirst[line] as number] as number;
			if (start >= to) return false;
			if (start >= from && tokens.lineLevel[line] === 0 && this.#importsOs(line)) return true;
		}
		return false;
	}

	#render(policy: string, entries: readonly EnvEntry[], importsOs: boolean): string {
		const text = renderBlock(policy, entries, { importsOs, utf8: this.#utf8, lineEnd: this.#lineEnd });
		if (text === null) throw new Refused('env/block', `the block of ${policy} cannot be written: a name or value does not fit`);
		return text;
	}

	/** A policy named `…coding` would turn the opening line into an encoding declaration where Python looks for one. */
	#refuseCookie(offset: number, inserted: string): void {
		const head = Buffer.concat([this.#bytes.subarray(0, offset), Buffer.from(inserted)]);
		if (declaredEncoding(head)?.name === declaredEncoding(this.#bytes)?.name) return;
		throw new Refused(
			'env/block',
			'Python would read the opening line of the block as an encoding declaration; give the policy another name, or the file an encoding comment',
		);
	}

	/** Blocks that stand at the anchor, before the first statement that is not ours. */
	#leading(): BlockPlace[] {
		const { offset } = this.#anchor;
		let first = this.#bytes.length;
		for (let line = 0; line < tokens.lines && first === this.#bytes.length; line++) {
			const start = tokens.starts[tokens.lineFirst[line] as number] as number;
			if (start >= offset && !this.places.some(({ span }) => start > span.start && start < span.end)) first = start;
		}
		return this.places.filter(({ span }) => span.start >= offset && span.start < first);
	}

	#anchorAfter({ span }: BlockPlace): Anchor {
		const offset = lineAfter(this.#bytes, span.end);
		return { offset, at: offset === span.end ? 'end' : 'line' };
	}

	/** The text to insert: blank lines so that formatters leave the block alone, and so that a removal can tell which were added. */
	#inserted(anchor: Anchor, after: BlockPlace | null, block: string): string {
		const nl = this.#lineEnd;
		const bytes = this.#bytes;
		if (anchor.at === 'end') return nl + block;
		if (anchor.at === 'statement') return nl + block + nl;
		const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
		if (anchor.offset === start) return bytes.length > start ? block + nl + nl : block + nl;
		const neighbour = after ?? this.places.find(({ span }) => span.start === anchor.offset);
		if (neighbour && this.#sharedChain(neighbour) > 0) return block + nl;
		const { blank, rest } = this.#followedBy(anchor.offset);
		if (blank || (after && !rest)) return nl + block + nl;
		return rest ? block + nl + nl : block + nl;
	}

	/** `blank`: the next line is blank. `rest`: there is something else than blanks after the offset. */
	#followedBy(offset: number): { readonly blank: boolean; readonly rest: boolean } {
		const bytes = this.#bytes;
		let at = offset;
		while (isBlank(bytes[at])) at++;
		const blank = at < bytes.length ? bytes[at] === 10 || bytes[at] === 13 : at > offset;
		while (isBlank(bytes[at]) || bytes[at] === 10 || bytes[at] === 13) at++;
		return { blank, rest: at < bytes.length };
	}

	/**
	 * How many blocks stand, without blank lines, where two statements shared a line: `"""doc"""; import torch`. 0 where this
	 * one stands elsewhere.
	 */
	#sharedChain(place: BlockPlace): number {
		const bytes = this.#bytes;
		const next = (one: BlockPlace) => this.places.find(({ span }) => span.start === lineAfter(bytes, one.span.end));
		let first = place;
		for (
			let one = this.places.find((other) => next(other) === first);
			one;
			one = this.places.find((other) => next(other) === first)
		)
			first = one;
		let at = lineEndBefore(bytes, first.span.start) - 1;
		while (isBlank(bytes[at])) at--;
		if (bytes[at] !== 59) return 0;
		let count = 1;
		let last = first;
		for (let one = next(last); one; one = next(last)) {
			last = one;
			count++;
		}
		const behind = bytes[lineAfter(bytes, last.span.end)];
		return behind === undefined || behind === 10 || behind === 13 ? 0 : count;
	}

	/** Where the file needs a block's `import os` once the block is gone: at a place in the next block, here, or nowhere. */
	#importNeeded(standing: BlockPlace): Span | 'here' | 'unneeded' {
		const { start, end } = standing.span;
		if (!this.#osImportedIn(start, end) || this.#osImportedIn(0, start)) return 'unneeded';
		const heir = this.places.find((other) => other.span.start > end);
		if (heir) {
			if (this.#osImportedIn(end, heir.span.end)) return 'unneeded';
			const at = lineAfter(this.#bytes, heir.span.start);
			return { start: at, end: at };
		}
		return this.#usesOs() ? 'here' : 'unneeded';
	}

	/** True where code outside the blocks uses `os` without an import of its own. */
	#usesOs(): boolean {
		let used = false;
		for (let line = 0; line < tokens.lines; line++) {
			const first = tokens.lineFirst[line] as number;
			const end = tokens.lineFirst[line + 1] as number;
			const start = tokens.starts[first] as number;
			if (this.places.some(({ span }) => start > span.start && start < span.end)) continue;
			let importing = false;
			for (let i = first; i < end; i++) {
				if (tokens.isWord(i, word.import)) importing = true;
				else if (importing && tokens.isOperator(i, 42)) return false;
				else if (!tokens.isWord(i, word.os) || tokens.isOperator(i - 1, 46)) continue;
				else if (tokens.isOperator(i + 1, 46) && !importing) used = true;
				else if (importing && !tokens.isWord(i + 1, word.as)) return false;
			}
		}
		return used;
	}
}

function isBlank(byte: number | undefined): boolean {
	return byte === 32 || byte === 9 || byte === 12;
}

/** The line end that the file uses first; LF where it has none. */
function lineEndOf(bytes: Uint8Array): string {
	for (let i = 0; i < bytes.length; i++) {
		if (bytes[i] === 10) return '\n';
		if (bytes[i] === 13) return bytes[i + 1] === 10 ? '\r\n' : '\r';
	}
	return '\n';
}

/** Offset of the line end that stands right before `offset`; `offset` itself where none does. */
function lineEndBefore(bytes: Uint8Array, offset: number): number {
	if (bytes[offset - 1] === 10) return bytes[offset - 2] === 13 ? offset - 2 : offset - 1;
	return bytes[offset - 1] === 13 ? offset - 1 : offset;
}
