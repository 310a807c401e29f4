import type { Alias, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import yaml from 'yaml';
import type { YamlDocument } from './parse.ts';

export type MapNode = YAMLMap<Node, Node | null>;
export type SeqNode = YAMLSeq<Node>;
export type MapPair = Pair<Node, Node | null>;

/** One key of a map as readers see it, own or merged in by `<<`. */
export interface Field {
	readonly key: string;
	readonly pair: MapPair;
	/** The map that holds the pair: another one than was asked where the key is merged in. */
	readonly owner: MapNode;
	/** What stands after the colon, an alias unresolved. */
	readonly written: Node | null;
	/** The same with an alias resolved. */
	readonly value: Node | null;
}

/** Reads a document through its aliases and merge keys, each resolved once, so that alias bombs cost nothing. */
export class Tree {
	readonly document: YamlDocument;
	readonly #targets = new Map<Alias, Node>();
	readonly #users = new Map<Node, Alias[]>();
	readonly #fields = new Map<MapNode, ReadonlyMap<string, Field>>();
	readonly #inFlow = new Set<Node>();

	constructor(document: YamlDocument) {
		this.document = document;
		const anchors = new Map<string, Node>();
		const visit = (node: unknown, inFlow: boolean): void => {
			if (inFlow && yaml.isNode(node)) this.#inFlow.add(node);
			if (yaml.isAlias(node)) {
				const target = anchors.get(node.source);
				if (target === undefined) return;
				this.#targets.set(node, target);
				const users = this.#users.get(target);
				if (users === undefined) this.#users.set(target, [node]);
				else users.push(node);
			} else if (yaml.isCollection(node)) {
				if (node.anchor) anchors.set(node.anchor, node);
				const within = inFlow || node.flow === true;
				for (const item of node.items) {
					if (yaml.isPair(item)) {
						visit(item.key, within);
						visit(item.value, within);
					} else visit(item, within);
				}
			} else if (yaml.isScalar(node) && node.anchor) anchors.set(node.anchor, node);
		};
		visit(document.contents, false);
	}

	/** The node itself, or what an alias stands for. */
	resolve(node: unknown): Node | null {
		if (yaml.isAlias(node)) return this.#targets.get(node) ?? null;
		return yaml.isNode(node) ? node : null;
	}

	/** Aliases that stand for `node`. */
	usersOf(node: Node): readonly Alias[] {
		return this.#users.get(node) ?? [];
	}

	/** True inside a flow collection, in which `,` and brackets end an unquoted scalar. */
	isInFlow(node: Node): boolean {
		return this.#inFlow.has(node);
	}

	map(node: unknown): MapNode | null {
		const resolved = this.resolve(node);
		return yaml.isMap(resolved) ? (resolved as MapNode) : null;
	}

	seq(node: unknown): SeqNode | null {
		const resolved = this.resolve(node);
		return yaml.isSeq(resolved) ? (resolved as SeqNode) : null;
	}

	scalar(node: unknown): Scalar | null {
		const resolved = this.resolve(node);
		return yaml.isScalar(resolved) ? resolved : null;
	}

	/** The scalar's value where it is a string. */
	string(node: unknown): string | null {
		const value = this.scalar(node)?.value;
		return typeof value === 'string' ? value : null;
	}

	/** Keys of a map with what `<<` merges in: own keys win, then earlier merges. Not string-like keys are left out. */
	fields(map: MapNode): ReadonlyMap<string, Field> {
		const known = this.#fields.get(map);
		if (known !== undefined) return known;
		const fields = new Map<string, Field>();
		// Stored before it is filled: a map that merges itself sees what is there so far and ends.
		this.#fields.set(map, fields);
		const merges: unknown[] = [];
		for (const pair of map.items as MapPair[]) {
			const key = keyText(pair.key);
			if (key === null) continue;
			if (key === '<<' && isMergeKey(pair.key)) merges.push(pair.value);
			else fields.set(key, { key, pair, owner: map, written: pair.value, value: this.resolve(pair.value) });
		}
		for (const merge of merges) {
			const sources = this.seq(merge)?.items ?? [merge];
			for (const source of sources) {
				const from = this.map(source);
				if (from === null || from === map) continue;
				for (const [key, field] of this.fields(from)) if (!fields.has(key)) fields.set(key, field);
			}
		}
		return fields;
	}

	/** The field `key` of what `node` resolves to; `undefined` where it is no map or has no such key. */
	field(node: unknown, key: string): Field | undefined {
		const map = this.map(node);
		return map === null ? undefined : this.fields(map).get(key);
	}

	/** Follows keys from `node`. */
	at(node: unknown, ...keys: readonly string[]): Node | null {
		let current = this.resolve(node);
		for (const key of keys) current = this.field(current, key)?.value ?? null;
		return current;
	}
}

/** The text of a scalar key as written: `8080` for a number; `null` for a collection, an alias or a null key. */
export function keyText(key: unknown): string | null {
	if (!yaml.isScalar(key)) return null;
	if (typeof key.value === 'string') return key.value;
	if (typeof key.value === 'symbol') return '<<';
	return key.value === null || key.value === undefined ? null : (key.source ?? String(key.value));
}

function isMergeKey(key: unknown): boolean {
	return yaml.isScalar(key) && (key.type === 'PLAIN' || key.type === undefined);
}
