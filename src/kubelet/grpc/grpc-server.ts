import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import {
	Server,
	ServerCredentials,
	type ServerUnaryCall,
	type ServerWritableStream,
	type sendUnaryData,
	status,
} from '@grpc/grpc-js';
import { GrpcError, grpcError } from './grpc-error.ts';
import { maxMessageBytes, socketPathExcess } from './limits.ts';
import { ServerStream } from './server-stream.ts';

/** Handlers by method, `/package.Service/Method`; requests and answers are the bytes of their messages. */
export interface GrpcMethods {
	/** What it rejects with is the status of the call: a GrpcError as it is. `signal` ends with the call. */
	readonly unary?: Readonly<Record<string, (request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array> | Uint8Array>>;
	readonly stream?: Readonly<Record<string, (request: Uint8Array, stream: ServerStream) => void>>;
}

export interface GrpcServer {
	/** Resolves when no client is connected. */
	idle(): Promise<void>;
	/** Takes the socket away, ends the streams, lets calls that were answered reach their clients, and ends every connection. */
	close(): Promise<void>;
}

const asIs = (bytes: Buffer): Uint8Array => bytes;
const sent = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const maxConnections = 64;
const maxStreams = 128;
/** An answer that was given takes no longer to reach its client. */
const graceMs = 500;
/** Longer texts would not fit into the trailers of a call. */
const maxDetail = 1_024;

/**
 * Serves on a unix socket, which only this user may connect to. A stale socket in its place is taken away. Rejects with a system error, or a GrpcError
 * where the path is too long; what else stands in its place is left and is EADDRINUSE.
 */
export async function serveGrpc(socketPath: string, methods: GrpcMethods): Promise<GrpcServer> {
	const excess = socketPathExcess(socketPath);
	// The system's own call would cut the path off and serve elsewhere.
	if (excess > 0) throw new GrpcError('INVALID_ARGUMENT', `the path of the socket is ${excess} bytes too long: ${socketPath}`);
	const server = new Server({
		'grpc.max_receive_message_length': maxMessageBytes,
		'grpc.max_concurrent_streams': maxStreams,
		'grpc.enable_channelz': 0,
	});
	for (const [path, handler] of Object.entries(methods.unary ?? {}))
		server.register(path, unaryHandler(handler), sent, asIs, 'unary');
	const streams = new Set<ServerStream>();
	for (const [path, handler] of Object.entries(methods.stream ?? {})) {
		const handle = (call: ServerWritableStream<Uint8Array, Uint8Array>): void => {
			const stream = new ServerStream(call);
			streams.add(stream);
			void stream.closed.then(() => streams.delete(stream));
			handler(call.request, stream);
		};
		server.register(path, handle, sent, asIs, 'serverStream');
	}
	// Our own listener: it tells when a client is really gone, which the library does not.
	const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
	const sockets = new Set<Socket>();
	let whenIdle: (() => void)[] = [];
	const listener = createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => socket.destroy());
		socket.once('close', () => {
			sockets.delete(socket);
			if (sockets.size > 0) return;
			for (const tell of whenIdle) tell();
			whenIdle = [];
		});
		injector.injectConnection(socket);
	});
	listener.maxConnections = maxConnections;
	removeStaleSocket(socketPath);
	await new Promise<void>((resolve, reject) => {
		listener.once('error', reject);
		listener.listen(socketPath, () => {
			listener.off('error', reject);
			resolve();
		});
	});
	chmodSync(socketPath, 0o600);
	return {
		idle: () => (sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
		close: async () => {
			const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
			for (const stream of streams) stream.end();
			const answered = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
			await Promise.race([answered, pause(graceMs)]);
			server.forceShutdown();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}

/** A socket that nobody listens on any more keeps its name taken. */
function removeStaleSocket(path: string): void {
	if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path, { force: true });
}

function unaryHandler(handler: NonNullable<GrpcMethods['unary']>[string]) {
	return async (call: ServerUnaryCall<Uint8Array, Uint8Array>, respond: sendUnaryData<Uint8Array>): Promise<void> => {
		const gone = new AbortController();
		call.once('cancelled', () => gone.abort());
		try {
			respond(null, await handler(call.request, gone.signal));
		} catch (error) {
			const { code, message } = grpcError(error);
			respond({ code: status[code], details: message.slice(0, maxDetail).toWellFormed() });
		}
	};
}
