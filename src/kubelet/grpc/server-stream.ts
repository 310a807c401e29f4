import type { ServerWritableStream } from '@grpc/grpc-js';

/** Answers to one client, of which only the newest counts: while the client does not take one, later ones replace each other. */
export class ServerStream {
	readonly #call: ServerWritableStream<Uint8Array, Uint8Array>;
	readonly #closed = Promise.withResolvers<void>();
	#waiting: Uint8Array | null = null;
	#sending = false;
	#ended = false;

	constructor(call: ServerWritableStream<Uint8Array, Uint8Array>) {
		this.#call = call;
		const closed = (): void => {
			this.#ended = true;
			this.#waiting = null;
			this.#closed.resolve();
		};
		call.once('cancelled', closed);
		call.once('close', closed);
		call.on('error', closed);
	}

	/** Resolves when it is over, whichever end ended it. */
	get closed(): Promise<void> {
		return this.#closed.promise;
	}

	get open(): boolean {
		return !this.#ended;
	}

	send(bytes: Uint8Array): void {
		if (this.#ended) return;
		this.#waiting = bytes;
		this.#next();
	}

	/** Ends it in order. What waits is not sent. */
	end(): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#waiting = null;
		this.#call.end();
	}

	#next(): void {
		const bytes = this.#waiting;
		if (this.#sending || bytes === null) return;
		this.#waiting = null;
		this.#sending = true;
		this.#call.write(bytes, () => {
			this.#sending = false;
			this.#next();
		});
	}
}
