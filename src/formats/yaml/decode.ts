/**
 * A file as text with a map back to bytes: the `yaml` library indexes UTF-16 code units, our spans are byte offsets.
 */
export interface Decoded {
	readonly text: string;
	/** Byte offset of a UTF-16 index of `text`; of one past its end, the end (the library reports errors there). */
	byteAt(index: number): number;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes bytes that are known to be UTF-8, keeping a byte order mark as U+FEFF. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
	const text = utf8.decode(bytes);
	if (text.length === bytes.length) return { text, byteAt: (index) => Math.min(index, text.length) };
	const offsets = byteOffsets(text);
	return { text, byteAt: (index) => offsets[index] ?? bytes.length };
}

function byteOffsets(text: string): Uint32Array {
	const offsets = new Uint32Array(text.length + 1);
	let at = 0;
	for (let i = 0; i < text.length; i++) {
		offsets[i] = at;
		const unit = text.charCodeAt(i);
		if (unit < 0x80) at += 1;
		else if (unit < 0x800) at += 2;
		// A surrogate pair is four bytes: two for each half keeps the end of the pair right.
		else if (unit >= 0xd800 && unit <= 0xdfff) at += 2;
		else at += 3;
	}
	offsets[text.length] = at;
	return offsets;
}
