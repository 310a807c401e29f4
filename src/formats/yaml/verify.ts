import { CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml';
import type { Node, Pair } from 'yaml';
import yaml from 'yaml';
import type { WrittenEntry } from './insertion.ts';
import type { Form } from './model.ts';
import type { YamlDocument } from './parse.ts';
import { keyText, type MapNode, type MapPair, type SeqNode, Tree } from './tree.ts';

/** What an edit is meant to change in the tree, and nothing else. */
export interface Intent {
	/** Scalars and aliases by their new text, which must be a string. */
	readonly replaced: ReadonlyMap<Node, string>;
	/** Device literals are replaced within their text. */
	readonly appended: ReadonlyMap<Node, { readonly form: Form; readonly entries: readonly WrittenEntry[] }>;
	/** New keys, or values for keys that had none, by the map that holds them. */
	readonly keyed: ReadonlyMap<
		Node,
		{ readonly key: string; readonly index: number; readonly form: Form; readonly entries: readonly WrittenEntry[] }
	>;
}

/** True where the new documents are the old ones with exactly the intended changes. Anchors, aliases, tags and styles count. */
export function sameButFor(before: readonly YamlDocument[], after: readonly YamlDocument[], intent: Intent): boolean {
	return (
		before.length === after.length &&
		before.every((document, index) => sameNode(document.contents, after[index]?.contents ?? null, intent))
	);
}

function sameNode(before: unknown, after: unknown, intent: Intent): boolean {
	if (before === null || after === null || before === undefined || after === undefined)
		return (before ?? null) === (after ?? null);
	const replacement = intent.replaced.get(before as Node);
	if (replacement !== undefined) {
		const anchor = yaml.isScalar(before) ? before.anchor : undefined;
		return yaml.isScalar(after) && after.value === replacement && after.anchor === anchor;
	}
	if (yaml.isAlias(before)) return yaml.isAlias(after) && before.source === after.source;
	if (yaml.isScalar(before)) {
		return (
			yaml.isScalar(after) &&
			sameValue(before.value, after.value) &&
			before.type === after.type &&
			before.tag === after.tag &&
			before.anchor === after.anchor
		);
	}
	if (!yaml.isCollection(before) || !yaml.isCollection(after)) return false;
	if (before.tag !== after.tag || before.anchor !== after.anchor || before.flow !== after.flow) return false;
	if (yaml.isMap(before)) return yaml.isMap(after) && sameMap(before as MapNode, after as MapNode, intent);
	return yaml.isSeq(after) && sameSeq(before as SeqNode, after as SeqNode, intent);
}

function sameMap(before: MapNode, after: MapNode, intent: Intent): boolean {
	const added = intent.appended.get(before)?.entries ?? [];
	const keyed = intent.keyed.get(before);
	const items: MapPair[] = [...after.items];
	if (keyed !== undefined) {
		const standing = before.items.findIndex((pair) => keyText(pair.key) === keyed.key);
		const at = standing >= 0 ? standing : keyed.index + 1;
		const pair = items[at];
		if (pair === undefined || keyText(pair.key) !== keyed.key || !holdsExactly(pair.value, keyed.form, keyed.entries))
			return false;
		if (standing >= 0) items[at] = before.items[standing] as MapPair;
		else items.splice(at, 1);
	}
	return (
		items.length === before.items.length + added.length &&
		items.every((pair, index) => {
			const old = before.items[index];
			if (old === pair) return true;
			if (old === undefined) return isEntry(pair, 'map', added[index - before.items.length]);
			return sameNode(old.key, pair.key, intent) && sameNode(old.value, pair.value, intent);
		})
	);
}

function sameSeq(before: SeqNode, after: SeqNode, intent: Intent): boolean {
	const appended = intent.appended.get(before);
	const added = appended?.entries ?? [];
	return (
		after.items.length === before.items.length + added.length &&
		after.items.every((item, index) =>
			index < before.items.length
				? sameItem(before.items[index], item, intent)
				: isEntry(item, appended?.form ?? 'list', added[index - before.items.length]),
		)
	);
}

/** A flow sequence may hold a pair without braces. */
function sameItem(before: unknown, after: unknown, intent: Intent): boolean {
	if (!yaml.isPair(before) || !yaml.isPair(after)) return sameNode(before, after, intent);
	return sameNode(before.key, after.key, intent) && sameNode(before.value, after.value, intent);
}

function holdsExactly(node: Node | null, form: Form, entries: readonly WrittenEntry[]): boolean {
	if (form === 'map' ? !yaml.isMap(node) : !yaml.isSeq(node)) return false;
	const items = (node as MapNode | SeqNode).items;
	return (
		items.length === entries.length && items.every((item: Node | Pair, index: number) => isEntry(item, form, entries[index]))
	);
}

function isEntry(item: unknown, form: Form, entry: WrittenEntry | undefined): boolean {
	if (entry === undefined) return false;
	switch (form) {
		case 'map':
			return yaml.isPair(item) && keyText(item.key) === entry.name && isString(item.value, entry.text);
		case 'list':
			return isString(item, `${entry.name}=${entry.text}`);
		case 'named':
			return (
				yaml.isMap(item) &&
				item.items.length === 2 &&
				isString(item.get('name', true), entry.name) &&
				isString(item.get('value', true), entry.text)
			);
	}
}

function isString(node: unknown, text: string): boolean {
	return yaml.isScalar(node) && node.value === text && node.anchor === undefined;
}

function sameValue(a: unknown, b: unknown): boolean {
	return Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b);
}

const secondSchema = CORE_SCHEMA.withTags(mergeTag);

/**
 * What js-yaml, the second reader, thinks of a text that the first has read: `agrees`, or not (it rejects the text, or reads it
 * otherwise, or the two differ in dialect). A text with which it agreed before an edit must agree after it.
 */
export function secondReaderAgrees(text: string, documents: readonly YamlDocument[]): boolean {
	let values: unknown[];
	try {
		values = loadAll(text, { schema: secondSchema });
	} catch {
		return false;
	}
	return (
		values.length === documents.length &&
		documents.every((document, index) => agrees(new Tree(document), document.contents, values[index], new Set()))
	);
}

function agrees(tree: Tree, written: unknown, value: unknown, seen: Set<Node>): boolean {
	const node = tree.resolve(written);
	if (node === null) return value === null || value === undefined;
	if (yaml.isScalar(node)) return sameValue(node.value, value);
	// Each node once: an alias stands for one object in both readers, and a bomb of aliases costs nothing.
	if (seen.has(node)) return true;
	seen.add(node);
	if (yaml.isSeq(node)) {
		return (
			Array.isArray(value) &&
			value.length === node.items.length &&
			node.items.every((item, index) => agrees(tree, item, value[index], seen))
		);
	}
	if (!yaml.isMap(node) || typeof value !== 'object' || value === null) return false;
	const fields = tree.fields(node as MapNode);
	const keys = Object.keys(value);
	return (
		keys.length === fields.size &&
		keys.every(
			(key) => fields.has(key) && agrees(tree, fields.get(key)?.value ?? null, (value as Record<string, unknown>)[key], seen),
		)
	);
}
