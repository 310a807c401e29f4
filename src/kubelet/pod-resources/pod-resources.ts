import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Fact, known, unknown } from '../../core/observed/fact.ts';
import { GrpcClient, GrpcError } from '../grpc/index.ts';
import { WireError } from '../wire/index.ts';
import { type ContainerAllocation, type ListedDevices, readAllocatable, readList } from './messages.ts';

/** What the kubelet gave to containers, and what it can give. */
export interface PodResources {
	readonly containers: readonly ContainerAllocation[];
	readonly allocatable: readonly ListedDevices[];
}

export interface PodResourcesOptions {
	/** Directory of the kubelet: `/var/lib/kubelet`. */
	readonly kubeletDirectory: string;
	/** Milliseconds until an answer counts as missing; default 2 s. */
	readonly limitMs?: number;
}

/** Asks the kubelet by its PodResources v1 API. */
export class PodResourcesReader {
	readonly #socket: string;
	readonly #limitMs: number;
	#client: GrpcClient | null = null;

	constructor({ kubeletDirectory, limitMs = 2_000 }: PodResourcesOptions) {
		this.#limitMs = limitMs;
		this.#socket = join(kubeletDirectory, 'pod-resources', 'kubelet.sock');
	}

	/** Never rejects: a socket that is missing or slow, and an answer that cannot be read, are unknown. */
	async read(): Promise<Fact<PodResources>> {
		const limitMs = this.#limitMs;
		if (!existsSync(this.#socket))
			return unknown('NoSource', `what the kubelet allocated is unknown: there is no ${this.#socket}; is the directory mounted?`);
		try {
			this.#client ??= new GrpcClient(this.#socket);
			const ask = (method: string): Promise<Uint8Array> =>
				(this.#client as GrpcClient).unary(`/v1.PodResourcesLister/${method}`, new Uint8Array(), { timeoutMs: limitMs });
			const [list, allocatable] = await Promise.all([ask('List'), ask('GetAllocatableResources')]);
			const resources = { containers: readList(list), allocatable: readAllocatable(allocatable) };
			return known(resources, 'kubelet PodResources', new Date().toISOString());
		} catch (error) {
			if (!(error instanceof GrpcError) && !(error instanceof WireError)) throw error;
			this.close();
			const late = error instanceof GrpcError && error.code === 'DEADLINE_EXCEEDED';
			const what = late ? `it did not answer within ${limitMs / 1000} s` : error.message;
			return unknown(
				late ? 'TimedOut' : 'SourceFailed',
				`what the kubelet allocated is unknown: ${this.#socket}: ${what}`,
				error,
			);
		}
	}

	close(): void {
		this.#client?.close();
		this.#client = null;
	}
}
