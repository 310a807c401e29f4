import type { AllocationSource } from '../../agent/ports.ts';
import { readSlice } from '../../controller/nodes/read-slice.ts';
import { servedDra } from '../../controller/nodes/resources.ts';
import type { Allocations } from '../../core/node-report/observation.ts';
import { gpuDriver } from '../../core/nodes/slice-facts.ts';
import { type Fact, mapFact } from '../../core/observed/fact.ts';
import { type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import type { ContainerAllocation, ListedClaim } from '../../kubelet/pod-resources/messages.ts';
import type { PodResourcesReader } from '../../kubelet/pod-resources/pod-resources.ts';

/** What the driver publishes is asked for again after this time where a claim holds a device that is not known, in milliseconds. */
const publishedMs = 30_000;

/** What the kubelet allocated. A claim holds a device by the name that its driver publishes, so that the ResourceSlices tell which GPU that is. */
export class KubeletAllocations implements AllocationSource {
	readonly #resources: PodResourcesReader;
	readonly #cluster: Cluster | null;
	readonly #node: string;
	/** UUIDs of GPUs by `pool/device`. */
	#published = new Map<string, string>();
	#askedAt = Number.NEGATIVE_INFINITY;
	/** Why the slices could not be read. */
	#trouble = '';

	/** `cluster`: `null` where there is none to ask. */
	constructor(resources: PodResourcesReader, cluster: Cluster | null, node: string) {
		this.#resources = resources;
		this.#cluster = cluster;
		this.#node = node;
	}

	async read(): Promise<Fact<Allocations>> {
		const fact = await this.#resources.read();
		if (fact.state === 'unknown') return fact;
		const { containers, allocatable } = fact.value;
		const claims = containers.flatMap((holder) => ofGpus(holder).map((claim) => ({ holder, claim })));
		await this.#learn(claims.map(({ claim }) => claim));
		const held: Allocations['held'][number][] = containers.flatMap(({ devices, ...holder }) =>
			devices.flatMap(({ resource, ids }) => ids.map((id) => ({ id, resource, holder: nameOf(holder) }))),
		);
		const unresolved: string[] = [];
		for (const { holder, claim } of claims) {
			const id = this.#published.get(keyOf(claim));
			if (id !== undefined) held.push({ id, resource: `a claim of ${claim.driver}`, holder: nameOf(holder) });
			else
				unresolved.push(
					`${holder.namespace}/${holder.pod} holds ${claim.device} of pool ${claim.pool} by a claim, and ${this.#trouble || 'no ResourceSlice says which GPU that is'}`,
				);
		}
		return mapFact(fact, () => ({
			held,
			allocatable: allocatable.flatMap(({ resource, ids }) => ids.map((id) => ({ id, resource }))),
			unresolved,
		}));
	}

	close(): void {
		this.#resources.close();
	}

	/** Asks for the slices of the node where a claim holds a device that is not known. */
	async #learn(claims: readonly ListedClaim[]): Promise<void> {
		if (claims.every((claim) => this.#published.has(keyOf(claim)))) return;
		if (this.#cluster === null || performance.now() - this.#askedAt < publishedMs) return;
		this.#askedAt = performance.now();
		try {
			const served = await servedDra(this.#cluster);
			const objects = served ? await this.#cluster.list(served.slices, { fieldSelector: `spec.nodeName=${this.#node}` }) : [];
			this.#published = new Map(
				objects.flatMap((object) => {
					const slice = readSlice(object);
					return (slice?.devices ?? []).flatMap(({ name, uuid, parentUuid }) => {
						const gpu = parentUuid ?? uuid;
						return slice && gpu !== undefined ? [[keyOf({ pool: slice.pool, device: name }), gpu] as const] : [];
					});
				}),
			);
			this.#trouble = '';
		} catch (error) {
			if (!(error instanceof ClusterError)) throw error;
			this.#trouble = `the ResourceSlices could not be read: ${error.message}`;
		}
	}
}

function ofGpus({ claims }: ContainerAllocation): readonly ListedClaim[] {
	return claims.filter(({ driver }) => driver === gpuDriver);
}

function keyOf({ pool, device }: Pick<ListedClaim, 'pool' | 'device'>): string {
	return `${pool}/${device}`;
}

function nameOf({ namespace, pod, container }: Omit<ContainerAllocation, 'devices'>): Allocations['held'][number]['holder'] {
	return { namespace, pod, container };
}
