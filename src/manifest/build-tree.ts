import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, Scalar } from 'yaml';
import type { Complaint } from './diagnostic.ts';
import type { Range, TreeMap, TreeNode } from './tree.ts';

/** Most values that a document may have, aliases counted as often as they are used. */
const maxNodes = 100_000;
/** Deepest nesting; the deepest field of the API is at nine. */
const maxDepth = 64;

/** Ends the building of a tree that would grow past its bounds. */
class TooLarge extends Error {}

/** A complaint about a range of the text. */
export type PlacedComplaint = Complaint & { readonly range: Range };

/**
 * Turns a YAML document into a tree: aliases and merge keys (`<<`) resolved, duplicate keys and keys that are no strings
 * complained of. `undefined` where the document is empty or past the bounds.
 */
export function buildTree(document: Document.Parsed, complain: (complaint: PlacedComplaint) => void): TreeNode | undefined {
	const anchors = new Map<string, Node>();
	let nodes = 0;

	const rangeOf = (node: Node | null | undefined, fallback: Range): Range =>
		node?.range ? [node.range[0], Math.max(node.range[0], node.range[1])] : fallback;

	const grow = (depth: number, range: Range) => {
		if (++nodes > maxNodes) {
			const message = `more than ${maxNodes.toLocaleString('en-US')} values, aliases counted as often as they are used`;
			complain({ code: 'GP1012', range, message, hint: 'no policy needs so many; write it without aliases' });
			throw new TooLarge();
		}
		if (depth > maxDepth) {
			complain({
				code: 'GP1012',
				range,
				message: `nested deeper than ${maxDepth} levels`,
				hint: 'no field of the API is nested so deep',
			});
			throw new TooLarge();
		}
	};

	const walk = (node: Node | null | undefined, depth: number, fallback: Range, open: readonly string[]): TreeNode => {
		const range = rangeOf(node, fallback);
		grow(depth, range);
		if (!node) return { kind: 'scalar', range, value: null, source: '', plain: true };
		if (isAlias(node)) {
			const target = anchors.get(node.source);
			if (!target || open.includes(node.source)) {
				const message = target ? `*${node.source} contains itself` : `no &${node.source} stands above`;
				complain({ code: 'GP1001', range, message, hint: 'write the value out' });
				return { kind: 'scalar', range, value: null, source: '', plain: false };
			}
			// The place of an alias is where it is used: that is where the value is wrong for its field.
			return relocate(walk(target, depth, range, [...open, node.source]), range);
		}
		const anchor = node.anchor;
		if (anchor !== undefined) anchors.set(anchor, node);
		const inside = anchor === undefined ? open : [...open, anchor];
		if (isMap(node)) return walkMap(node.items as Pair<Node, Node | null>[], range, depth, inside);
		if (isSeq(node))
			return { kind: 'list', range, items: (node.items as Node[]).map((item) => walk(item, depth + 1, range, inside)) };
		if (isScalar(node)) return scalar(node, range);
		throw new TypeError(`unexpected YAML node ${(node as Node).constructor.name}`);
	};

	const walkMap = (pairs: readonly Pair<Node, Node | null>[], range: Range, depth: number, open: readonly string[]): TreeMap => {
		const entries = new Map<string, { key: Range; node: TreeNode }>();
		const merged: TreeMap[] = [];
		for (const { key, value } of pairs) {
			const keyRange = rangeOf(key, range);
			const name = keyName(key, keyRange);
			if (name === undefined) continue;
			const node = walk(value, depth + 1, [keyRange[1], keyRange[1]], open);
			if (name === '<<' && isScalar(key) && key.type === Scalar.PLAIN) {
				const sources = node.kind === 'list' ? node.items : [node];
				for (const source of sources) {
					if (source.kind === 'map') merged.push(source);
					else
						complain({
							code: 'GP1001',
							range: node.range,
							message: '<< takes a mapping or a list of mappings',
							hint: 'write the fields out',
						});
				}
			} else if (entries.has(name)) {
				complain({
					code: 'GP1002',
					range: keyRange,
					message: `${JSON.stringify(name)} stands twice in this mapping`,
					expected: 'each key once',
					hint: 'remove one of the two',
				});
			} else entries.set(name, { key: keyRange, node });
		}
		for (const map of merged)
			for (const [name, entry] of map.entries) if (!entries.has(name)) entries.set(name, { key: map.range, node: entry.node });
		return { kind: 'map', range, entries };
	};

	const keyName = (key: Node | null, range: Range): string | undefined => {
		if (isScalar(key) && (typeof key.value === 'string' || key.type === Scalar.PLAIN))
			return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
		complain({ code: 'GP1001', range, message: 'a key must be plain text', expected: 'a string', hint: 'write `name: value`' });
		return undefined;
	};

	try {
		return document.contents === null ? undefined : walk(document.contents as Node, 0, [0, 0], []);
	} catch (error) {
		if (error instanceof TooLarge) return undefined;
		throw error;
	}
}

function scalar(node: Scalar, range: Range): TreeNode {
	const source = node.source ?? String(node.value);
	const value = node.value;
	const plain = node.type === Scalar.PLAIN && node.tag === undefined;
	if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
		return { kind: 'scalar', range, value, source, plain };
	return { kind: 'scalar', range, value: source, source, plain: false };
}

/** The same value, every part of it at one place. */
function relocate(node: TreeNode, range: Range): TreeNode {
	if (node.kind === 'scalar') return { ...node, range };
	if (node.kind === 'list') return { ...node, range, items: node.items.map((item) => relocate(item, range)) };
	return {
		...node,
		range,
		entries: new Map([...node.entries].map(([name, entry]) => [name, { key: range, node: relocate(entry.node, range) }])),
	};
}
