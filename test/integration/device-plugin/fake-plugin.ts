import { join } from 'node:path';
import { empty, pluginMethods, registerMethod } from '../../../src/kubelet/device-plugin/index.ts';
import { GrpcClient, GrpcError, type GrpcServer, type ServerStream, serveGrpc } from '../../../src/kubelet/grpc/index.ts';
import { decode, encode } from './api.ts';

export interface FakeDevice {
	readonly ID: string;
	readonly health?: string;
	readonly topology?: object;
}

/** A device plugin that does what a test says; what it says itself are bytes, so that it can say anything. */
export class FakePlugin {
	readonly #directory: string;
	readonly endpoint: string;
	readonly resource: string;
	/** `DevicePluginOptions`; `null`: never answered. */
	options: Uint8Array | null = encode('DevicePluginOptions', { get_preferred_allocation_available: true });
	/** The list that a new listener gets; `null`: none. */
	list: Uint8Array | null = encode('ListAndWatchResponse', { devices: [] });
	allocate: (request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array> | Uint8Array = allocated;
	prefer: (request: Uint8Array) => Promise<Uint8Array> | Uint8Array = () => empty;
	preStart: (request: Uint8Array) => Promise<Uint8Array> | Uint8Array = () => empty;
	/** Calls by method, oldest first. */
	readonly calls: { readonly method: keyof typeof pluginMethods; readonly request: Uint8Array }[] = [];
	readonly streams = new Set<ServerStream>();
	#server: GrpcServer | null = null;

	constructor(directory: string, { endpoint = 'plugin.sock', resource = 'nvidia.com/gpu' } = {}) {
		this.#directory = directory;
		this.endpoint = endpoint;
		this.resource = resource;
	}

	async serve(): Promise<void> {
		const noted = (
			method: keyof typeof pluginMethods,
			answer: (request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array> | Uint8Array,
		) => ({
			[pluginMethods[method]]: (request: Uint8Array, signal: AbortSignal) => {
				this.calls.push({ method, request });
				return answer(request, signal);
			},
		});
		this.#server = await serveGrpc(join(this.#directory, this.endpoint), {
			unary: {
				...noted('options', () => this.options ?? new Promise<Uint8Array>(() => {})),
				...noted('allocate', (request, signal) => this.allocate(request, signal)),
				...noted('preferredAllocation', (request) => this.prefer(request)),
				...noted('preStartContainer', (request) => this.preStart(request)),
			},
			stream: {
				[pluginMethods.listAndWatch]: (_, stream) => {
					this.streams.add(stream);
					void stream.closed.then(() => this.streams.delete(stream));
					if (this.list) stream.send(this.list);
				},
			},
		});
	}

	/** Registers with whoever serves `kubelet.sock` in its directory. */
	async register(over: object = {}): Promise<void> {
		const request = { version: 'v1beta1', endpoint: this.endpoint, resource_name: this.resource, ...over };
		await this.registerBytes(encode('RegisterRequest', request));
	}

	async registerBytes(request: Uint8Array): Promise<void> {
		const client = new GrpcClient(join(this.#directory, 'kubelet.sock'));
		try {
			await client.unary(registerMethod, request, { timeoutMs: 60_000 });
		} finally {
			client.close();
		}
	}

	/** Serves, and registers with these devices. */
	async start(devices: readonly FakeDevice[]): Promise<this> {
		this.say(devices);
		await this.serve();
		await this.register();
		return this;
	}

	/** From now on it lists these devices. */
	say(devices: readonly FakeDevice[]): void {
		this.sayBytes(encode('ListAndWatchResponse', { devices: devices.map((device) => ({ health: 'Healthy', ...device })) }));
	}

	sayBytes(list: Uint8Array): void {
		this.list = list;
		for (const stream of this.streams) stream.send(list);
	}

	called(method: keyof typeof pluginMethods): Uint8Array[] {
		return this.calls.filter((call) => call.method === method).map(({ request }) => request);
	}

	async stop(): Promise<void> {
		await this.#server?.close();
		this.#server = null;
	}
}

/** What NVIDIA's plugin answers by default. */
export function allocated(request: Uint8Array): Uint8Array {
	const containers: { devices_ids: string[] }[] = decode('AllocateRequest', request).container_requests;
	return encode('AllocateResponse', {
		container_responses: containers.map(({ devices_ids }) => ({ envs: { NVIDIA_VISIBLE_DEVICES: devices_ids.join(',') } })),
	});
}

export function failing(code: ConstructorParameters<typeof GrpcError>[0], message: string): () => never {
	return () => {
		throw new GrpcError(code, message);
	};
}
