import type { Change, EditResult, EnvEntry, Refusal, Scan, Source, Span, TextEdit } from '../../core/ports/format.ts';
import { type BlockPlace, findBlocks, renderBlock } from './blocks.ts';
import { declaredEncoding, encodingOf } from './encoding.ts';
import { type Anchor, anchorOf, lineAfter } from './header.ts';
import { importsOf } from './imports.ts';
import { afterLineEnd, latin1, Tokens, tokenize } from './lexer.ts';
import { writeString } from './literals.ts';
import { Lexicon, word } from './words.ts';

type PutBlock = Extract<Change, { kind: 'put-block' }>;
type RemoveBlock = Extract<Change, { kind: 'remove-block' }>;

const lexicon = new Lexicon(new Set());
const tokens = new Tokens();

class Refused extends Error {
	readonly refusal: Refusal;
	constructor(rule: Refusal['rule'], message: string, span?: Span) {
		super(message);
		this.refusal = span ? { rule, message, span } : { rule, message };
	}
}

/** Turns changes into edits; refuses the whole where one of them is in doubt. */
export function editPython(source: Source, scan: Scan, changes: readonly Change[]): EditResult {
	try {
		const edits = new Editor(source, scan).edits(changes);
		edits.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
		for (let i = 1; i < edits.length; i++) {
			const span = (edits[i] as TextEdit).span;
			if (span.start < (edits[i - 1] as TextEdit).span.end)
				throw new Refused('env/conflict', 'two changes want the same place', span);
		}
		return { ok: true, edits };
	} catch (error) {
		if (error instanceof Refused) return { ok: false, refusal: error.refusal };
		throw error;
	}
}

class Editor {
	readonly #bytes: Uint8Array;
	readonly #utf8: boolean;
	readonly #places: readonly BlockPlace[];
	readonly #anchor: Anchor;
	readonly #lineEnd: string;
	readonly #scan: Scan;

	constructor({ bytes }: Source, scan: Scan) {
		const refusing = scan.diagnostics.find((diagnostic) => diagnostic.refuses);
		if (refusing) throw new Refused(refusing.rule, refusing.message, refusing.span);
		const encoding = encodingOf(bytes);
		if ('message' in encoding) throw new Refused('file/encoding', encoding.message, { start: encoding.start, end: encoding.end });
		tokenize(tokens, encoding.lexed, lexicon);
		if (tokens.error)
			throw new Refused('file/syntax', tokens.error.message, { start: tokens.error.offset, end: tokens.error.offset });
		this.#bytes = bytes;
		this.#utf8 = encoding.utf8;
		this.#scan = scan;
		this.#places = findBlocks(tokens).places;
		this.#anchor = anchorOf(tokens);
		this.#lineEnd = lineEndOf(bytes);
	}

	edits(changes: readonly Change[]): TextEdit[] {
		const edits: TextEdit[] = [];
		const puts: PutBlock[] = [];
		const removals: RemoveBlock[] = [];
		for (const change of changes) {
			switch (change.kind) {
				case 'set-value':
					edits.push(this.#setValue(change.setting.valueSpan, change.setting.notRewritable, change.value, change.setting.span));
					break;
				case 'set-ordinal':
					if (change.device.notRewritable !== undefined)
						throw new Refused('device/map', change.device.notRewritable, change.device.span);
					if (!Number.isSafeInteger(change.ordinal) || change.ordinal < 0)
						throw new Refused('device/ordinal', `${change.ordinal} is no ordinal`);
					edits.push(edit(change.device.ordinalSpan, String(change.ordinal)));
					break;
				case 'put-block':
					puts.push(change);
					break;
				case 'remove-block':
					removals.push(change);
					break;
				case 'add-entries':
					throw new Refused('env/missing', 'a Python file carries variables in a managed block');
			}
		}
		// Two policies may ask for the same rewrite.
		const unique = edits.filter((one, at) => !edits.slice(0, at).some((other) => sameEdit(one, other)));
		return [...unique, ...this.#blockEdits(puts, removals)];
	}

	#setValue(span: Span | undefined, why: string | undefined, value: string, statement: Span): TextEdit {
		if (!span || why !== undefined)
			throw new Refused('env/value', `the value cannot be rewritten in place${why ? `: ${why}` : ''}`, statement);
		if (this.#bytes[statement.start] === 0x25 && span.start > statement.start) {
			// IPython's %env takes the rest of the line as it is.
			if (!/^[\x21-\x7e]+$/.test(value) || /[${}\\#]/.test(value))
				throw new Refused('env/value', 'the value cannot stand in a %env line', span);
			return edit(span, value);
		}
		const written = latin1(this.#bytes, span.start, span.end);
		const match = /^([A-Za-z]{0,2})("""|'''|"|')/.exec(written);
		const style = match ? { prefix: match[1] as string, quotes: match[2] as string } : { prefix: '', quotes: '"' };
		if (!match && !/^str\b/.test(written)) throw new Refused('env/value', 'the value is not a literal', span);
		const literal = writeString(value, { ...style, utf8: this.#utf8 });
		if (literal === null) throw new Refused('env/value', 'the value cannot be written in a bytes literal', span);
		return edit(span, literal);
	}

	#blockEdits(puts: readonly PutBlock[], removals: readonly RemoveBlock[]): TextEdit[] {
		const edits: TextEdit[] = [];
		const gone = new Set<string>();
		const fresh: PutBlock[] = [];
		for (const put of [...puts].sort((a, b) => compare(a.policy, b.policy))) {
			if (put.entries.length === 0) throw new Refused('env/block', `the block of ${put.policy} would be empty`);
			const standing = this.#places.find((candidate) => candidate.policy === put.policy);
			if (!standing) fresh.push(put);
			else if (this.#isMisplaced(standing)) {
				this.#refuseForeign(standing);
				gone.add(put.policy);
				fresh.push(put);
			} else edits.push(this.#rewrite(standing, put));
		}
		for (const { block } of removals) {
			const standing = this.#places.find((candidate) => candidate.policy === block.policy);
			if (!standing || standing.span.start !== block.span.start)
				throw new Refused('env/block', `there is no block of ${block.policy} here`, block.span);
			this.#refuseForeign(standing);
			gone.add(block.policy);
		}
		for (const standing of this.#places)
			if (gone.has(standing.policy)) edits.push(...this.#remove(standing, gone, fresh.length > 0));
		return [...edits, ...this.#insert(fresh, gone)];
	}

	/** In code that is not reached on import, or too late: the block has no effect where it stands. */
	#isMisplaced({ span }: BlockPlace): boolean {
		const settings = this.#scan.carriers.flatMap((carrier) => carrier.settings).filter((setting) => within(setting.span, span));
		return settings.some((setting) => setting.effect !== 'sets');
	}

	/** A block holds the import of `os` and assignments; what else stands in it is somebody's, and a rewrite would lose it. */
	#refuseForeign(standing: BlockPlace): void {
		const said = this.#scan.blocks.find((block) => block.policy === standing.policy);
		let lines = 0;
		for (let line = 0; line < tokens.lines; line++) {
			const first = tokens.lineFirst[line] as number;
			const start = tokens.starts[first] as number;
			if (start < standing.span.start || start > standing.span.end) continue;
			if (!this.#importsOs(line)) lines++;
		}
		if (!said || said.entries.length !== lines) {
			throw new Refused(
				'env/block',
				`the managed block of ${standing.policy} holds lines that are not ours; move them out of it`,
				standing.span,
			);
		}
	}

	#importsOs(line: number): boolean {
		const first = tokens.lineFirst[line] as number;
		const end = tokens.lineFirst[line + 1] as number;
		const bindings = tokens.isWord(first, word.import) ? importsOf(tokens, first, end) : [];
		return bindings.length === 1 && bindings[0]?.name === 'os' && bindings[0].target === 'os';
	}

	/** True where a module-level import of `os` stands in the given range of bytes. */
	#osImportedIn(from: number, to: number, except: ReadonlySet<string> = new Set()): boolean {
		for (let line = 0; line < tokens.lines; line++) {
			const start = tokens.starts[tokens.lineFirst[line] as number] as number;
			if (start >= to) return false;
			if (start < from || (tokens.lineLevel[line] as number) > 0 || !this.#importsOs(line)) continue;
			if (!this.#places.some((other) => except.has(other.policy) && start > other.span.start && start < other.span.end))
				return true;
		}
		return false;
	}

	#render(policy: string, entries: readonly EnvEntry[], importsOs: boolean): string {
		const text = renderBlock(policy, entries, { importsOs, utf8: this.#utf8, lineEnd: this.#lineEnd });
		if (text === null) throw new Refused('env/block', `the block of ${policy} cannot be written: a name or value does not fit`);
		return text;
	}

	#rewrite(standing: BlockPlace, { policy, entries }: PutBlock): TextEdit {
		this.#refuseForeign(standing);
		const { start, end } = standing.span;
		const importsOs = this.#osImportedIn(start, end) || !this.#osImportedIn(0, start);
		return edit(standing.span, this.#render(policy, entries, importsOs));
	}

	/** New blocks, in the order of their names among those that stand at the head of the file. */
	#insert(fresh: readonly PutBlock[], gone: ReadonlySet<string>): TextEdit[] {
		const edits: TextEdit[] = [];
		const standing = this.#leading(gone);
		const groups = new Map<number, { anchor: Anchor; after: BlockPlace | null; texts: string[] }>();
		let imported = false;
		for (const { policy, entries } of fresh) {
			const after = standing.filter((other) => compare(other.policy, policy) < 0).at(-1) ?? null;
			const anchor = after ? this.#anchorAfter(after) : this.#anchor;
			imported ||= this.#osImportedIn(0, anchor.offset, gone);
			const group = groups.get(anchor.offset) ?? { anchor, after, texts: [] };
			groups.set(anchor.offset, group);
			group.texts.push(this.#render(policy, entries, !imported));
			imported = true;
		}
		for (const { anchor, after, texts } of groups.values()) {
			const inserted = this.#inserted(anchor, after, texts);
			this.#refuseCookie(anchor.offset, inserted);
			edits.push(edit({ start: anchor.offset, end: anchor.offset }, inserted));
		}
		return edits;
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

	/** Blocks that stand one after the other at the anchor, with nothing but blank lines between. */
	#leading(gone: ReadonlySet<string>): BlockPlace[] {
		const leading: BlockPlace[] = [];
		const first = this.#firstStatementAfter(this.#anchor.offset);
		for (const standing of this.#places) {
			if (standing.span.start >= this.#anchor.offset && standing.span.start < first && !gone.has(standing.policy))
				leading.push(standing);
		}
		return leading;
	}

	/** Offset of the first statement after the header that lies in no block. */
	#firstStatementAfter(offset: number): number {
		for (let line = 0; line < tokens.lines; line++) {
			const start = tokens.starts[tokens.lineFirst[line] as number] as number;
			if (start < offset || this.#places.some(({ span }) => start > span.start && start < span.end)) continue;
			return start;
		}
		return this.#bytes.length;
	}

	#anchorAfter({ span }: BlockPlace): Anchor {
		const offset = lineAfter(this.#bytes, span.end);
		return { offset, at: offset === span.end ? 'end' : 'line' };
	}

	/** The text to insert: blank lines so that formatters leave the block alone, and so that a removal can tell which were added. */
	#inserted(anchor: Anchor, after: BlockPlace | null, texts: readonly string[]): string {
		const nl = this.#lineEnd;
		const bytes = this.#bytes;
		if (anchor.at === 'end') return nl + texts.join(nl);
		const blocks = texts.join(nl + nl) + nl;
		if (anchor.at === 'statement') return nl + blocks;
		const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
		if (anchor.offset === start) return bytes.length > start ? blocks + nl : blocks;
		const { blank, rest } = this.#followedBy(anchor.offset);
		if (blank || (after && !rest)) return nl + blocks;
		return rest ? blocks + nl : blocks;
	}

	/** `blank`: the next line is blank. `rest`: there is something else than blanks after the offset. */
	#followedBy(offset: number): { readonly blank: boolean; readonly rest: boolean } {
		const bytes = this.#bytes;
		let at = offset;
		while (isBlank(bytes[at])) at++;
		const blank =
			at > offset || bytes[at] === 10 || bytes[at] === 13 ? bytes[at] === 10 || bytes[at] === 13 || at >= bytes.length : false;
		while (isBlank(bytes[at]) || bytes[at] === 10 || bytes[at] === 13) at++;
		return { blank, rest: at < bytes.length };
	}

	#remove(standing: BlockPlace, gone: ReadonlySet<string>, replaced: boolean): TextEdit[] {
		const bytes = this.#bytes;
		let { start } = standing.span;
		let end = lineAfter(bytes, standing.span.end);
		const edits: TextEdit[] = [];
		const text = this.#importKept(standing, gone, replaced, edits);
		const before = lineEndBefore(bytes, start);
		const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
		if (text !== '') return [...edits, edit({ start, end: standing.span.end }, text)];
		if (end === standing.span.end) {
			// No line end behind it: the one before it came with the block.
			if (before < start) start = before;
		} else if (before < start && lineEndBefore(bytes, before) < before) {
			start = before;
		} else if (start > bom && this.#sharedLine(start, end)) {
			start = before;
		} else if (bytes[end] === 10 || bytes[end] === 13) {
			end = afterLineEnd(bytes, end);
		}
		return [...edits, edit({ start, end }, '')];
	}

	/** True where the block was put between two statements of one line: `"""doc"""; import torch`. */
	#sharedLine(start: number, end: number): boolean {
		const bytes = this.#bytes;
		let at = lineEndBefore(bytes, start) - 1;
		while (isBlank(bytes[at])) at--;
		const next = bytes[end];
		return bytes[at] === 59 && next !== undefined && next !== 10 && next !== 13 && next !== 35;
	}

	/** What the file still needs of a block's `import os`: moved into the next block, or left in its place. */
	#importKept(standing: BlockPlace, gone: ReadonlySet<string>, replaced: boolean, edits: TextEdit[]): string {
		const { start, end } = standing.span;
		if (!this.#osImportedIn(start, end) || this.#osImportedIn(0, start, gone) || replaced) return '';
		const heir = this.#places.find((other) => other.span.start > end && !gone.has(other.policy));
		if (heir) {
			if (this.#osImportedIn(heir.span.start, heir.span.end)) return '';
			const at = lineAfter(this.#bytes, heir.span.start);
			edits.push(edit({ start: at, end: at }, `import os${this.#lineEnd}${this.#lineEnd}`));
			return '';
		}
		return this.#usesOs() ? 'import os' : '';
	}

	/** True where code outside the blocks uses `os` without an import of its own. */
	#usesOs(): boolean {
		let used = false;
		for (let line = 0; line < tokens.lines; line++) {
			const first = tokens.lineFirst[line] as number;
			const end = tokens.lineFirst[line + 1] as number;
			const start = tokens.starts[first] as number;
			if (this.#places.some(({ span }) => start > span.start && start < span.end)) continue;
			const bindings = importsOf(tokens, first, end);
			if (bindings.some(({ name }) => name === 'os' || name === '*')) return false;
			if (bindings.length > 0) continue;
			for (let i = first; i < end && !used; i++) used = tokens.isWord(i, word.os) && !tokens.isOperator(i - 1, 46);
		}
		return used;
	}
}

function sameEdit(a: TextEdit, b: TextEdit): boolean {
	return a.span.start === b.span.start && a.span.end === b.span.end && Buffer.compare(a.text, b.text) === 0;
}

function edit(span: Span, text: string): TextEdit {
	return { span, text: Buffer.from(text, 'utf8') };
}

function within(inner: Span, outer: Span): boolean {
	return inner.start >= outer.start && inner.end <= outer.end;
}

function isBlank(byte: number | undefined): boolean {
	return byte === 32 || byte === 9 || byte === 12;
}

/** By code units, the same on every machine. */
function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
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
