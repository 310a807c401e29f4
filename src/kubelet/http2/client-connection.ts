import type { Socket } from 'node:net';
import { largest } from './constants.ts';
import type { HeaderBlock } from './header-blocks.ts';
import { greetings, Http2Connection } from './http2-connection.ts';
import { Http2Error } from './http2-error.ts';
import { Http2Stream, type StreamListener } from './http2-stream.ts';

/** A server has so long to say that it speaks HTTP/2, as with other gRPC clients. */
const settleMs = 20_000;

interface Request {
	readonly stream: Http2Stream;
	readonly headers: Buffer;
	readonly body: Buffer;
}

/** A connection that we made: requests go out on it, in their order and no more at once than the server takes. */
export class ClientConnection extends Http2Connection {
	readonly role = 'client';
	readonly #socket: Socket;
	readonly #late: NodeJS.Timeout;
	readonly #queue: Request[] = [];
	#nextId = 1;

	/** The socket may still be connecting. */
	constructor(socket: Socket) {
		super(socket, greetings.client, { enablePush: 0 });
		this.#socket = socket;
		this.#late = setTimeout(() => this.destroy('SETTINGS_TIMEOUT', `no answer within ${settleMs / 1000} s`), settleMs);
		this.#late.unref();
		this.flush();
	}

	/** Whether a request may go out on it. */
	get usable(): boolean {
		return !this.closed && !this.draining;
	}

	/** Where the server takes no more at once, it waits. */
	request(headers: Buffer, body: Buffer, listener: StreamListener): Http2Stream {
		const stream = new Http2Stream(this, listener);
		this.#queue.push({ stream, headers, body });
		this.#socket.ref();
		this.onRoom();
		return stream;
	}

	protected override onRoom(): void {
		const most = this.settings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY;
		while (this.streams.size < most && this.usable && this.#nextId <= largest) {
			const next = this.#queue.shift();
			if (next === undefined) break;
			if (next.stream.closed) continue;
			this.begin(next.stream, this.#nextId, false);
			this.#nextId += 2;
			next.stream.request(next.headers, next.body);
		}
		if (this.#nextId > largest) {
			this.shutdown();
			this.#refuseQueue(new Http2Error('NO_ERROR', 'the connection has made as many requests as one can'));
		}
		// Whoever waits for no answer does not wait for the other end to leave either.
		if (this.streams.size === 0 && this.#queue.length === 0) this.#socket.unref();
	}

	protected override onSettled(): void {
		clearTimeout(this.#late);
	}

	protected override onGoaway(last: number, error: Http2Error): void {
		for (const stream of [...this.streams.values()])
			if (stream.id > last) stream.close({ kind: 'lost', error, unprocessed: true });
		this.#refuseQueue(error);
	}

	protected override onLost(error: Http2Error): void {
		clearTimeout(this.#late);
		this.#refuseQueue(error);
	}

	protected isIdle(id: number): boolean {
		return id % 2 === 0 || id >= this.#nextId;
	}

	protected orphan({ stream }: HeaderBlock): void {
		if (this.isIdle(stream)) throw new Http2Error('PROTOCOL_ERROR', `an answer to request ${stream}, which was not made`);
	}

	#refuseQueue(error: Http2Error): void {
		for (const { stream } of this.#queue.splice(0)) stream.close({ kind: 'lost', error, unprocessed: true });
	}
}
