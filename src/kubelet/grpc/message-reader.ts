import { GrpcError } from './grpc-error.ts';
import { maxMessageBytes } from './limits.ts';
import { prefixBytes } from './message.ts';

/** Cuts the data of a stream, in whatever pieces it comes, into messages. */
export class MessageReader {
	readonly #onMessage: (message: Uint8Array) => void;
	/** Where a message is compressed: how the call says that it is. */
	readonly #compressed: () => GrpcError;
	#parts: Buffer[] = [];
	#bytes = 0;
	/** Of the message that is being read, with its prefix; 0 until that is known. */
	#wanted = 0;

	constructor(onMessage: (message: Uint8Array) => void, compressed: () => GrpcError) {
		this.#onMessage = onMessage;
		this.#compressed = compressed;
	}

	/** Whether a message has begun that did not end. */
	get partial(): boolean {
		return this.#bytes > 0;
	}

	/** Throws a GrpcError where it is no message that we take; nothing may come after that. */
	push(data: Buffer): void {
		this.#parts.push(data);
		this.#bytes += data.length;
		while (this.#bytes >= (this.#wanted || prefixBytes)) {
			if (this.#wanted > 0) this.#onMessage(this.#cut(this.#wanted).subarray(prefixBytes));
			else this.#wanted = this.#readPrefix();
		}
	}

	/** Takes so many bytes away from the front. */
	#cut(bytes: number): Buffer {
		const all = this.#whole();
		this.#parts = bytes < all.length ? [all.subarray(bytes)] : [];
		this.#bytes -= bytes;
		this.#wanted = 0;
		return all.subarray(0, bytes);
	}

	#readPrefix(): number {
		const all = this.#whole();
		const flag = all[0] as number;
		if (flag > 1)
			throw new GrpcError(
				'INTERNAL',
				`a message begins with ${flag}, which says neither that it is compressed nor that it is not`,
			);
		if (flag === 1) throw this.#compressed();
		const length = all.readUInt32BE(1);
		if (length > maxMessageBytes)
			throw new GrpcError(
				'RESOURCE_EXHAUSTED',
				`a message of ${length} bytes is larger than the ${maxMessageBytes} that are taken`,
			);
		return prefixBytes + length;
	}

	#whole(): Buffer {
		const [first, ...more] = this.#parts;
		const whole = more.length === 0 ? (first as Buffer) : Buffer.concat(this.#parts, this.#bytes);
		this.#parts = [whole];
		return whole;
	}
}

/** How a call ends whose messages are compressed: gRPC's compression.md. */
export function compressedError(encoding: string): GrpcError {
	if (encoding === '' || encoding === 'identity')
		return new GrpcError('INTERNAL', 'a message is compressed, and the call does not say how');
	return new GrpcError('UNIMPLEMENTED', `messages that are compressed by ${JSON.stringify(encoding)} are not read`);
}
