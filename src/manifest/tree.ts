import type { Path } from './path.ts';

/** Half-open range of offsets into the text. */
export type Range = readonly [number, number];

/** A value of a document with its place: what YAML nodes become once aliases and merge keys are resolved. */
export type TreeNode = TreeMap | TreeList | TreeScalar;

export interface TreeMap {
	readonly kind: 'map';
	readonly range: Range;
	readonly entries: ReadonlyMap<string, { readonly key: Range; readonly node: TreeNode }>;
}

export interface TreeList {
	readonly kind: 'list';
	readonly range: Range;
	readonly items: readonly TreeNode[];
}

export interface TreeScalar {
	readonly kind: 'scalar';
	readonly range: Range;
	readonly value: string | number | boolean | null;
	/** As written. */
	readonly source: string;
	/** Not quoted, no block scalar, no tag: YAML decides by its looks what it is. */
	readonly plain: boolean;
}

/** The value as plain data. Keys are own properties, `__proto__` too. */
export function toData(node: TreeNode): unknown {
	if (node.kind === 'scalar') return node.value;
	if (node.kind === 'list') return node.items.map(toData);
	return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toData(entry.node)]));
}

/** What stands at a path: the node, and the range of its key where it is a field. */
export interface Found {
	readonly node: TreeNode;
	readonly key?: Range;
}

export function find(root: TreeNode, path: Path): Found | undefined {
	let found: Found = { node: root };
	for (const step of path) {
		const { node } = found;
		if (node.kind === 'map' && typeof step === 'string') {
			const entry = node.entries.get(step);
			if (!entry) return undefined;
			found = { node: entry.node, key: entry.key };
		} else if (node.kind === 'list' && typeof step === 'number') {
			const item = node.items[step];
			if (!item) return undefined;
			found = { node: item };
		} else return undefined;
	}
	return found;
}

/** The deepest thing on the way to `path` that stands in the document: a place for what is missing. */
export function findNearest(root: TreeNode, path: Path): Found {
	for (let length = path.length; length > 0; length--) {
		const found = find(root, path.slice(0, length));
		if (found) return found;
	}
	return { node: root };
}
