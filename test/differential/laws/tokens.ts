import { kind, Tokens, tokenize } from '../../../src/formats/python/lexer.ts';
import { Lexicon } from '../../../src/formats/python/words.ts';
import type { Boundaries } from '../oracle/cpython.ts';
import { lineOf } from './findings.ts';

const names = { [kind.name]: 'name', [kind.number]: 'number', [kind.string]: 'string' } as const;
const lexicon = new Lexicon(new Set());

/** The first place where the engine's lexer and CPython's tokenizer part; `null` where they agree on every token, comment and logical line. */
export function lexicalDisagreement(bytes: Uint8Array, expected: Boundaries): string | null {
	const tokens = new Tokens();
	tokenize(tokens, bytes, lexicon);
	if (tokens.error !== null) return `line ${lineOf(bytes, tokens.error.offset)}: the lexer refuses: ${tokens.error.message}`;
	for (let index = 0; index < Math.max(tokens.count, expected.tokens.length); index++) {
		const mine = [names[tokens.kinds[index] as keyof typeof names] ?? 'operator', tokens.starts[index], tokens.ends[index]];
		const theirs = expected.tokens[index];
		if (index < tokens.count && theirs !== undefined && mine.every((value, at) => value === theirs[at])) continue;
		const at = Math.min(index < tokens.count ? (tokens.starts[index] as number) : bytes.length, theirs?.[1] ?? bytes.length);
		return `line ${lineOf(bytes, at)}: the lexer reads ${show(bytes, index < tokens.count ? mine : undefined)}, CPython ${show(bytes, theirs)}`;
	}
	const comments = expected.comments.flat();
	const different = comments.findIndex((offset, index) => offset !== tokens.comments[index]);
	if (different >= 0 || comments.length !== tokens.comments.length) {
		return `line ${lineOf(bytes, comments[different] ?? bytes.length)}: another comment`;
	}
	for (let line = 0; line < Math.max(tokens.lines, expected.lines.length); line++) {
		const count = line < tokens.lines ? (tokens.lineFirst[line + 1] as number) - (tokens.lineFirst[line] as number) : undefined;
		if (count !== expected.lines[line])
			return `logical line ${line + 1} has ${count} tokens, ${expected.lines[line]} for CPython`;
	}
	return null;
}

function show(bytes: Uint8Array, token: readonly unknown[] | undefined): string {
	if (token === undefined) return 'nothing';
	return `${token[0]} ${JSON.stringify(Buffer.from(bytes.subarray(Number(token[1]), Number(token[2]))).toString())}`;
}
