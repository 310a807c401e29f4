import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ServerConnection } from '../http2/index.ts';
import { GrpcError } from './grpc-error.ts';
import { socketPathExcess } from './limits.ts';
import { type GrpcMethod, ServerCall } from './server-call.ts';
import type { ServerStream } from './server-stream.ts';

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

const maxConnections = 64;
const maxStreams = 128;
/** An answer that was given takes no longer to reach its client. */
const graceMs = 500;

/**
 * Serves on a unix socket, which only this user may connect to. A stale socket in its place is taken away. Rejects with a system error, or a GrpcError
 * where the path is too long; what else stands in its place is left and is EADDRINUSE.
 */
export async function serveGrpc(socketPath: string, methods: GrpcMethods): Promise<GrpcServer> {
	const excess = socketPathExcess(socketPath);
	// The system's own call would cut the path off and serve elsewhere.
	if (excess > 0) throw new GrpcError('INVALID_ARGUMENT', `the path of the socket is ${excess} bytes too long: ${socketPath}`);
	const handlers = new Map<string, GrpcMethod>();
	for (const [path, unary] of Object.entries(methods.unary ?? {})) handlers.set(path, { unary });
	for (const [path, stream] of Object.entries(methods.stream ?? {})) handlers.set(path, { stream });
	const running = new Set<ServerCall>();
	const connections = new Map<Socket, ServerConnection>();
	let whenIdle: (() => void)[] = [];
	const listener = createServer((socket) => {
		const connection = new ServerConnection(socket, {
			maxStreams,
			onRequest: (stream, fields) => new ServerCall(stream, fields, handlers, running),
		});
		connections.set(socket, connection);
		socket.once('close', () => {
			connections.delete(socket);
			if (connections.size > 0) return;
			for (const tell of whenIdle) tell();
			whenIdle = [];
		});
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
		idle: () => (connections.size === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
		close: async () => {
			const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
			for (const call of running) call.end();
			for (const connection of connections.values()) connection.shutdown();
			await Promise.race([closed, pause(graceMs, undefined, { ref: false })]);
			for (const socket of connections.keys()) socket.destroy();
			await closed;
		},
	};
}

/** A socket that nobody listens on any more keeps its name taken. */
function removeStaleSocket(path: string): void {
	if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path, { force: true });
}
