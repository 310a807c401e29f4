import { resolve } from 'node:path';
import { type CallOptions, Client, credentials } from '@grpc/grpc-js';
import { GrpcError, grpcError } from './grpc-error.ts';
import { maxMessageBytes, socketPathExcess } from './limits.ts';

export interface CallLimits {
	/** Ends the call with DEADLINE_EXCEEDED, in milliseconds. */
	readonly timeoutMs?: number;
	/** Ends it with CANCELLED. */
	readonly signal?: AbortSignal;
}

const asIs = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const received = (bytes: Buffer): Uint8Array => bytes;

/** Calls over one connection to a unix socket; requests and answers are the bytes of their messages. */
export class GrpcClient {
	readonly #client: Client;
	readonly #calls = new Set<Cancellable>();
	#closed = false;

	/** Connects with the first call. Throws a GrpcError where the path is longer than a socket's may be. */
	constructor(socketPath: string) {
		const excess = socketPathExcess(socketPath);
		if (excess > 0) throw new GrpcError('INVALID_ARGUMENT', `the path of the socket is ${excess} bytes too long: ${socketPath}`);
		this.#client = new Client(`unix:${resolve(socketPath)}`, credentials.createInsecure(), {
			'grpc.max_receive_message_length': maxMessageBytes,
			// A plugin that was started again is another one under the same path: nothing of the old connection may linger.
			'grpc.use_local_subchannel_pool': 1,
			'grpc.enable_retries': 0,
			'grpc.service_config_disable_resolution': 1,
			'grpc.enable_http_proxy': 0,
			'grpc.enable_channelz': 0,
			'grpc.initial_reconnect_backoff_ms': 100,
			'grpc.max_reconnect_backoff_ms': 1_000,
		});
	}

	/** One request, one answer: `method` is `/package.Service/Method`. Rejects with a GrpcError. */
	unary(method: string, request: Uint8Array, limits: CallLimits = {}): Promise<Uint8Array> {
		return this.#run(limits, (options, resolve, reject) =>
			this.#client.makeUnaryRequest(method, asIs, received, request, options, (error, answer) => {
				if (error || answer === undefined) reject(error);
				else resolve(answer);
			}),
		);
	}

	/** One request, many answers: resolves when the server ends them in order, else rejects with a GrpcError. */
	stream(method: string, request: Uint8Array, onMessage: (bytes: Uint8Array) => void, limits: CallLimits = {}): Promise<void> {
		return this.#run<void>(limits, (options, resolve, reject) => {
			const call = this.#client.makeServerStreamRequest<Uint8Array, Uint8Array>(method, asIs, received, request, options);
			call.on('data', onMessage);
			call.on('error', reject);
			// The status follows the last message, whatever it is.
			call.on('status', (status) => (status.code === 0 ? resolve() : reject(status)));
			return call;
		});
	}

	/** Ends every call and the connection. */
	close(): void {
		this.#closed = true;
		for (const call of this.#calls) call.cancel();
		this.#client.close();
	}

	/** The library lets calls run on when it is closed, and so keeps their connection. */
	async #run<T>(
		{ timeoutMs, signal }: CallLimits,
		begin: (options: CallOptions, resolve: (value: T) => void, reject: (error: unknown) => void) => Cancellable,
	): Promise<T> {
		if (this.#closed || signal?.aborted) throw new GrpcError('CANCELLED', 'cancelled before it began');
		const over = Promise.withResolvers<T>();
		const options = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
		const call = begin(options, over.resolve, over.reject);
		const cancel = (): void => call.cancel();
		this.#calls.add(call);
		signal?.addEventListener('abort', cancel, { once: true });
		try {
			return await over.promise;
		} catch (error) {
			throw grpcError(error);
		} finally {
			this.#calls.delete(call);
			signal?.removeEventListener('abort', cancel);
		}
	}
}

interface Cancellable {
	cancel(): void;
}
