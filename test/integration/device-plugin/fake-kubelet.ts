import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { apiVersion, empty, pluginMethods, registerMethod } from '../../../src/kubelet/device-plugin/index.ts';
import { GrpcClient, GrpcError, type GrpcServer, serveGrpc } from '../../../src/kubelet/grpc/index.ts';
import { decode, encode } from './api.ts';

/** One plugin as the kubelet knows it. */
export interface Endpoint {
	readonly resource: string;
	readonly endpoint: string;
	readonly client: GrpcClient;
	readonly options: { readonly pre_start_required: boolean; readonly get_preferred_allocation_available: boolean };
	/** Lists as they came, newest last. */
	readonly lists: Uint8Array[];
	connected: boolean;
}

interface Container {
	readonly resource: string;
	readonly ids: readonly string[];
	/** `ContainerAllocateResponse`. */
	readonly response: { readonly envs: Readonly<Record<string, string>> };
}

/**
 * The part of the kubelet that device plugins meet (kubernetes/pkg/kubelet/cm/devicemanager), in the order and with the faults of the real one: one
 * endpoint for each resource by name, whoever ends a stream ends the newest. The contract that holds for it holds for the real one.
 */
export class FakeKubelet {
	readonly directory: string;
	/** Lists of all plugins, as they came. */
	readonly received: Uint8Array[] = [];
	/** Registrations so far, as they came. */
	readonly registrations: Uint8Array[] = [];
	readonly endpoints = new Map<string, Endpoint>();
	readonly #containers = new Map<string, Container>();
	#server: GrpcServer | null = null;
	/** What Register answers instead. */
	refuse: GrpcError | null = null;

	constructor(directory: string) {
		this.directory = directory;
	}

	/** Removes every socket of its directory, as a kubelet does at its start, and serves. */
	async start(): Promise<void> {
		for (const name of readdirSync(this.directory)) {
			const path = join(this.directory, name);
			if (statSync(path).isSocket()) rmSync(path);
		}
		this.#server = await serveGrpc(join(this.directory, 'kubelet.sock'), {
			unary: { [registerMethod]: (request) => this.#register(request) },
		});
	}

	/** As after kill -9: what it knew of devices is forgotten, what it allocated is in its checkpoint. */
	async stop(): Promise<void> {
		await this.#server?.close();
		this.#server = null;
		for (const { client } of this.endpoints.values()) client.close();
		this.endpoints.clear();
	}

	async restart(): Promise<void> {
		await this.stop();
		await this.start();
	}

	/** Ends the stream of a resource and its connection, as when a message is too large. */
	drop(resource: string): void {
		this.#disconnect(resource);
	}

	/** Devices of the last list, by id. */
	devices(resource: string): { readonly ID: string; readonly health: string }[] {
		const endpoint = this.endpoints.get(resource);
		const list = endpoint?.lists.at(-1);
		if (endpoint === undefined || list === undefined) return [];
		const devices: { ID: string; health: string }[] = decode('ListAndWatchResponse', list).devices;
		return endpoint.connected ? devices : devices.map((device) => ({ ...device, health: 'Unhealthy' }));
	}

	healthy(resource: string): string[] {
		return this.devices(resource)
			.filter(({ health }) => health === 'Healthy')
			.map(({ ID }) => ID);
	}

	/** Admits a container and starts it: `devicesToAllocate`, Allocate, PreStartContainer. Rejects with what the pod's status would say. */
	async run(name: string, resource: string, count: number): Promise<Container> {
		const endpoint = this.#endpoint(resource);
		const inUse = new Set([...this.#containers.values()].flatMap((other) => (other.resource === resource ? other.ids : [])));
		const free = this.healthy(resource).filter((id) => !inUse.has(id));
		if (free.length < count)
			throw new Error(`requested number of devices unavailable for ${resource}. Requested: ${count}, Available: ${free.length}`);
		const preferred = count < free.length ? await this.prefer(resource, free, count) : [];
		const ids = [...new Set([...preferred.filter((id) => free.includes(id)), ...free])].slice(0, count);
		const container = { resource, ids, response: await this.allocate(resource, ids) };
		this.#containers.set(name, container);
		await this.#preStart(endpoint, ids);
		return container;
	}

	/** Starts a container again, with what it was allocated. */
	async restartContainer(name: string): Promise<Container> {
		const container = this.#containers.get(name);
		if (container === undefined) throw new Error(`no container ${name}`);
		await this.#preStart(this.#endpoint(container.resource), container.ids);
		return container;
	}

	async allocate(resource: string, ids: readonly string[]): Promise<Container['response']> {
		const request = encode('AllocateRequest', { container_requests: [{ devices_ids: ids }] });
		const answer = decode('AllocateResponse', await this.#endpoint(resource).client.unary(pluginMethods.allocate, request));
		if (answer.container_responses.length === 0) throw new Error('no containers return in allocation response');
		return answer.container_responses[0];
	}

	/** Rejects where the real kubelet would fail the pod for good. */
	async prefer(resource: string, available: readonly string[], count: number): Promise<string[]> {
		const { client, options } = this.#endpoint(resource);
		if (!options.get_preferred_allocation_available) return [];
		const container = { available_deviceIDs: available, must_include_deviceIDs: [], allocation_size: count };
		const request = encode('PreferredAllocationRequest', { container_requests: [container] });
		const answer = decode('PreferredAllocationResponse', await client.unary(pluginMethods.preferredAllocation, request));
		return answer.container_responses[0]?.deviceIDs ?? [];
	}

	async #preStart({ client, options }: Endpoint, ids: readonly string[]): Promise<void> {
		if (!options.pre_start_required) return;
		await client.unary(pluginMethods.preStartContainer, encode('PreStartContainerRequest', { devices_ids: ids }), {
			timeoutMs: 30_000,
		});
	}

	#endpoint(resource: string): Endpoint {
		const endpoint = this.endpoints.get(resource);
		if (endpoint === undefined) throw new Error(`cannot allocate unregistered device ${resource}`);
		return endpoint;
	}

	/** `Register` and `connectClient`: answers only after the plugin answered for its options. */
	async #register(request: Uint8Array): Promise<Uint8Array> {
		this.registrations.push(request);
		if (this.refuse) throw this.refuse;
		const { version, endpoint, resource_name: resource } = decode('RegisterRequest', request);
		if (version !== apiVersion) throw new GrpcError('UNKNOWN', `requested API version "${version}" is not supported by kubelet`);
		const client = new GrpcClient(join(this.directory, endpoint));
		const options = decode('DevicePluginOptions', await client.unary(pluginMethods.options, empty));
		const known: Endpoint = { resource, endpoint, client, options, lists: [], connected: true };
		this.endpoints.set(resource, known);
		client
			.stream(pluginMethods.listAndWatch, empty, (list) => {
				known.lists.push(list);
				this.received.push(list);
			})
			.catch(() => {})
			.finally(() => this.#disconnect(resource));
		return empty;
	}

	/** `runClient`: disconnects whoever has the name now, also when it is another one than the one that ended. */
	#disconnect(resource: string): void {
		const known = this.endpoints.get(resource);
		if (known === undefined || !known.connected) return;
		known.client.close();
		known.connected = false;
	}
}
