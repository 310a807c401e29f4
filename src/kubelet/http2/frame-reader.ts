import { headerBytes, maxFrameBytes } from './constants.ts';
import { Http2Error } from './http2-error.ts';

export interface Frame {
	/** One of `frameTypes`, or one that nobody knows yet. */
	readonly type: number;
	readonly flags: number;
	/** 0: the connection itself. */
	readonly stream: number;
	/** Part of what came from the socket, not a copy. */
	readonly payload: Buffer;
}

/** Cuts what comes from a socket, in whatever pieces, into frames: RFC 9113, section 4.1. */
export class FrameReader {
	readonly #greeting: Buffer;
	readonly #onFrame: (frame: Frame) => void;
	#greeted: boolean;
	#rest: Buffer | null = null;
	#stopped = false;

	/** `greeting` has to come first, and is no frame. */
	constructor(greeting: Buffer, onFrame: (frame: Frame) => void) {
		this.#greeting = greeting;
		this.#greeted = greeting.length === 0;
		this.#onFrame = onFrame;
	}

	/** Throws an Http2Error that ends the connection, its own or one of `onFrame`. */
	push(chunk: Buffer): void {
		let bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
		this.#rest = null;
		if (!this.#greeted) {
			const length = Math.min(bytes.length, this.#greeting.length);
			if (bytes.compare(this.#greeting, 0, length, 0, length) !== 0)
				throw new Http2Error('PROTOCOL_ERROR', 'the other end does not speak HTTP/2');
			this.#greeted = length === this.#greeting.length;
			if (this.#greeted) bytes = bytes.subarray(length);
		}
		let at = 0;
		while (this.#greeted && !this.#stopped && bytes.length - at >= headerBytes) {
			const length = bytes.readUIntBE(at, 3);
			if (length > maxFrameBytes) throw new Http2Error('FRAME_SIZE_ERROR', `a frame of ${length} bytes is over the limit`);
			const end = at + headerBytes + length;
			if (end > bytes.length) break;
			this.#onFrame({
				type: bytes[at + 3] as number,
				flags: bytes[at + 4] as number,
				stream: bytes.readUInt32BE(at + 5) & 0x7fffffff,
				payload: bytes.subarray(at + headerBytes, end),
			});
			at = end;
		}
		if (at < bytes.length && !this.#stopped) this.#rest = bytes.subarray(at);
	}

	/** Takes nothing any more, also of what it is at. */
	stop(): void {
		this.#stopped = true;
		this.#rest = null;
	}
}
