import type { Socket } from 'node:net';

export interface RawFrame {
	readonly type: number;
	readonly flags: number;
	readonly stream: number;
	readonly payload: Buffer;
}

/** Bytes of a frame, right or wrong; `payload` as text is hex. */
export function raw(type: number, flags: number, stream: number, payload: Buffer | string = ''): Buffer {
	const bytes = typeof payload === 'string' ? Buffer.from(payload.replaceAll(' ', ''), 'hex') : payload;
	const header = Buffer.alloc(9);
	header.writeUIntBE(bytes.length, 0, 3);
	header[3] = type;
	header[4] = flags;
	header.writeUInt32BE(stream, 5);
	return Buffer.concat([header, bytes]);
}

/** The other end of a connection, which says what a test says, and shares no code with ours. */
export class RawPeer {
	readonly frames: RawFrame[] = [];
	/** Resolves when our end closed the connection. */
	readonly closed: Promise<void>;
	readonly #socket: Socket;
	readonly #greeting: number;
	#bytes = Buffer.alloc(0);
	#came = Promise.withResolvers<void>();
	#over = false;

	/** `greeting`: bytes that come before the first frame. */
	constructor(socket: Socket, greeting: number) {
		this.#socket = socket;
		this.#greeting = greeting;
		socket.on('error', () => {});
		this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
		void this.closed.then(() => {
			this.#over = true;
			this.#came.resolve();
		});
		socket.on('data', (chunk: Buffer) => {
			this.#bytes = Buffer.concat([this.#bytes, chunk]);
			this.#cut();
			this.#came.resolve();
			this.#came = Promise.withResolvers();
		});
	}

	send(...bytes: readonly Buffer[]): void {
		this.#socket.write(Buffer.concat(bytes));
	}

	end(): void {
		this.#socket.destroy();
	}

	/** The first frame that fits, which may have come already. Rejects where our end closes without one. */
	async next(type: number, fits: (frame: RawFrame) => boolean = () => true): Promise<RawFrame> {
		for (;;) {
			const frame = this.frames.find((one) => one.type === type && fits(one));
			if (frame !== undefined) return frame;
			if (this.#over) throw new Error(`closed without a frame of type ${type}: ${JSON.stringify(this.frames)}`);
			await this.#came.promise;
		}
	}

	#cut(): void {
		let at = this.frames.length === 0 ? this.#greeting : 0;
		if (this.#bytes.length < at) return;
		while (this.#bytes.length >= at + 9) {
			const end = at + 9 + this.#bytes.readUIntBE(at, 3);
			if (this.#bytes.length < end) break;
			this.frames.push({
				type: this.#bytes[at + 3] as number,
				flags: this.#bytes[at + 4] as number,
				stream: this.#bytes.readUInt32BE(at + 5),
				payload: this.#bytes.subarray(at + 9, end),
			});
			at = end;
		}
		if (this.frames.length > 0) this.#bytes = this.#bytes.subarray(at);
	}
}
