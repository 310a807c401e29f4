import type { CST, Node, Pair } from 'yaml';
import yaml from 'yaml';
import type { EnvEntry } from '../../core/ports/format.ts';
import { lineEndingBefore } from '../text/line-ending.ts';
import { scalarRange } from './environment.ts';
import type { Form, Place } from './model.ts';
import { rangeOf } from './parse.ts';
import { type ScalarStyle, styleOf, writeScalar } from './scalar-style.ts';
import { keyText, type MapNode, type SeqNode, type Tree } from './tree.ts';
import { encodeValue } from './value.ts';

/** A replacement in the text, by UTF-16 index. */
export interface TextChange {
	readonly from: number;
	readonly to: number;
	readonly text: string;
}

/** Why an insertion cannot be written safely. */
export class CannotWrite extends Error {}

/** An entry with the text that stands for its value in the file (`$` doubled where the dialect expands it). */
export interface WrittenEntry {
	readonly name: string;
	readonly text: string;
}

/** Encodes the values of entries for a place; throws `CannotWrite` where a value would be expanded to another. */
export function encodeEntries(entries: readonly EnvEntry[], place: Place): WrittenEntry[] {
	return entries.map(({ name, value }) => {
		const text = encodeValue(value, place.dialect, '');
		if (text === null) throw new CannotWrite(`the value of ${name} would be expanded to another one here`);
		return { name, text };
	});
}

/** Adds entries to a place: after the last entry of its environment, or under a new key. */
export function insertEntries(
	text: string,
	tree: Tree,
	quotes: 'single' | 'double',
	place: Place,
	entries: readonly WrittenEntry[],
): TextChange[] {
	const writer = new Writer(text, tree, quotes, place.form);
	if (place.collection === null) {
		if (place.owner === null) throw new CannotWrite('there is no environment to add to');
		return writer.intoOwner(place.owner, place, entries);
	}
	return writer.intoCollection(place.collection, entries);
}

/** Position of a new key among the pairs of its owner: after the first of `after` that is there, else last. */
export function indexAfter(owner: MapNode, after: readonly string[]): number {
	for (const key of after) {
		const index = owner.items.findIndex((pair) => keyText(pair.key) === key);
		if (index >= 0) return index;
	}
	return owner.items.length - 1;
}

/** Quotes that most quoted values of a document have. */
export function preferredQuotes(tree: Tree): 'single' | 'double' {
	let balance = 0;
	yaml.visit(tree.document, {
		Scalar: (key, node) => {
			if (key === 'key') return;
			if (node.type === 'QUOTE_SINGLE') balance++;
			else if (node.type === 'QUOTE_DOUBLE') balance--;
		},
	});
	return balance > 0 ? 'single' : 'double';
}

class Writer {
	readonly #text: string;
	readonly #tree: Tree;
	readonly #form: Form;
	readonly #quotes: 'single' | 'double';

	constructor(text: string, tree: Tree, quotes: 'single' | 'double', form: Form) {
		this.#text = text;
		this.#tree = tree;
		this.#form = form;
		this.#quotes = quotes;
	}

	intoCollection(collection: MapNode | SeqNode, entries: readonly WrittenEntry[]): TextChange[] {
		const token = collection.srcToken;
		if (token?.type === 'flow-collection')
			return this.#intoFlow(collection, token, (inFlow) => this.#flowEntries(collection, entries, inFlow));
		if (token?.type !== 'block-map' && token?.type !== 'block-seq')
			throw new CannotWrite('the environment is written in a way that is not known');
		const column = this.#column(token);
		const last = collection.items.at(-1) as Node | Pair;
		return [this.#linesAfter(last, column, this.#blockLines(collection, entries))];
	}

	/** Puts `key` with its entries into a map that has no such key, or has it without a value. */
	intoOwner(owner: MapNode, place: Place, entries: readonly WrittenEntry[]): TextChange[] {
		const standing = owner.items.find((pair) => keyText(pair.key) === place.key);
		const token = owner.srcToken;
		const flow = (): string => this.#flowCollection(entries);
		if (standing !== undefined) {
			if (yaml.isScalar(standing.value) && standing.value.anchor)
				throw new CannotWrite(`the empty ${place.key} carries an anchor`);
			const explicit = yaml.isScalar(standing.value) && standing.value.source !== '' && standing.value.source !== undefined;
			if (explicit || token?.type !== 'block-map') {
				const [from, to] = explicit
					? scalarRange(this.#text, standing.value as yaml.Scalar)
					: [contentEnd(this.#text, standing), contentEnd(this.#text, standing)];
				return [{ from, to, text: explicit || /\s/.test(this.#text[from - 1] ?? '') ? flow() : ` ${flow()}` }];
			}
			return [this.#linesAfter(standing, this.#childColumn(owner, token), this.#blockLines(null, entries))];
		}
		if (token?.type === 'flow-collection') {
			return this.#intoFlow(owner, token, () => [`${this.#flowKey(owner, place.key)}: ${flow()}`]);
		}
		if (token?.type !== 'block-map')
			throw new CannotWrite('the map that would hold the environment is written in a way that is not known');
		const after = owner.items[indexAfter(owner, place.after)];
		if (after === undefined) throw new CannotWrite('the map that would hold the environment is empty');
		const column = this.#column(token);
		const child = ' '.repeat(this.#childColumn(owner, token) - column);
		return [this.#linesAfter(after, column, [`${place.key}:`, ...this.#blockLines(null, entries).map((line) => child + line)])];
	}

	/** Whole lines below the last line of `node`. */
	#linesAfter(node: Node | Pair, column: number, lines: readonly string[]): TextChange {
		const indent = ' '.repeat(column);
		const kept = keptBlockEnd(this.#text, node);
		if (kept !== null) {
			const eol = this.#eolAt(kept);
			const before = this.#text[kept - 1] === '\n' ? '' : eol;
			return { from: kept, to: kept, text: before + lines.map((line) => indent + line + eol).join('') };
		}
		const end = contentEnd(this.#text, node);
		const rest = /^[^\r\n]*/.exec(this.#text.slice(end))?.[0] ?? '';
		if (!/^[ \t]*(?:[ \t]#.*)?$/.test(rest))
			throw new CannotWrite('something else follows on the line after which entries would go');
		const at = endOfDeeperComments(this.#text, end + rest.length, column);
		const eol = this.#eolAt(at);
		return { from: at, to: at, text: lines.map((line) => eol + indent + line).join('') };
	}

	/** How the line above ends, so that a file of mixed endings keeps to its neighbourhood. */
	#eolAt(at: number): string {
		return lineEndingBefore(this.#text, this.#text.lastIndexOf('\n', at - 1) + 1);
	}

	#blockLines(collection: MapNode | SeqNode | null, entries: readonly WrittenEntry[]): string[] {
		const style = this.#siblingStyle(collection);
		switch (this.#form) {
			case 'map':
				return entries.map(({ name, text }) => `${this.#keyLike(collection, name)}: ${this.#write(text, style, false)}`);
			case 'list':
				return entries.map(({ name, text }) => `- ${this.#write(`${name}=${text}`, style, false)}`);
			case 'named': {
				const last = collection?.items.at(-1);
				if (yaml.isMap(last) && last.flow) return entries.map((entry) => `- ${this.#flowNamed(entry, style)}`);
				const gap = this.#dashGap(collection);
				return entries.flatMap(({ name, text }) => [
					`-${' '.repeat(gap)}name: ${this.#write(name, 'plain', false)}`,
					`${' '.repeat(gap + 1)}value: ${this.#write(text, style, false)}`,
				]);
			}
		}
	}

	#intoFlow(collection: MapNode | SeqNode, token: CST.FlowCollection, write: (inFlow: true) => string[]): TextChange[] {
		const items = write(true);
		const open = token.start.offset + 1;
		const close = rangeOf(collection)[1] - 1;
		const last = collection.items.at(-1) as Node | Pair | undefined;
		if (last === undefined) {
			if (this.#text.slice(open, close).trim() !== '') throw new CannotWrite('the empty collection holds a comment');
			return [{ from: open, to: open, text: items.join(', ') }];
		}
		const end = contentEnd(this.#text, last);
		const [start] = rangeOf((yaml.isPair(last) ? last.key : last) as Node);
		const lineStart = this.#text.lastIndexOf('\n', start - 1) + 1;
		const indent = this.#text.slice(lineStart, start);
		const rest = /^([ \t]*)(,?)([ \t]*(?:[ \t]#[^\r\n]*)?)\r?\n/.exec(this.#text.slice(end));
		if (!/^[ \t]*$/.test(indent) || rest === null)
			return [{ from: end, to: end, text: items.map((item) => `, ${item}`).join('') }];
		// One entry to a line: the comma goes behind the last entry, the new ones below it and below its comment.
		const comma = rest[2] === ',';
		const below = end + (rest[1] ?? '').length + (comma ? 1 : 0) + (rest[3] ?? '').length;
		const lines = items.map((item) => this.#eolAt(below) + indent + item).join(',') + (comma ? ',' : '');
		const added = { from: below, to: below, text: lines };
		return comma ? [added] : [{ from: end, to: end, text: ',' }, added];
	}

	#flowEntries(collection: MapNode | SeqNode, entries: readonly WrittenEntry[], inFlow: true): string[] {
		const style = this.#siblingStyle(collection);
		switch (this.#form) {
			case 'map':
				return entries.map(({ name, text }) => `${this.#keyLike(collection, name)}: ${this.#write(text, style, inFlow)}`);
			case 'list':
				return entries.map(({ name, text }) => this.#write(`${name}=${text}`, style, inFlow));
			case 'named':
				return entries.map((entry) => this.#flowNamed(entry, style));
		}
	}

	#flowCollection(entries: readonly WrittenEntry[]): string {
		switch (this.#form) {
			case 'map':
				return `{${entries.map(({ name, text }) => `${name}: ${this.#write(text, 'plain', true)}`).join(', ')}}`;
			case 'list':
				return `[${entries.map(({ name, text }) => this.#write(`${name}=${text}`, 'plain', true)).join(', ')}]`;
			case 'named':
				return `[${entries.map((entry) => this.#flowNamed(entry, 'plain')).join(', ')}]`;
		}
	}

	#flowNamed({ name, text }: WrittenEntry, style: ScalarStyle): string {
		return `{name: ${this.#write(name, 'plain', true)}, value: ${this.#write(text, style, true)}}`;
	}

	#write(text: string, style: ScalarStyle, inFlow: boolean): string {
		return writeScalar(text, style, this.#quotes, inFlow);
	}

	/** A key quoted as the last key of the collection is. */
	#keyLike(collection: MapNode | SeqNode | null, name: string): string {
		const last = collection?.items.at(-1);
		const key = yaml.isPair(last) && yaml.isScalar(last.key) ? styleOf(last.key) : null;
		return writeScalar(name, key ?? 'plain', this.#quotes, false);
	}

	#flowKey(owner: MapNode, name: string): string {
		return this.#keyLike(owner, name);
	}

	/** Style of the last value that stands in the collection itself. */
	#siblingStyle(collection: MapNode | SeqNode | null): ScalarStyle {
		for (const item of [...(collection?.items ?? [])].reverse()) {
			const value = yaml.isPair(item) ? item.value : yaml.isMap(item) ? this.#tree.field(item, 'value')?.written : item;
			if (yaml.isScalar(value) && value.value !== null) return styleOf(value) ?? 'plain';
		}
		return 'plain';
	}

	/** Column of the items of a block collection, from its first item: its dash, its key, or the properties before it. */
	#column(token: CST.BlockMap | CST.BlockSequence): number {
		const [first] = token.items;
		const significant = first?.start.find(({ type }) => !['space', 'newline', 'comment'].includes(type)) ?? first?.key;
		if (significant === undefined || significant === null) throw new CannotWrite('the indentation cannot be told');
		return this.#columnAt(significant.offset);
	}

	#columnAt(offset: number): number {
		const lineStart = this.#text.lastIndexOf('\n', offset - 1) + 1;
		return offset - lineStart - (lineStart === 0 && this.#text.startsWith('\ufeff') ? 1 : 0);
	}

	/** Column of what a key of `owner` holds, as its siblings or else the rest of the document have it. */
	#childColumn(owner: MapNode, token: CST.BlockMap): number {
		const column = this.#column(token);
		const wanted = this.#form === 'map' ? 'block-map' : 'block-seq';
		return (
			column +
			(this.#step([owner], wanted) ?? this.#step(mapsOf(this.#tree), wanted) ?? this.#step(mapsOf(this.#tree), 'block-map') ?? 2)
		);
	}

	#step(maps: readonly MapNode[], wanted: 'block-map' | 'block-seq'): number | undefined {
		for (const map of maps) {
			if (map.srcToken?.type !== 'block-map') continue;
			for (const { value } of map.items) {
				const child = yaml.isCollection(value) ? value.srcToken : undefined;
				if (child === undefined || child.type !== wanted || (child.type !== 'block-map' && child.type !== 'block-seq')) continue;
				return this.#column(child) - this.#column(map.srcToken);
			}
		}
		return undefined;
	}

	/** Spaces between the dash and the first key of the items of a list. */
	#dashGap(collection: MapNode | SeqNode | null): number {
		const token = collection?.srcToken;
		const item = token?.type === 'block-seq' ? token.items.at(-1) : undefined;
		const dash = item?.start.find(({ type }) => type === 'seq-item-ind');
		if (dash === undefined || item?.value?.type !== 'block-map') return 1;
		const gap = item.value.offset - dash.offset - 1;
		return this.#text.slice(dash.offset + 1, item.value.offset).trim() === '' &&
			!/\n/.test(this.#text.slice(dash.offset, item.value.offset))
			? gap
			: 1;
	}
}

function mapsOf(tree: Tree): MapNode[] {
	const maps: MapNode[] = [];
	yaml.visit(tree.document, { Map: (_key, node) => void maps.push(node as MapNode) });
	return maps;
}

/** The innermost node at the end of a node, and where the text of that node ends. */
function lastLeaf(text: string, item: Node | Pair): { readonly node: Node | null; readonly end: number } {
	let current: Node | Pair = item;
	for (;;) {
		if (yaml.isPair(current)) {
			const value = current.value as Node | null;
			if (isEmpty(value)) return { node: null, end: endOfTokens(current.srcToken?.sep, current.key as Node) };
			current = value as Node;
		}
		if (!yaml.isCollection(current) || current.flow || current.items.length === 0) break;
		const last = current.items.at(-1) as Node | Pair;
		const token = current.srcToken;
		if (!yaml.isPair(last) && isEmpty(last) && token?.type === 'block-seq') {
			return { node: null, end: endOfTokens(token.items.at(-1)?.start, last) };
		}
		current = last;
	}
	const node = current as Node;
	return { node, end: yaml.isScalar(node) || yaml.isAlias(node) ? scalarRange(text, node)[1] : rangeOf(node)[1] };
}

/** A value that is not written at all; its range may lie behind comments. */
function isEmpty(node: Node | null): boolean {
	return node === null || (yaml.isScalar(node) && node.range?.[0] === node.range?.[1]);
}

function endOfTokens(tokens: readonly CST.SourceToken[] | undefined, before: Node): number {
	const last = tokens?.findLast(({ type }) => !['space', 'newline', 'comment'].includes(type));
	return last === undefined ? rangeOf(before)[1] : last.offset + last.source.length;
}

function contentEnd(text: string, item: Node | Pair): number {
	return lastLeaf(text, item).end;
}

/** End of a block scalar that keeps its blank lines (`|+`), where the text of `item` ends in one. */
function keptBlockEnd(text: string, item: Node | Pair): number | null {
	const { node } = lastLeaf(text, item);
	if (!yaml.isScalar(node) || !/^BLOCK_/.test(node.type ?? '')) return null;
	const [from, to] = rangeOf(node);
	return /^[|>]\d?\+/.test(text.slice(from)) ? to : null;
}

/** End of the comment lines below `at` (an end of line) that are indented deeper than `column`: they belong to what stands above. */
function endOfDeeperComments(text: string, at: number, column: number): number {
	const deeper = new RegExp(`(?:(?:\\r?\\n[ \\t]*)*\\r?\\n {${column + 1},}#[^\\r\\n]*)+`, 'y');
	deeper.lastIndex = at;
	return at + (deeper.exec(text)?.[0].length ?? 0);
}
