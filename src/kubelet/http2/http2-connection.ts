import type { Socket } from 'node:net';
import {
	firstWindow,
	flags,
	frameTypes,
	type Http2ErrorCode,
	largest,
	maxHeaderListBytes,
	ourWindow,
	preface,
} from './constants.ts';
import { type Frame, FrameReader } from './frame-reader.ts';
import { type HeaderBlock, HeaderBlocks, unpadded } from './header-blocks.ts';
import { noTable } from './hpack/index.ts';
import { errorCodeName, Http2Error } from './http2-error.ts';
import type { Http2Stream, StreamHost } from './http2-stream.ts';
import { Output } from './output.ts';
import { RoomAgain } from './room-again.ts';
import { readSettings, type Settings, settingsAck, settingsFrame } from './settings.ts';
import { goawayFrame, headersFrames, pingAckFrame, windowUpdateFrame } from './write-frames.ts';

/** Replies that the other end does not read: more is an attack. */
const maxBacklog = 1024 * 1024;

/** One end of a connection: what both ends have in common. RFC 9113, without TLS, push and priorities. */
export abstract class Http2Connection implements StreamHost {
	abstract readonly role: 'client' | 'server';
	readonly output: Output;
	window = firstWindow;
	protected readonly streams = new Map<number, Http2Stream>();
	/** The largest identifier of a stream that the other end began. */
	protected lastTheirs = 0;
	/** What the other end says of itself. */
	protected settings: Settings = {};
	/** No stream begins any more. */
	protected draining = false;
	protected closed = false;
	readonly #socket: Socket;
	readonly #reader: FrameReader;
	readonly #blocks = new HeaderBlocks();
	readonly #room = new RoomAgain();
	readonly #waiting = new Set<Http2Stream>();
	/** By the type of a frame; what nobody knows yet is passed over. */
	readonly #takers: Readonly<Record<number, (frame: Frame) => void>> = {
		[frameTypes.data]: (frame) => this.#takeData(frame),
		[frameTypes.headers]: (frame) => this.#takeHeaders(frame),
		[frameTypes.priority]: takePriority,
		[frameTypes.rstStream]: (frame) => this.#takeReset(frame),
		[frameTypes.settings]: (frame) => this.#takeSettings(frame),
		[frameTypes.pushPromise]: refusePush,
		[frameTypes.ping]: (frame) => this.#takePing(frame),
		[frameTypes.goaway]: (frame) => this.#takeGoaway(frame),
		[frameTypes.windowUpdate]: (frame) => this.#takeWindowUpdate(frame),
		[frameTypes.continuation]: (frame) => this.#takeHeaders(frame),
	};
	#settled = false;
	#headersSent = false;
	#reading = false;
	#error: Http2Error | null = null;

	constructor(socket: Socket, greeting: { readonly sent: Buffer; readonly expected: Buffer }, settings: Settings) {
		this.#socket = socket;
		this.output = new Output(socket);
		this.#reader = new FrameReader(greeting.expected, (frame) => this.#take(frame));
		socket.on('data', (chunk: Buffer) => this.#read(chunk));
		socket.on('drain', () => this.#resume());
		socket.on('error', (error) => this.#lose(new Http2Error('CONNECT_ERROR', error.message, { cause: error })));
		socket.once('close', () => this.#lose(new Http2Error('CONNECT_ERROR', 'the other end closed the connection')));
		const ours = { ...settings, initialWindowSize: ourWindow, maxHeaderListSize: maxHeaderListBytes };
		this.output.add(greeting.sent, settingsFrame(ours), windowUpdateFrame(0, ourWindow - firstWindow));
	}

	/** A header block came for which there is no stream. */
	protected abstract orphan(block: HeaderBlock): void;

	/** Whether a stream of this identifier never was. */
	protected abstract isIdle(id: number): boolean;

	/** A stream is over, or the other end lets more begin. */
	protected onRoom(): void {}

	/** The other end said what it takes. */
	protected onSettled(): void {}

	/** The other end takes no streams above this one. */
	protected onGoaway(_last: number, _error: Http2Error): void {}

	/** It is over, and so is every stream of it. */
	protected onLost(_error: Http2Error): void {}

	sendHeaders(stream: Http2Stream, block: Buffer, end: boolean): void {
		this.output.add(...headersFrames(stream.id, this.#headersSent ? block : Buffer.concat([noTable, block]), end));
		this.#headersSent = true;
	}

	wait(stream: Http2Stream): void {
		this.#waiting.add(stream);
	}

	flush(): void {
		if (!this.#reading) this.output.flush();
	}

	forget(stream: Http2Stream): void {
		this.#waiting.delete(stream);
		this.streams.delete(stream.id);
		this.onRoom();
		this.#endWhenDone();
	}

	/** Takes no more streams, and ends when those that are open are over. */
	shutdown(): void {
		if (this.closed || this.draining) return;
		this.draining = true;
		this.output.add(goawayFrame(this.lastTheirs, 'NO_ERROR', ''));
		this.flush();
		this.#endWhenDone();
	}

	/** Ends it now, and all streams with it. */
	destroy(code: Http2ErrorCode, message: string): void {
		this.#lose(new Http2Error(code, message));
		this.#socket.destroy();
	}

	protected begin(stream: Http2Stream, id: number, ended: boolean): void {
		stream.begin(id, this.settings.initialWindowSize ?? firstWindow, ended);
		this.streams.set(id, stream);
	}

	#read(chunk: Buffer): void {
		if (this.closed) return;
		this.#reading = true;
		try {
			this.#reader.push(chunk);
		} catch (error) {
			if (!(error instanceof Http2Error)) throw error;
			this.#fail(error);
		} finally {
			this.#reading = false;
		}
		this.output.flush();
	}

	/** The other end broke the protocol: it is told why, and left. */
	#fail(error: Http2Error): void {
		this.output.add(goawayFrame(this.lastTheirs, error.code, error.message));
		this.output.flush();
		if (this.output.backlog > maxBacklog) this.#socket.destroy();
		else this.#socket.destroySoon();
		this.#lose(error);
	}

	#lose(error: Http2Error): void {
		if (this.closed) return;
		this.closed = true;
		this.#reader.stop();
		const cause = this.#error ?? error;
		for (const stream of [...this.streams.values()]) stream.close({ kind: 'lost', error: cause, unprocessed: false });
		this.onLost(cause);
	}

	#endWhenDone(): void {
		if (!this.draining || this.closed || this.streams.size > 0) return;
		this.output.flush();
		this.#socket.destroySoon();
	}

	#resume(): void {
		const waiting = [...this.#waiting];
		this.#waiting.clear();
		for (const stream of waiting) stream.pump();
		this.flush();
	}

	#take(frame: Frame): void {
		if (!this.#settled && frame.type !== frameTypes.settings)
			throw new Http2Error('PROTOCOL_ERROR', 'the first frame is no settings');
		this.#blocks.expect(frame);
		this.#takers[frame.type]?.(frame);
	}

	#takeData(frame: Frame): void {
		ofStream(frame);
		const data = unpadded(frame);
		const more = this.#room.take(frame.payload.length);
		if (more > 0) this.output.add(windowUpdateFrame(0, more));
		const stream = this.#streamOf(frame);
		if (stream === null) return;
		if (stream.ended) throw new Http2Error('STREAM_CLOSED', `data for stream ${frame.stream}, which was ended`);
		stream.takeData(data, frame.payload.length, (frame.flags & flags.endStream) !== 0);
	}

	#takeHeaders(frame: Frame): void {
		ofStream(frame);
		const block = this.#blocks.take(frame);
		if (block === null) return;
		const stream = this.streams.get(block.stream);
		if (stream === undefined) this.orphan(block);
		else if (stream.ended) throw new Http2Error('STREAM_CLOSED', `headers for stream ${block.stream}, which was ended`);
		else if (block.fields === null) stream.break(new Http2Error('ENHANCE_YOUR_CALM', 'the headers are over the limit'));
		else stream.takeHeaders(block.fields, block.endStream);
	}

	#takeReset(frame: Frame): void {
		ofStream(frame);
		ofLength(frame, 4);
		const code = errorCodeName(frame.payload.readUInt32BE());
		const error = new Http2Error(code, `the other end reset the stream: ${code}`);
		this.#streamOf(frame)?.close({ kind: 'reset', error, unprocessed: code === 'REFUSED_STREAM' });
	}

	#takeSettings(frame: Frame): void {
		ofConnection(frame);
		if (frame.flags & flags.ack) {
			ofLength(frame, 0);
			return;
		}
		const before = this.settings.initialWindowSize ?? firstWindow;
		this.settings = { ...this.settings, ...readSettings(frame.payload) };
		this.#settled = true;
		this.onSettled();
		this.#reply(settingsAck);
		const wider = (this.settings.initialWindowSize ?? firstWindow) - before;
		if (wider !== 0) for (const stream of [...this.streams.values()]) stream.widen(wider);
		this.onRoom();
	}

	#takePing(frame: Frame): void {
		ofConnection(frame);
		ofLength(frame, 8);
		if ((frame.flags & flags.ack) === 0) this.#reply(pingAckFrame(frame.payload));
	}

	#takeGoaway(frame: Frame): void {
		ofConnection(frame);
		if (frame.payload.length < 8) throw new Http2Error('FRAME_SIZE_ERROR', 'a goodbye that is cut off');
		const code = errorCodeName(frame.payload.readUInt32BE(4));
		const said = frame.payload.toString('utf8', 8);
		const error = new Http2Error(code, `the other end leaves: ${code}${said === '' ? '' : ` ${said}`}`);
		this.draining = true;
		// What the end of the connection will have been about.
		if (code !== 'NO_ERROR') this.#error = error;
		this.onGoaway(frame.payload.readUInt32BE() & largest, error);
		this.#endWhenDone();
	}

	#takeWindowUpdate(frame: Frame): void {
		ofLength(frame, 4);
		const bytes = frame.payload.readUInt32BE() & largest;
		if (frame.stream > 0) {
			const stream = this.#streamOf(frame);
			if (bytes === 0) stream?.break(new Http2Error('PROTOCOL_ERROR', 'a window is opened by nothing'));
			else stream?.widen(bytes);
			return;
		}
		if (bytes === 0) throw new Http2Error('PROTOCOL_ERROR', 'the window is opened by nothing');
		this.window += bytes;
		if (this.window > largest) throw new Http2Error('FLOW_CONTROL_ERROR', 'the window is over the limit');
		this.#resume();
	}

	/** `null`: it is over at our end. Throws where it never was. */
	#streamOf(frame: Frame): Http2Stream | null {
		const stream = this.streams.get(frame.stream);
		if (stream === undefined && this.isIdle(frame.stream))
			throw new Http2Error('PROTOCOL_ERROR', `a frame for stream ${frame.stream}, which did not begin`);
		return stream ?? null;
	}

	#reply(frame: Buffer): void {
		if (this.output.backlog > maxBacklog) throw new Http2Error('ENHANCE_YOUR_CALM', 'replies are asked for and not read');
		this.output.add(frame);
	}
}

/** What a client and what a server sends and expects first. */
export const greetings = {
	client: { sent: preface, expected: Buffer.alloc(0) },
	server: { sent: Buffer.alloc(0), expected: preface },
};

/** Of streams among each other, which nobody heeds any more. */
function takePriority(frame: Frame): void {
	ofStream(frame);
	ofLength(frame, 5);
}

function refusePush(): void {
	throw new Http2Error('PROTOCOL_ERROR', 'a push that was not allowed');
}

function ofStream({ type, stream }: Frame): void {
	if (stream === 0) throw new Http2Error('PROTOCOL_ERROR', `a frame of type ${type} without a stream`);
}

function ofConnection({ type, stream }: Frame): void {
	if (stream !== 0) throw new Http2Error('PROTOCOL_ERROR', `a frame of type ${type} for a stream`);
}

function ofLength({ type, payload }: Frame, length: number): void {
	if (payload.length !== length)
		throw new Http2Error('FRAME_SIZE_ERROR', `a frame of type ${type} with ${payload.length} bytes instead of ${length}`);
}
