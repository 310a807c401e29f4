import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

const resolve = createRequire(import.meta.url).resolve;

/** A token of a syntax tree. */
interface Leaf {
	readonly type: string;
	readonly text: string;
	/** From 1. */
	readonly line: number;
}

/** A parser that also reads what CPython 3.14 refuses: Python 2 statements, code with errors around the place of interest. */
export class TreeSitter {
	readonly #parser: Parser;

	private constructor(parser: Parser) {
		this.#parser = parser;
	}

	static async start(): Promise<TreeSitter> {
		await Parser.init();
		const language = await Language.load(readFileSync(resolve('tree-sitter-python/tree-sitter-python.wasm')));
		const parser = new Parser();
		parser.setLanguage(language);
		return new TreeSitter(parser);
	}

	/** All tokens, comments included, outside of managed blocks, without the byte order mark. Bytes are read as latin-1, so that each is one character. */
	leaves(bytes: Uint8Array): Leaf[] {
		// tree-sitter does not end a line at a lone CR.
		const text = Buffer.from(bytes)
			.toString('latin1')
			.replace('\xef\xbb\xbf', '')
			.replaceAll(/\r\n|\r/g, '\n');
		const tree = this.#parser.parse(text);
		if (tree === null) throw new Error('tree-sitter gave no tree');
		const blocks = blockLines(text);
		const leaves: Leaf[] = [];
		const add = (type: string, node: Node, text = node.text): void => {
			const line = node.startPosition.row + 1;
			if (!blocks.some(({ first, last }) => first <= line && line <= last)) leaves.push({ type, text, line });
		};
		const visit = (node: Node): void => {
			// An empty string has no content, but it must have a leaf to compare with.
			if (node.type === 'string' && node.childCount > 0 && node.namedChildren.every((child) => child?.type !== 'interpolation')) {
				const [first, last] = [node.firstChild as Node, node.lastChild as Node];
				add('string_start', first);
				add('string_content', node, text.slice(first.endIndex, last.startIndex));
				add('string_end', last);
			} else if (node.childCount === 0) {
				if (node.text !== '') add(node.type, node);
			} else for (const child of node.children) if (child !== null) visit(child);
		};
		visit(tree.rootNode);
		tree.delete();
		return leaves;
	}

	/** The first token that an edit changed and that is neither in a string nor a number; `null` where there is none. */
	firstUnlawful(before: Uint8Array, after: Uint8Array): string | null {
		const left = this.leaves(before);
		const right = this.leaves(after);
		for (let index = 0; index < Math.max(left.length, right.length); index++) {
			const a = left[index];
			const b = right[index];
			if (a?.type === b?.type && a?.text === b?.text) continue;
			if (a !== undefined && a.type === b?.type && (a.type === 'string_content' || a.type === 'integer')) continue;
			return `line ${a?.line ?? b?.line}: ${JSON.stringify(a?.text)} became ${JSON.stringify(b?.text)}`;
		}
		return null;
	}
}

function blockLines(text: string): { first: number; last: number }[] {
	const blocks: { first: number; last: number }[] = [];
	let first: number | null = null;
	for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
		if (/^# >>> gpupolicy \S+: managed block, do not edit$/.test(line)) first = index + 1;
		else if (line === '# <<< gpupolicy' && first !== null) {
			blocks.push({ first, last: index + 1 });
			first = null;
		}
	}
	return blocks;
}
