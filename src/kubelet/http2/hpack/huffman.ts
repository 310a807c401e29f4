import { Http2Error } from '../http2-error.ts';
import { huffmanLengths } from './huffman-lengths.ts';

/** The codes of one length: they follow each other, and so do their symbols. */
interface Codes {
	readonly first: number;
	readonly symbols: readonly number[];
}

const endOfString = 256;
let byLength: readonly Codes[] | null = null;

/** The text of a Huffman-coded string, a character for each byte. Throws an Http2Error where it is none. */
export function huffmanText(bytes: Uint8Array): string {
	byLength ??= canonicalCodes();
	let text = '';
	let code = 0;
	let bits = 0;
	for (const byte of bytes)
		for (let mask = 0x80; mask > 0; mask >>= 1) {
			code = code * 2 + (byte & mask ? 1 : 0);
			bits++;
			const { first, symbols } = byLength[bits] as Codes;
			const symbol = symbols[code - first];
			if (symbol === undefined) continue;
			if (symbol === endOfString) throw new Http2Error('COMPRESSION_ERROR', 'a string holds the code of its end');
			text += String.fromCharCode(symbol);
			code = 0;
			bits = 0;
		}
	// What is left of the last byte are the first bits of the end of a string, which are ones.
	if (bits > 7 || code !== 2 ** bits - 1) throw new Http2Error('COMPRESSION_ERROR', 'a string is not filled up with ones');
	return text;
}

/** By length in bits: of canonical codes each follows the one before, and a longer one is shifted left. */
function canonicalCodes(): Codes[] {
	const symbols: number[][] = Array.from({ length: Math.max(...huffmanLengths) + 1 }, () => []);
	for (const [symbol, length] of huffmanLengths.entries()) symbols[length]?.push(symbol);
	let next = 0;
	return symbols.map((ofLength) => {
		const first = 2 * next;
		next = first + ofLength.length;
		return { first, symbols: ofLength };
	});
}
