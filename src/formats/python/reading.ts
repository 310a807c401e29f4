import { type Encoding, type EncodingProblem, encodingOf } from './encoding.ts';
import { Tokens, tokenize } from './lexer.ts';
import { Lexicon } from './words.ts';

/** The tokens of the source that was read last: what a scan read, the edits of the same source need not read again. */
export const tokens = new Tokens();

const noVariables = new Lexicon(new Set());

let last: { readonly bytes: Uint8Array; readonly lexicon: Lexicon; readonly encoding: Encoding | EncodingProblem } | null = null;

/**
 * Reads a source into `tokens`, unless its tokens stand there already. With a lexicon, its words are told; without one, the
 * fixed words are all that the caller looks at. A source is the same while it is the same array: nobody writes into one.
 */
export function read(bytes: Uint8Array, lexicon: Lexicon | null): Encoding | EncodingProblem {
	if (last !== null && last.bytes === bytes && (lexicon === null || last.lexicon === lexicon)) return last.encoding;
	const words = lexicon ?? noVariables;
	const encoding = encodingOf(bytes);
	last = null; // a failure inside leaves nothing that looks finished
	if (!('message' in encoding)) tokenize(tokens, encoding.lexed, words);
	last = { bytes, lexicon: words, encoding };
	return encoding;
}
