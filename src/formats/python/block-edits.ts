import type { EnvEntry, Span, TextEdit } from '../../core/ports/format.ts';
import { type BlockPlace, findBlocks, renderBlock } from './blocks.ts';
import { declaredEncoding } from './encoding.ts';
import { type Anchor, anchorOf, lineAfter } from './header.ts';
import { importsOf } from './imports.ts';
import { afterLineEnd, kind, packed } from './lexer.ts';
import { read, tokens } from './reading.ts';
import { Refused, textEdit } from './refused.ts';
import { hot, word } from './words.ts';

const semicolon = packed(';');
const colon = packed(':');
const at = packed('@');
/** Words that open a compound statement; `match` and `case` are told by the colon at the end. */
const compound = new Set([
	word.if,
	word.elif,
	word.else,
	word.for,
	word.while,
	word.try,
	word.except,
	word.finally,
	word.with,
	word.def,
	word.class,
	word.async,
]);

/** The managed blocks of a file in its present state; each method gives the edits of one change. */
export class BlockEditor {
	readonly places: readonly BlockPlace[];
	readonly #bytes: Uint8Array;
	readonly #utf8: boolean;
	readonly #anchor: Anchor;

	/** Throws `Refused` where the bytes are not understood. Tokens are shared: use one editor at a time. */
	constructor(bytes: Uint8Array) {
		const encoding = read(bytes, null);
		if ('message' in encoding) throw new Refused('file/encoding', encoding.message, { start: encoding.start, end: encoding.end });
		if (tokens.error)
			throw new Refused('file/syntax', tokens.error.message, { start: tokens.error.offset, end: tokens.error.offset });
		this.#bytes = bytes;
		this.#utf8 = encoding.utf8;
		this.places = findBlocks(tokens).places;
		this.#anchor = anchorOf(tokens);
	}

	/** How many statements stand in a block, the import of `os` not counted. */
	statementsIn({ span }: BlockPlace): number {
		let count = 0;
		for (let line = 0; line < tokens.lines; line++) {
			const start = tokens.starts[tokens.lineFirst[line] as number] as number;
			if (start > span.start && start < span.end && !this.#isImportOs(line)) count += this.#statementsOf(line);
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
		const around = this.places.find(({ span }) => anchor.offset > span.start && anchor.offset < span.end);
		if (around) {
			throw new Refused(
				'env/block',
				`the head of the file ends within the managed block of ${around.policy}; move its docstring and future imports above that block`,
				around.span,
			);
		}
		const nl = lineEndNear(this.#bytes, anchor.offset);
		const inserted = this.#inserted(anchor, after, this.#render(policy, entries, !this.#osImportedIn(0, anchor.offset), nl), nl);
		this.#refuseCookie(anchor.offset, inserted);
		return [textEdit({ start: anchor.offset, end: anchor.offset }, inserted)];
	}

	/** Other content in the place of a standing block. */
	rewrite({ span }: BlockPlace, policy: string, entries: readonly EnvEntry[]): TextEdit[] {
		const importsOs = this.#osImportedIn(span.start, span.end) || !this.#osImportedIn(0, span.start);
		return [
			textEdit(span, this.#render(policy, entries, importsOs, lineEndNear(this.#bytes, lineAfter(this.#bytes, span.start)))),
		];
	}

	/** Takes away what `insert` added. `moved`: the block comes back elsewhere, and its import with it. */
	remove(standing: BlockPlace, moved: boolean): TextEdit[] {
		const bytes = this.#bytes;
		let { start } = standing.span;
		let end = lineAfter(bytes, standing.span.end);
		const edits: TextEdit[] = [];
		const import_ = moved ? 'unneeded' : this.#importNeeded(standing);
		if (import_ === 'here') return [textEdit(standing.span, 'import os')];
		if (import_ !== 'unneeded') edits.push(textEdit(import_, `import os${lineEndNear(bytes, import_.start).repeat(2)}`));
		const before = lineEndBefore(bytes, start);
		if (end === standing.span.end) {
			// No line end behind it: the one before it came with the block.
			if (before < start) start = before;
		} else if (before < start && lineEndBefore(bytes, before) < before) {
			start = before;
		} else if (this.#partsStatements(standing)) {
			if (this.#chainOf(standing).length === 1) {
				start = before;
				end = afterLineEnd(bytes, end);
			}
		} else if (isLineEnd(bytes[end])) {
			end = afterLineEnd(bytes, end);
			// The second blank line, which tells this place from one between two statements of a line.
			if (isLineEnd(bytes[end]) && this.#followsSemicolon(start)) end = afterLineEnd(bytes, end);
		}
		return [...edits, textEdit({ start, end }, '')];
	}

	/** `import os` and nothing else. */
	#isImportOs(line: number): boolean {
		return (tokens.lineFirst[line + 1] as number) - (tokens.lineFirst[line] as number) === 2 && this.#importsOs(line);
	}

	/** Statements on a logical line; the head before one, as in `if x: y()`, counts too. */
	#statementsOf(line: number): number {
		const first = tokens.lineFirst[line] as number;
		const end = tokens.lineFirst[line + 1] as number;
		let count = this.#isCompound(line) ? 1 : 0;
		let begins = true;
		for (let i = first; i < end; i++) {
			if (begins) count++;
			begins = tokens.isOperator(i, semicolon);
			if (tokens.kinds[i] === kind.open) i = tokens.data[i] as number;
		}
		return count;
	}

	/** True for a line that opens a suite or is a decorator: no other statement can stand before it on its line. */
	#isCompound(line: number): boolean {
		const first = tokens.lineFirst[line] as number;
		const last = (tokens.lineFirst[line + 1] as number) - 1;
		return (
			tokens.isOperator(last, colon) ||
			tokens.isOperator(first, at) ||
			(tokens.kinds[first] === kind.name && compound.has(tokens.data[first] as number))
		);
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

	#render(policy: string, entries: readonly EnvEntry[], importsOs: boolean, lineEnd: string): string {
		const text = renderBlock(policy, entries, { importsOs, utf8: this.#utf8, lineEnd });
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

	/** Blocks that stand at the anchor, before the first statement that is not ours, in a block or not. */
	#leading(): BlockPlace[] {
		const { offset } = this.#anchor;
		let first = this.#bytes.length;
		for (let line = 0; line < tokens.lines && first === this.#bytes.length; line++) {
			const start = tokens.starts[tokens.lineFirst[line] as number] as number;
			if (start < offset) continue;
			const inBlock = this.places.some(({ span }) => start > span.start && start < span.end);
			// What somebody put into a block may import a GPU library: nothing of ours belongs below it.
			if (!inBlock || !this.#isOurs(line)) first = start;
		}
		return this.places.filter(({ span }) => span.start >= offset && span.end <= first);
	}

	/** `import os`, or one statement that begins with `os.environ` and imports nothing. */
	#isOurs(line: number): boolean {
		const first = tokens.lineFirst[line] as number;
		if (this.#isImportOs(line)) return true;
		const imports = ((tokens.lineFlags[line] as number) & hot.imports) !== 0;
		return tokens.isWord(first, word.os) && !imports && this.#statementsOf(line) === 1;
	}

	#anchorAfter({ span }: BlockPlace): Anchor {
		const offset = lineAfter(this.#bytes, span.end);
		return { offset, at: offset === span.end ? 'end' : 'line' };
	}

	/** The text to insert: blank lines so that formatters leave the block alone, and so that a removal can tell which were added. */
	#inserted(anchor: Anchor, after: BlockPlace | null, block: string, nl: string): string {
		const bytes = this.#bytes;
		if (anchor.at === 'end') return nl + block;
		if (anchor.at === 'statement') return nl + block + nl + nl;
		const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
		if (anchor.offset === start) return bytes.length > start ? block + nl + nl : block + nl;
		const neighbour = after ?? this.places.find(({ span }) => span.start === anchor.offset);
		if (neighbour && this.#partsStatements(neighbour)) return block + nl;
		const { blank, rest } = this.#followedBy(anchor.offset);
		if (blank || (after && !rest)) return nl + block + nl;
		if (rest && !neighbour && this.#followsSemicolon(anchor.offset)) return block + nl + nl + nl;
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
	 * True where a block stands, alone or in a row without blank lines, between two statements that shared a line:
	 * `"""doc"""; import torch`. One blank line follows the row; below a line that ends with `;` by itself two do.
	 */
	#partsStatements(place: BlockPlace): boolean {
		const bytes = this.#bytes;
		const row = this.#chainOf(place);
		if (!this.#followsSemicolon((row[0] as BlockPlace).span.start)) return false;
		const behind = lineAfter(bytes, (row.at(-1) as BlockPlace).span.end);
		if (!isLineEnd(bytes[behind])) return false;
		const statement = afterLineEnd(bytes, behind);
		for (let line = 0; line < tokens.lines; line++)
			if (tokens.starts[tokens.lineFirst[line] as number] === statement) return !this.#isCompound(line);
		return false;
	}

	/** The blocks around this one with not even a blank line between them, in source order. */
	#chainOf(place: BlockPlace): BlockPlace[] {
		const all = this.places;
		const joined = (index: number) =>
			(all[index] as BlockPlace).span.start === lineAfter(this.#bytes, (all[index - 1] as BlockPlace).span.end);
		let first = all.indexOf(place);
		let end = first + 1;
		while (first > 0 && joined(first)) first--;
		while (end < all.length && joined(end)) end++;
		return all.slice(first, end);
	}

	/** True where the line above the one that begins at `offset` ends with a semicolon of the code. */
	#followsSemicolon(offset: number): boolean {
		const bytes = this.#bytes;
		let at = lineEndBefore(bytes, offset) - 1;
		while (isBlank(bytes[at])) at--;
		if (bytes[at] !== 59) return false;
		for (let line = 0; line < tokens.lines; line++) {
			const last = (tokens.lineFirst[line + 1] as number) - 1;
			if (tokens.starts[last] === at) return tokens.isOperator(last, semicolon);
		}
		return false;
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
				// `from os.path import join` neither uses the name nor binds it; `yield from os.walk()` uses it.
				if (
					tokens.isWord(i, word.from) &&
					(i === first || tokens.isOperator(i - 1, semicolon) || tokens.isOperator(i - 1, colon))
				)
					i++;
				else if (tokens.isWord(i, word.import)) importing = true;
				else if (importing && tokens.isOperator(i, 42)) return false;
				else if (!tokens.isWord(i, word.os) || tokens.isOperator(i - 1, 46)) continue;
				else if (tokens.isOperator(i + 1, 46) && !importing) used = true;
				else if (importing && !tokens.isWord(i + 1, word.as)) return false;
			}
		}
		return used;
	}
}

function isLineEnd(byte: number | undefined): boolean {
	return byte === 10 || byte === 13;
}

function isBlank(byte: number | undefined): boolean {
	return byte === 32 || byte === 9 || byte === 12;
}

/**
 * The line end nearest before `offset`, or else the first one behind it; LF where the file has none. Next to one of its own
 * kind a CR never joins an LF that stood there.
 */
function lineEndNear(bytes: Uint8Array, offset: number): string {
	for (let i = offset - 1; i >= 0; i--) {
		if (bytes[i] === 10) return bytes[i - 1] === 13 ? '\r\n' : '\n';
		if (bytes[i] === 13) return '\r';
	}
	for (let i = offset; i < bytes.length; i++) {
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
