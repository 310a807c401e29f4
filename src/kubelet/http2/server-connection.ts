import type { Socket } from 'node:net';
import type { HeaderBlock } from './header-blocks.ts';
import type { HeaderField } from './hpack/index.ts';
import { greetings, Http2Connection } from './http2-connection.ts';
import { Http2Error } from './http2-error.ts';
import { Http2Stream, type StreamListener } from './http2-stream.ts';
import { rstStreamFrame } from './write-frames.ts';

export interface ServerConnectionOptions {
	/** Requests at once; more are refused unprocessed. */
	readonly maxStreams: number;
	/** A request came: says who is told what else comes. */
	onRequest(stream: Http2Stream, fields: readonly HeaderField[]): StreamListener;
}

/** A connection that somebody made to us. */
export class ServerConnection extends Http2Connection {
	readonly role = 'server';
	readonly #options: ServerConnectionOptions;

	constructor(socket: Socket, options: ServerConnectionOptions) {
		super(socket, greetings.server, { maxConcurrentStreams: options.maxStreams });
		this.#options = options;
		this.flush();
	}

	protected orphan({ stream: id, fields, endStream }: HeaderBlock): void {
		if (id % 2 === 0) throw new Http2Error('PROTOCOL_ERROR', `a request with number ${id}, which is even`);
		// A client may have said more before it heard that it is over; and after our goodbye it may begin what nobody answers.
		if (id <= this.lastTheirs || this.draining) return;
		this.lastTheirs = id;
		if (fields === null || this.streams.size >= this.#options.maxStreams) {
			this.output.add(rstStreamFrame(id, fields === null ? 'ENHANCE_YOUR_CALM' : 'REFUSED_STREAM'));
			return;
		}
		const stream = new Http2Stream(this, silent);
		this.begin(stream, id, endStream);
		stream.listener = this.#options.onRequest(stream, fields);
		if (endStream && !stream.closed) stream.listener.onEnd();
	}

	protected isIdle(id: number): boolean {
		return id % 2 === 0 || (id > this.lastTheirs && !this.draining);
	}
}

const silent: StreamListener = { onHeaders: () => {}, onData: () => {}, onEnd: () => {}, onClose: () => {} };
