import { encodeHeaders, type HeaderField, type Http2Stream, type StreamListener } from '../http2/index.ts';
import { type CallRequest, readCallRequest } from './call-request.ts';
import { grpcContentType } from './content-type.ts';
import { GrpcError, grpcError } from './grpc-error.ts';
import { formatMessage } from './grpc-message.ts';
import { framed } from './message.ts';
import { compressedError, MessageReader } from './message-reader.ts';
import { ServerStream } from './server-stream.ts';
import { statusNumber } from './status.ts';

/** What a method does: with one answer or with many. */
export type GrpcMethod =
	| { readonly unary: (request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array> | Uint8Array }
	| { readonly stream: (request: Uint8Array, stream: ServerStream) => void };

const contentType: HeaderField = { name: 'content-type', value: grpcContentType };
const answerHeaders = encodeHeaders([{ name: ':status', value: '200' }, contentType]);
/** Handlers of one server at once, with those whose clients have gone: who resets calls faster than they end is held up. */
const maxRunning = 512;
const okTrailers = encodeHeaders([{ name: 'grpc-status', value: '0' }]);

/** One call of a client. */
export class ServerCall implements StreamListener {
	readonly #stream: Http2Stream;
	readonly #gone = new AbortController();
	readonly #messages: MessageReader;
	#method: GrpcMethod | null = null;
	#request: Uint8Array | null = null;
	#answers: ServerStream | null = null;
	#late: NodeJS.Timeout | null = null;
	readonly #running: Set<ServerCall>;
	#answered = false;

	/** It is among `running` while its handler is, also when the client has gone. */
	constructor(
		stream: Http2Stream,
		fields: readonly HeaderField[],
		methods: ReadonlyMap<string, GrpcMethod>,
		running: Set<ServerCall>,
	) {
		this.#stream = stream;
		this.#running = running;
		const request = readCallRequest(fields);
		const encoding = 'encoding' in request ? request.encoding : '';
		this.#messages = new MessageReader(
			(message) => this.#take(message),
			() => compressedError(encoding),
		);
		if ('error' in request) this.#refuse(request.httpStatus, request.error);
		else this.#begin(request, methods);
	}

	/** Ends it in order where it is one with many answers. */
	end(): void {
		this.#answers?.end();
	}

	/** Trailers of a client say nothing in gRPC. */
	onHeaders(_: readonly HeaderField[], ended: boolean): void {
		if (!ended) this.#stream.reset('PROTOCOL_ERROR');
	}

	onData(bytes: Buffer): void {
		try {
			this.#messages.push(bytes);
		} catch (error) {
			if (!(error instanceof GrpcError)) throw error;
			this.#fail(error);
		}
	}

	onEnd(): void {
		const request = this.#request;
		const method = this.#method;
		this.#request = null;
		if (this.#messages.partial) this.#fail(new GrpcError('INTERNAL', 'the request is cut off'));
		else if (request === null || method === null) this.#fail(new GrpcError('INTERNAL', 'the call has no request'));
		else if ('unary' in method) void this.#answer(method.unary, request);
		else this.#answerMany(method.stream, request);
	}

	onClose(): void {
		if (this.#late) clearTimeout(this.#late);
		if (this.#running.has(this)) this.#gone.abort();
		if (this.#answers === null) return;
		this.#answers.over();
		this.#running.delete(this);
	}

	#begin({ path, timeoutMs }: CallRequest, methods: ReadonlyMap<string, GrpcMethod>): void {
		this.#method = methods.get(path) ?? null;
		if (this.#method === null) this.#fail(new GrpcError('UNIMPLEMENTED', `there is no method ${path}`));
		else if (this.#running.size >= maxRunning) this.#fail(new GrpcError('UNAVAILABLE', 'too many calls run'));
		else if (timeoutMs !== null) this.#late = setTimeout(() => this.#expire(), timeoutMs);
	}

	#take(message: Uint8Array): void {
		if (this.#request !== null) throw new GrpcError('INTERNAL', 'the call has more than one request');
		this.#request = message;
	}

	async #answer(
		handler: (request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array> | Uint8Array,
		request: Uint8Array,
	): Promise<void> {
		this.#running.add(this);
		try {
			const answer = framed(await handler(request, this.#gone.signal));
			this.#answered = true;
			this.#running.delete(this);
			this.#stream.answer(answerHeaders, answer, okTrailers);
		} catch (error) {
			this.#running.delete(this);
			this.#fail(grpcError(error));
		}
	}

	#answerMany(handler: (request: Uint8Array, stream: ServerStream) => void, request: Uint8Array): void {
		const stream = this.#stream;
		this.#running.add(this);
		stream.headers(answerHeaders);
		this.#answers = new ServerStream({
			write: (message, written) => stream.data(framed(message), written),
			end: () => stream.trailers(okTrailers),
		});
		handler(request, this.#answers);
	}

	/** An answer that is on its way is cut off: there is nothing to put the status behind. */
	#expire(): void {
		if (this.#answered || this.#answers !== null) this.#stream.reset('CANCEL');
		else this.#fail(new GrpcError('DEADLINE_EXCEEDED', 'the time of the call is over'));
	}

	#fail(error: GrpcError): void {
		this.#refuse('200', error);
	}

	/** A status and nothing else. */
	#refuse(status: string, { code, message }: GrpcError): void {
		const trailers = [
			{ name: 'grpc-status', value: String(statusNumber(code)) },
			{ name: 'grpc-message', value: formatMessage(message) },
		];
		this.#stream.answer(encodeHeaders([{ name: ':status', value: status }, contentType, ...trailers]), null, null);
	}
}
