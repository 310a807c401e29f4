import { flags, frameTypes, type Http2ErrorCode, largest, maxFrameBytes } from './constants.ts';
import type { HeaderField } from './hpack/index.ts';
import { Http2Error } from './http2-error.ts';
import type { Output } from './output.ts';
import { RoomAgain } from './room-again.ts';
import { frameHeader, rstStreamFrame, windowUpdateFrame } from './write-frames.ts';

/** Why a stream ended out of order. */
export interface StreamFailure {
	/** `reset`: by the other end. `broken`: what came is against the protocol. `lost`: the connection is gone. */
	readonly kind: 'reset' | 'broken' | 'lost';
	readonly error: Http2Error;
	/** The other end did nothing for it: it may be tried again. */
	readonly unprocessed: boolean;
}

/** Who is told what comes on a stream. */
export interface StreamListener {
	onHeaders(fields: readonly HeaderField[], ended: boolean): void;
	onData(bytes: Buffer): void;
	/** The other end says no more, in order. */
	onEnd(): void;
	/** Nothing comes or goes any more; called once. `null`: both ends ended, or we did. */
	onClose(failure: StreamFailure | null): void;
}

/** What a stream needs of its connection. */
export interface StreamHost {
	readonly role: 'client' | 'server';
	readonly output: Output;
	/** How many bytes all streams together may still send. */
	window: number;
	sendHeaders(stream: Http2Stream, block: Buffer, end: boolean): void;
	/** Has `pump` called when there may be room again. */
	wait(stream: Http2Stream): void;
	/** Sends what was made, unless more is to come at once. */
	flush(): void;
	forget(stream: Http2Stream): void;
}

/** One request and its answer: RFC 9113, section 5. */
export class Http2Stream {
	/** 0 until it begins. */
	id = 0;
	listener: StreamListener;
	readonly #host: StreamHost;
	readonly #room = new RoomAgain();
	#window = 0;
	#body: Buffer | null = null;
	#written: (() => void) | null = null;
	/** Stands for the end of what we send: trailers, or none and the last frame of data says it. */
	#end: Buffer | 'with data' | null = null;
	#pumping = false;
	#localEnded = false;
	#remoteEnded = false;
	#closed = false;

	constructor(host: StreamHost, listener: StreamListener) {
		this.#host = host;
		this.listener = listener;
	}

	/** Whether the other end has ended its side. */
	get ended(): boolean {
		return this.#remoteEnded;
	}

	get closed(): boolean {
		return this.#closed;
	}

	/** `ended`: with its first headers the other end has said all. */
	begin(id: number, window: number, ended: boolean): void {
		this.id = id;
		this.#window = window;
		this.#remoteEnded = ended;
	}

	/** A whole request, or what is left of one: headers, and data that ends it. */
	request(headers: Buffer, body: Buffer): void {
		this.#host.sendHeaders(this, headers, false);
		this.#end = 'with data';
		this.#body = body;
		this.pump();
		this.#host.flush();
	}

	/** A whole answer; without a body one that is headers alone. */
	answer(headers: Buffer, body: Buffer | null, trailers: Buffer | null): void {
		if (this.#closed) return;
		this.#host.sendHeaders(this, headers, trailers === null);
		this.#body = body;
		this.#end = trailers;
		if (trailers === null) this.#endLocal();
		else this.pump();
		this.#host.flush();
	}

	headers(block: Buffer): void {
		if (this.#closed) return;
		this.#host.sendHeaders(this, block, false);
		this.#host.flush();
	}

	/** One at a time: `written` is called when the socket took it, and never where the stream closes before. */
	data(bytes: Buffer, written: () => void): void {
		if (this.#closed) return;
		this.#body = bytes;
		this.#written = written;
		this.pump();
		this.#host.flush();
	}

	/** Ends our side when what is being sent is sent. */
	trailers(block: Buffer): void {
		if (this.#closed) return;
		this.#end = block;
		this.pump();
		this.#host.flush();
	}

	/** Ends it at once, at both ends. */
	reset(code: Http2ErrorCode): void {
		if (this.#closed) return;
		if (this.id > 0) this.#host.output.add(rstStreamFrame(this.id, code));
		this.close(null);
		this.#host.flush();
	}

	/** Sends as much as the other end and the socket take now. */
	pump(): void {
		if (this.#pumping || this.#closed) return;
		this.#pumping = true;
		while (this.#body !== null && this.#sendSome(this.#body));
		this.#pumping = false;
		if (this.#closed || this.#body !== null || this.#localEnded || !(this.#end instanceof Buffer)) return;
		this.#host.sendHeaders(this, this.#end, true);
		this.#endLocal();
	}

	#sendSome(body: Buffer): boolean {
		const bytes = Math.min(body.length, maxFrameBytes, this.#window, this.#host.window);
		if (bytes <= 0 || this.#host.output.full) {
			this.#host.wait(this);
			return false;
		}
		const last = bytes === body.length;
		const end = last && this.#end === 'with data';
		this.#host.output.add(
			frameHeader(frameTypes.data, end ? flags.endStream : 0, this.id, bytes),
			last ? body : body.subarray(0, bytes),
		);
		this.#window -= bytes;
		this.#host.window -= bytes;
		this.#body = last ? null : body.subarray(bytes);
		if (!last) return true;
		const written = this.#written;
		this.#written = null;
		if (end) this.#endLocal();
		written?.();
		return true;
	}

	/** Throws an Http2Error where that is more than a window may be. */
	widen(bytes: number): void {
		this.#window += bytes;
		if (this.#window > largest) throw new Http2Error('FLOW_CONTROL_ERROR', 'a window is over the limit');
		if (bytes > 0) this.pump();
	}

	takeHeaders(fields: readonly HeaderField[], ended: boolean): void {
		this.listener.onHeaders(fields, ended);
		if (ended) this.#endRemote();
	}

	/** `bytes` are those of the whole frame, of which `data` is what counts. */
	takeData(data: Buffer, bytes: number, ended: boolean): void {
		const more = this.#room.take(bytes);
		if (data.length > 0) this.listener.onData(data);
		if (ended) this.#endRemote();
		else if (more > 0 && !this.#closed) this.#host.output.add(windowUpdateFrame(this.id, more));
	}

	/** What came is against the protocol. */
	break(error: Http2Error): void {
		if (this.#closed) return;
		this.#host.output.add(rstStreamFrame(this.id, error.code));
		this.close({ kind: 'broken', error, unprocessed: false });
	}

	close(failure: StreamFailure | null): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#body = null;
		this.#written = null;
		this.#host.forget(this);
		this.listener.onClose(failure);
	}

	#endRemote(): void {
		if (this.#closed || this.#remoteEnded) return;
		this.#remoteEnded = true;
		this.listener.onEnd();
		if (this.#localEnded) this.close(null);
		else if (this.#host.role === 'client') this.reset('NO_ERROR');
	}

	/** With the answer it is over: of the request nobody wants the rest. */
	#endLocal(): void {
		this.#localEnded = true;
		if (this.#remoteEnded) this.close(null);
		else if (this.#host.role === 'server') this.reset('NO_ERROR');
	}
}
