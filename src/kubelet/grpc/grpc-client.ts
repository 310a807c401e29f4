import { createConnection } from 'node:net';
import { ClientConnection, encodeHeaders } from '../http2/index.ts';
import { ClientCall } from './client-call.ts';
import { grpcContentType } from './content-type.ts';
import { GrpcError } from './grpc-error.ts';
import { formatTimeout } from './grpc-timeout.ts';
import { socketPathExcess } from './limits.ts';
import { framed } from './message.ts';

export interface CallLimits {
	/** Ends the call with DEADLINE_EXCEEDED, in milliseconds. */
	readonly timeoutMs?: number;
	/** Ends it with CANCELLED. */
	readonly signal?: AbortSignal;
}

/** A call that the server did nothing for is made once more, as every gRPC client does. */
const maxTries = 2;

/** Calls over one connection to a unix socket; requests and answers are the bytes of their messages. */
export class GrpcClient {
	readonly #socketPath: string;
	readonly #headers = new Map<string, Buffer>();
	readonly #calls = new Set<ClientCall>();
	#connection: ClientConnection | null = null;
	#closed = false;

	/** Connects with the first call, and again with one after the connection ended. Throws a GrpcError where the path is longer than a socket's may be. */
	constructor(socketPath: string) {
		const excess = socketPathExcess(socketPath);
		if (excess > 0) throw new GrpcError('INVALID_ARGUMENT', `the path of the socket is ${excess} bytes too long: ${socketPath}`);
		this.#socketPath = socketPath;
	}

	/** One request, one answer: `method` is `/package.Service/Method`. Rejects with a GrpcError. */
	async unary(method: string, request: Uint8Array, limits: CallLimits = {}): Promise<Uint8Array> {
		let answer: Uint8Array | null = null;
		await this.#run(method, request, limits, (message) => {
			if (answer !== null) throw new GrpcError('INTERNAL', 'the server answered more than once');
			answer = message;
		});
		if (answer === null) throw new GrpcError('INTERNAL', 'the server answered without a message');
		return answer;
	}

	/** One request, many answers: resolves when the server ends them in order, else rejects with a GrpcError. */
	stream(method: string, request: Uint8Array, onMessage: (bytes: Uint8Array) => void, limits: CallLimits = {}): Promise<void> {
		return this.#run(method, request, limits, onMessage);
	}

	/** Ends every call and the connection. */
	close(): void {
		this.#closed = true;
		for (const call of this.#calls) call.cancel(new GrpcError('CANCELLED', 'the connection was closed'));
		this.#connection?.shutdown();
	}

	#run(method: string, request: Uint8Array, limits: CallLimits, onMessage: (bytes: Uint8Array) => void): Promise<void> {
		const { timeoutMs, signal } = limits;
		if (this.#closed || signal?.aborted) return Promise.reject(new GrpcError('CANCELLED', 'cancelled before it began'));
		const began = performance.now();
		return new Promise((resolve, reject) => {
			let tries = 0;
			let call: ClientCall | null = null;
			const cancel = (): void => call?.cancel(new GrpcError('CANCELLED', 'cancelled'));
			const expire = (): void =>
				call?.cancel(new GrpcError('DEADLINE_EXCEEDED', `no answer within ${Math.round(timeoutMs ?? 0)} ms`));
			const late = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
			const over = (error: GrpcError | null, unprocessed: boolean): void => {
				if (call !== null) this.#calls.delete(call);
				// A server that leaves says what it did not begin: nothing is done twice.
				if (unprocessed && ++tries < maxTries && !this.#closed) {
					begin();
					return;
				}
				clearTimeout(late);
				signal?.removeEventListener('abort', cancel);
				if (error === null) resolve();
				else reject(error);
			};
			const begin = (): void => {
				call = new ClientCall({ onMessage, onOver: over });
				this.#calls.add(call);
				const left = timeoutMs === undefined ? undefined : timeoutMs - (performance.now() - began);
				call.stream = this.#connected().request(this.#headersOf(method, left), framed(request), call);
			};
			signal?.addEventListener('abort', cancel, { once: true });
			begin();
		});
	}

	#connected(): ClientConnection {
		if (!this.#connection?.usable) this.#connection = new ClientConnection(createConnection(this.#socketPath));
		return this.#connection;
	}

	#headersOf(method: string, timeoutMs: number | undefined): Buffer {
		let headers = this.#headers.get(method);
		if (headers === undefined) {
			headers = encodeHeaders([
				{ name: ':method', value: 'POST' },
				{ name: ':scheme', value: 'http' },
				{ name: ':path', value: method },
				{ name: ':authority', value: 'localhost' },
				{ name: 'te', value: 'trailers' },
				{ name: 'content-type', value: grpcContentType },
				{ name: 'user-agent', value: 'gpupolicy' },
			]);
			this.#headers.set(method, headers);
		}
		if (timeoutMs === undefined) return headers;
		return Buffer.concat([headers, encodeHeaders([{ name: 'grpc-timeout', value: formatTimeout(timeoutMs) }])]);
	}
}
