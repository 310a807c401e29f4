import type { Document, ParsedNode } from 'yaml';
import yaml from 'yaml';

/** One document of a stream, with its CST tokens on the nodes. */
export type YamlDocument = Document.Parsed<ParsedNode, true>;

/** Why a text cannot be read; `from` and `to` are UTF-16 indexes. */
export interface ParseFailure {
	/** The library's error code, or one of ours: `CR_ONLY`, `UNKNOWN_ALIAS`, `TOO_DEEP`. */
	readonly code: string;
	readonly message: string;
	readonly from: number;
	readonly to: number;
}

export type Parsed =
	| { readonly ok: true; readonly documents: readonly YamlDocument[] }
	| { readonly ok: false; readonly failure: ParseFailure };

/** Nesting beyond this is refused: no real file comes near, and every walk may then recurse. */
const deepest = 200;

/**
 * Parses every document of a text, strictly: duplicate keys, unknown aliases and tabs as indentation are failures.
 * Never throws, however deep the nesting.
 */
export function parseYaml(text: string): Parsed {
	const lone = /\r(?!\n)/.exec(text);
	if (lone !== null) {
		return failed(
			'CR_ONLY',
			'a carriage return without a line feed, which YAML readers take for different things',
			lone.index,
			lone.index + 1,
		);
	}
	let documents: YamlDocument[];
	try {
		const tokens = new yaml.Parser().parse(text);
		const composer = new yaml.Composer({
			keepSourceTokens: true,
			merge: true,
			uniqueKeys: false,
			prettyErrors: false,
			logLevel: 'silent',
		});
		documents = [...composer.compose(tokens)] as YamlDocument[];
	} catch (error) {
		return failed('RESOURCE_EXHAUSTION', error instanceof Error ? error.message : 'cannot be read', 0, 0);
	}
	for (const document of documents) {
		const error = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])[0];
		if (error !== undefined) return failed(error.code, error.message, error.pos[0], error.pos[1]);
		const problem = checkTree(document);
		if (problem !== null) return problem;
	}
	return { ok: true, documents };
}

function failed(code: string, message: string, from: number, to: number): Parsed & { ok: false } {
	return { ok: false, failure: { code, message: withoutQuotation(message), from, to } };
}

/** Library messages quote the source behind a colon, and a source may hold secrets. */
function withoutQuotation(message: string): string {
	return message.split('\n')[0]?.replace(/: (?!between ).*$|\\.*$/, '') ?? '';
}

/** Depth, aliases and keys, with a stack of our own. (The library compares each key with each: a wide map would take minutes.) */
function checkTree(document: YamlDocument): (Parsed & { ok: false }) | null {
	const anchors = new Set<string>();
	const stack: { node: unknown; depth: number }[] = [{ node: document.contents, depth: 0 }];
	for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
		const { node, depth } = top;
		if (yaml.isAlias(node)) {
			if (!anchors.has(node.source))
				return failed('UNKNOWN_ALIAS', 'an alias of an anchor that does not stand above it', ...rangeOf(node));
			continue;
		}
		if (!yaml.isNode(node)) continue;
		if (depth > deepest) return failed('TOO_DEEP', `nested deeper than ${deepest} levels`, ...rangeOf(node));
		if (node.anchor) anchors.add(node.anchor);
		if (yaml.isSeq(node)) {
			for (let i = node.items.length - 1; i >= 0; i--) stack.push({ node: node.items[i], depth: depth + 1 });
		} else if (yaml.isMap(node)) {
			const keys = new Set<unknown>();
			for (const { key } of node.items) {
				// The merge key `<<`, a symbol, may stand several times.
				if (!yaml.isScalar(key) || typeof key.value === 'symbol') continue;
				if (keys.has(key.value)) return failed('DUPLICATE_KEY', 'a key stands twice in one map', ...rangeOf(key));
				keys.add(key.value);
			}
			for (let i = node.items.length - 1; i >= 0; i--) {
				stack.push({ node: node.items[i]?.value, depth: depth + 1 }, { node: node.items[i]?.key, depth: depth + 1 });
			}
		}
	}
	return null;
}

/** UTF-16 start and end of a node's value, its properties and comments left out. */
export function rangeOf(node: { range?: readonly [number, number, number] | null | undefined }): [number, number] {
	return node.range ? [node.range[0], node.range[1]] : [0, 0];
}
