import type { HeaderField } from './header-field.ts';
import { staticIndexes } from './static-table.ts';

/**
 * Makes the table of the other end as small as it can be: we name no field by an index that it would have to remember, so that a block can be written once and
 * sent any number of times. Stands before the first block of a connection, and holds whatever size the other end sets later.
 */
export const noTable = Buffer.of(0x20);

/** A header block: RFC 7541, without the dynamic table and without Huffman coding. */
export function encodeHeaders(fields: readonly HeaderField[]): Buffer {
	const bytes: number[] = [];
	for (const { name, value } of fields) {
		const same = staticIndexes.get(`${name}=${value}`);
		if (same !== undefined) {
			writeInteger(bytes, 0x80, 7, same);
			continue;
		}
		const named = staticIndexes.get(name) ?? 0;
		writeInteger(bytes, 0, 4, named);
		if (named === 0) writeString(bytes, name);
		writeString(bytes, value);
	}
	return Buffer.from(bytes);
}

function writeString(bytes: number[], text: string): void {
	const value = Buffer.from(text, 'latin1');
	writeInteger(bytes, 0, 7, value.length);
	for (const byte of value) bytes.push(byte);
}

function writeInteger(bytes: number[], pattern: number, prefixBits: number, value: number): void {
	const mask = (1 << prefixBits) - 1;
	if (value < mask) {
		bytes.push(pattern | value);
		return;
	}
	bytes.push(pattern | mask);
	let rest = value - mask;
	for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
	bytes.push(rest);
}
