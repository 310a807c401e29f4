import { type CallLimits, GrpcClient, type GrpcMethods, serveGrpc } from '../../../src/kubelet/grpc/index.ts';
import { grpcJsClient, grpcJsServer } from './grpc-js-peer.ts';

export type { CallLimits };

/** Handlers as both servers can have them. */
export interface TestMethods {
	readonly unary?: GrpcMethods['unary'];
	/** Ends the stream when it resolves; `gone` does when the client is. */
	readonly stream?: Readonly<
		Record<
			string,
			(request: Uint8Array, to: { write(bytes: Uint8Array): Promise<void>; readonly gone: Promise<void> }) => Promise<void>
		>
	>;
}

export interface Served {
	/** Takes no more calls, and lets those that run end. */
	leave(): Promise<void>;
	/** Ends every connection at once, as a process that dies. */
	kill(): Promise<void>;
}

export type Connected = Pick<GrpcClient, 'unary' | 'stream' | 'close'>;

export interface Pair {
	readonly name: string;
	serve(path: string, methods: TestMethods): Promise<Served>;
	connect(path: string): Connected;
}

async function ourServer(path: string, { unary = {}, stream = {} }: TestMethods): Promise<Served> {
	const streams = Object.entries(stream).map(([method, handler]): [string, NonNullable<GrpcMethods['stream']>[string]] => [
		method,
		(request, to) => {
			// Of ours only the newest counts, and it does not tell when that went out: one after the other, with time between.
			const write = async (bytes: Uint8Array): Promise<void> => {
				to.send(bytes);
				await new Promise((resolve) => setTimeout(resolve, 20));
			};
			void handler(request, { write, gone: to.closed }).then(() => to.end());
		},
	]);
	const server = await serveGrpc(path, { unary, stream: Object.fromEntries(streams) });
	return { leave: () => server.close(), kill: () => server.close() };
}

const ourClient = (path: string): Connected => new GrpcClient(path);

/** Each end is ours once with the other of @grpc/grpc-js, so that what we think wrong at both ends is found too. */
export const pairs: readonly Pair[] = [
	{ name: 'our client and our server', serve: ourServer, connect: ourClient },
	{ name: "our client and grpc-js's server", serve: grpcJsServer, connect: ourClient },
	{ name: "grpc-js's client and our server", serve: ourServer, connect: grpcJsClient },
];
