/** The stream below: takes one message at a time, and says when it went out. */
export interface MessageSink {
	write(message: Uint8Array, written: () => void): void;
	/** In order, when what was written went out. */
	end(): void;
}

/** Answers to one client, of which only the newest counts: while the client does not take one, later ones replace each other. */
export class ServerStream {
	readonly #sink: MessageSink;
	readonly #closed = Promise.withResolvers<void>();
	#waiting: Uint8Array | null = null;
	#sending = false;
	#ended = false;

	constructor(sink: MessageSink) {
		this.#sink = sink;
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
		this.#sink.end();
	}

	/** Nobody takes anything any more. */
	over(): void {
		this.#ended = true;
		this.#waiting = null;
		this.#closed.resolve();
	}

	#next(): void {
		const bytes = this.#waiting;
		if (this.#sending || bytes === null) return;
		this.#waiting = null;
		this.#sending = true;
		this.#sink.write(bytes, () => {
			this.#sending = false;
			this.#next();
		});
	}
}
