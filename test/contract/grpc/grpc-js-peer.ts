import {
	Client,
	credentials,
	Metadata,
	Server,
	ServerCredentials,
	type ServerUnaryCall,
	type ServerWritableStream,
	type ServiceError,
	type sendUnaryData,
	status,
} from '@grpc/grpc-js';
import { GrpcError } from '../../../src/kubelet/grpc/index.ts';
import type { CallLimits, Connected, Served, TestMethods } from './peers.ts';

const asIs = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const received = (bytes: Buffer): Uint8Array => bytes;
const maxMessageBytes = 4 * 1024 * 1024;

/** The server of @grpc/grpc-js. */
export async function grpcJsServer(path: string, { unary = {}, stream = {} }: TestMethods): Promise<Served> {
	const server = new Server({ 'grpc.max_receive_message_length': maxMessageBytes });
	for (const [method, handler] of Object.entries(unary)) {
		const handle = async (call: ServerUnaryCall<Uint8Array, Uint8Array>, respond: sendUnaryData<Uint8Array>): Promise<void> => {
			const gone = new AbortController();
			call.once('cancelled', () => gone.abort());
			try {
				respond(null, await handler(call.request, gone.signal));
			} catch (error) {
				const { code, message } = error as GrpcError;
				respond({ code: status[code], details: message });
			}
		};
		server.register(method, handle, asIs, received, 'unary');
	}
	for (const [method, handler] of Object.entries(stream)) {
		const handle = (call: ServerWritableStream<Uint8Array, Uint8Array>): void => {
			const gone = Promise.withResolvers<void>();
			call.once('cancelled', () => gone.resolve());
			const write = (bytes: Uint8Array): Promise<void> => new Promise((resolve) => void call.write(bytes, () => resolve()));
			void handler(call.request, { write, gone: gone.promise }).then(() => call.end());
		};
		server.register(method, handle, asIs, received, 'serverStream');
	}
	await new Promise<void>((resolve, reject) =>
		server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve())),
	);
	return {
		leave: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
		kill: async () => server.forceShutdown(),
	};
}

/** The client of @grpc/grpc-js. */
export function grpcJsClient(path: string): Connected {
	const client = new Client(`unix:${path}`, credentials.createInsecure(), {
		'grpc.max_receive_message_length': maxMessageBytes,
		'grpc.use_local_subchannel_pool': 1,
		'grpc.initial_reconnect_backoff_ms': 100,
		'grpc.max_reconnect_backoff_ms': 200,
	});
	const options = ({ timeoutMs }: CallLimits) => (timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs });
	const failed = ({ code, details }: Pick<ServiceError, 'code' | 'details'>): GrpcError =>
		new GrpcError(status[code] as GrpcError['code'], details);
	return {
		unary: (method, request, limits = {}) =>
			new Promise((resolve, reject) => {
				const call = client.makeUnaryRequest(method, asIs, received, request, new Metadata(), options(limits), (error, answer) =>
					error ? reject(failed(error)) : resolve(answer as Uint8Array),
				);
				limits.signal?.addEventListener('abort', () => call.cancel());
			}),
		stream: (method, request, onMessage, limits = {}) =>
			new Promise((resolve, reject) => {
				const call = client.makeServerStreamRequest<Uint8Array, Uint8Array>(method, asIs, received, request, options(limits));
				call.on('data', onMessage);
				call.on('error', () => {});
				call.on('status', (ended) => (ended.code === 0 ? resolve() : reject(failed(ended))));
				limits.signal?.addEventListener('abort', () => call.cancel());
			}),
		close: () => client.close(),
	};
}
