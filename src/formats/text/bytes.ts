/**
 * The bytes as a string in which index i is byte i (latin-1), so that regular expressions give byte offsets.
 * Characters above 0x7f are pieces of UTF-8 sequences there: never show such a string, `decode` it.
 */
export function byteText(bytes: Uint8Array): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Turns a piece of a `byteText` into the text that it stands for. */
export function decode(piece: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is tested, which includes the control characters
	return /^[\x00-\x7f]*$/.test(piece) ? piece : Buffer.from(piece, 'latin1').toString('utf8');
}

/** UTF-8 bytes of a text. */
export function encode(text: string): Uint8Array {
	return Buffer.from(text, 'utf8');
}
