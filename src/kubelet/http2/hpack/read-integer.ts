import { Http2Error } from '../http2-error.ts';

/** No number in a header block is larger than this: more is an attack or an error. */
const most = 2 ** 28;

/** A number whose first byte holds `prefixBits` of it, and the place behind: RFC 7541, section 5.1. Throws an Http2Error. */
export function readInteger(bytes: Uint8Array, at: number, prefixBits: number): { readonly value: number; readonly end: number } {
	const mask = (1 << prefixBits) - 1;
	let value = byteAt(bytes, at) & mask;
	let end = at + 1;
	if (value < mask) return { value, end };
	for (let factor = 1; ; factor *= 128) {
		const byte = byteAt(bytes, end++);
		value += (byte & 0x7f) * factor;
		if (value > most || factor > most) throw new Http2Error('COMPRESSION_ERROR', 'a number in a header block is too large');
		if (byte < 0x80) return { value, end };
	}
}

/** Throws an Http2Error where the block has no such byte. */
export function byteAt(bytes: Uint8Array, at: number): number {
	const byte = bytes[at];
	if (byte === undefined) throw new Http2Error('COMPRESSION_ERROR', 'a header block is cut off');
	return byte;
}
