import { flags, frameTypes, headerTableBytes, maxHeaderListBytes } from './constants.ts';
import type { Frame } from './frame-reader.ts';
import { HeaderDecoder, type HeaderField } from './hpack/index.ts';
import { Http2Error } from './http2-error.ts';

/** A header block that came as a whole. */
export interface HeaderBlock {
	readonly stream: number;
	/** `null`: larger than they may be. */
	readonly fields: readonly HeaderField[] | null;
	readonly endStream: boolean;
}

/** Puts together the frames of header blocks, between which nothing else may come, and reads them. */
export class HeaderBlocks {
	readonly #decoder = new HeaderDecoder(headerTableBytes, maxHeaderListBytes);
	#begun: { readonly stream: number; readonly endStream: boolean; readonly parts: Buffer[]; bytes: number } | null = null;

	/** Takes HEADERS and CONTINUATION; `null` until a block is whole. Throws an Http2Error that ends the connection. */
	take(frame: Frame): HeaderBlock | null {
		const part = frame.type === frameTypes.headers ? unpadded(frame, frame.flags & flags.priority ? 5 : 0) : frame.payload;
		if (frame.type === frameTypes.headers)
			this.#begun = { stream: frame.stream, endStream: (frame.flags & flags.endStream) !== 0, parts: [], bytes: 0 };
		const begun = this.#begun;
		if (begun === null) throw new Http2Error('PROTOCOL_ERROR', 'a header block goes on that did not begin');
		begun.bytes += part.length;
		// No block that is larger than its fields may be can be read for the sake of those after it: it takes too much.
		if (begun.bytes > maxHeaderListBytes) throw new Http2Error('ENHANCE_YOUR_CALM', 'a header block is over the limit');
		if (part.length > 0) begun.parts.push(part);
		if ((frame.flags & flags.endHeaders) === 0) return null;
		this.#begun = null;
		const [first = frame.payload, ...more] = begun.parts;
		const block = more.length === 0 ? (begun.parts.length === 0 ? Buffer.alloc(0) : first) : Buffer.concat(begun.parts);
		return { stream: begun.stream, fields: this.#decoder.decode(block), endStream: begun.endStream };
	}

	/** Throws an Http2Error where another frame comes than the one that a block goes on with. */
	expect(frame: Frame): void {
		if (this.#begun !== null && (frame.type !== frameTypes.continuation || frame.stream !== this.#begun.stream))
			throw new Http2Error('PROTOCOL_ERROR', 'a frame came within a header block');
	}
}

/** The payload without its padding, and without `skip` bytes at its front. Throws an Http2Error that ends the connection. */
export function unpadded({ flags: set, payload }: Frame, skip = 0): Buffer {
	const padded = (set & flags.padded) !== 0;
	const start = skip + (padded ? 1 : 0);
	const end = payload.length - (padded ? (payload[0] ?? 0) : 0);
	if (payload.length < start) throw new Http2Error('FRAME_SIZE_ERROR', 'a frame is too short for what its flags say');
	if (end < start) throw new Http2Error('PROTOCOL_ERROR', 'a frame is padded with more than it holds');
	return payload.subarray(start, end);
}
