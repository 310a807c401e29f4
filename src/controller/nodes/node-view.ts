import type { NodeFacts, PublishedDevice } from '../../core/nodes/facts.ts';
import type { ClusterNode } from '../../core/nodes/node.ts';
import { nodeFacts } from '../../core/nodes/node-facts.ts';
import { type GpuSlice, sliceFacts } from '../../core/nodes/slice-facts.ts';
import type { Cluster, ClusterError, ObjectCache, Watcher } from '../../core/ports/cluster.ts';
import { managedBy, managedByLabel } from '../admission/names.ts';
import { sameJson } from '../admission/same-json.ts';
import { type DraObject, readDraObject } from './dra-objects.ts';
import { Heartbeats } from './heartbeats.ts';
import { nodeDiffers, readNode } from './read-node.ts';
import { readReport, type StoredReport } from './read-report.ts';
import { nodesOf, readClaim, readSlice } from './read-slice.ts';
import { type DraResources, gpuNodeReports, nodes, servedDra } from './resources.ts';
import { Trusted } from './trusted-cache.ts';

export interface NodeViewOptions {
	readonly cluster: Cluster;
	readonly watcher: Watcher;
	readonly heartbeatMs: number;
	/** A monotonic clock, in milliseconds. */
	readonly now: () => number;
	/** What is known of a node changed. `before`: as it was, where its labels, taints or existence did. */
	readonly onNode: (name: string, before?: ClusterNode) => void;
	/** An object that we own changed for a policy. */
	readonly onOwn: (policyLabel: string) => void;
	/** A copy of something became fresh or stopped being it. */
	readonly onTrouble: () => void;
}

interface DraView {
	readonly resources: DraResources;
	readonly slices: Trusted<GpuSlice | null>;
	readonly claims: Trusted<readonly string[]>;
	readonly classes: Trusted<DraObject>;
	readonly rules: Trusted<DraObject> | null;
}

/** Everything that the nodes duty watches, and the facts about nodes in it. */
export class NodeView {
	readonly #options: NodeViewOptions;
	readonly #nodes: Trusted<ClusterNode>;
	readonly #reports: Trusted<StoredReport>;
	#dra: DraView | null = null;
	#openingDra: Promise<void> | null = null;
	readonly #heartbeats: Heartbeats;
	/** What we wrote on a node, until the watch brings it. */
	readonly #written = new Map<string, { readonly from: string; readonly node: ClusterNode }>();
	readonly #slicesByNode = new Map<string, Set<string>>();
	/** Claims that hold a device, by `pool/device`. */
	readonly #holders = new Map<string, number>();
	readonly #stale = new Set<string>();

	constructor(options: NodeViewOptions) {
		this.#options = options;
		this.#heartbeats = new Heartbeats(options.heartbeatMs, options.now);
		this.#nodes = this.#watch((onTrouble) =>
			options.watcher.watch(nodes, {
				project: readNode,
				differs: nodeDiffers,
				onChange: ({ name }, before) => options.onNode(name, before),
				onTrouble,
			}),
		);
		this.#reports = this.#watch((onTrouble) =>
			options.watcher.watch(gpuNodeReports, {
				project: readReport,
				onChange: (_, before, after) => this.#onReport(before, after),
				onTrouble: (trouble) => {
					if (trouble) this.#heartbeats.blind();
					else this.#heartbeats.seeing();
					onTrouble(trouble);
				},
			}),
		);
	}

	/** Resolves when there is a first answer on everything: `null`, or why something cannot be seen. */
	async settled(signal: AbortSignal): Promise<ClusterError | null> {
		await this.#openDra();
		const dra = this.#dra;
		const caches = [
			this.#nodes,
			this.#reports,
			...(dra ? [dra.slices, dra.claims, dra.classes, ...(dra.rules ? [dra.rules] : [])] : []),
		];
		for (const cache of caches) await cache.settled(signal);
		return caches.find(({ blindness }) => blindness)?.blindness ?? null;
	}

	/** Whether nodes and reports were read at all, so that a verdict can be given although something is out of date. */
	get seen(): boolean {
		return this.#nodes.seen && this.#reports.seen;
	}

	/** The server's kinds of dynamic resource allocation; `null` without. */
	get dra(): DraResources | null {
		return this.#dra?.resources ?? null;
	}

	*nodes(): Iterable<ClusterNode> {
		for (const node of this.#nodes.cache.values()) yield this.#latest(node);
	}

	node(name: string): ClusterNode | undefined {
		const node = this.#nodes.cache.get({ name });
		return node && this.#latest(node);
	}

	report(name: string): StoredReport | undefined {
		return this.#reports.cache.get({ name });
	}

	/** A conditional write went through: the very next version of the node is this one. */
	wrote(from: ClusterNode, node: ClusterNode): void {
		if (this.#nodes.cache.get({ name: node.name })?.resourceVersion === from.resourceVersion) {
			this.#written.set(node.name, { from: from.resourceVersion, node });
		}
	}

	facts(node: ClusterNode): NodeFacts {
		const report = this.report(node.name);
		return nodeFacts({
			node,
			// One of a deleted node of the same name is on its way to the garbage collector.
			report: report && (report.nodeUid === null || report.nodeUid === node.uid) ? report.content : null,
			stale: this.#heartbeats.stale(node.name),
			slices: this.#slicesOf(node.name),
			held: (device) => this.#held(device),
		});
	}

	/** What the DRA driver publishes for a node, whatever other sources say; `null` where nothing. */
	published(node: string): NodeFacts | null {
		return sliceFacts(node, this.#slicesOf(node), (device) => this.#held(device));
	}

	/** DeviceClasses and DeviceTaintRules that we made for a policy. */
	own(policyLabel: string): { readonly classes: readonly DraObject[]; readonly rules: readonly DraObject[] } {
		const of = (cache: Trusted<DraObject> | null | undefined): DraObject[] =>
			cache ? [...cache.cache.values()].filter((object) => object.policy === policyLabel) : [];
		return { classes: of(this.#dra?.classes), rules: of(this.#dra?.rules) };
	}

	/** Nodes whose report became stale, or stopped being it, since the last call. */
	staleChanges(): readonly string[] {
		const changed: string[] = [];
		for (const { name } of this.#nodes.cache.values()) {
			const stale = this.#heartbeats.stale(name);
			if (stale === this.#stale.has(name)) continue;
			changed.push(name);
			if (stale) this.#stale.add(name);
			else this.#stale.delete(name);
		}
		return changed;
	}

	/** Milliseconds until the report of a node is stale; `null` where it is, or nobody writes it. */
	staleInMs(node: string): number | null {
		return this.#heartbeats.staleInMs(node) || null;
	}

	async stop(): Promise<void> {
		const dra = this.#dra;
		const all = [this.#nodes, this.#reports, dra?.slices, dra?.claims, dra?.classes, dra?.rules];
		await Promise.all(all.map((one) => one?.cache.stop()));
	}

	/** Looked for again each time until it is there: it may be switched on later. */
	async #openDra(): Promise<void> {
		if (this.#dra) return;
		this.#openingDra ??= (async () => {
			const resources = await servedDra(this.#options.cluster);
			if (resources) this.#dra = this.#watchDra(resources);
		})().finally(() => {
			this.#openingDra = null;
		});
		await this.#openingDra;
	}

	#watchDra(resources: DraResources): DraView {
		const { watcher, onOwn } = this.#options;
		const own = (resource: DraResources['classes']): Trusted<DraObject> =>
			this.#watch((onTrouble) =>
				watcher.watch(resource, {
					labelSelector: `${managedByLabel}=${managedBy}`,
					project: readDraObject,
					differs: (before, after) => !sameJson(before, after),
					onChange: (_, before, after) => {
						const policy = (after ?? before)?.policy;
						if (policy !== undefined) onOwn(policy);
					},
					onTrouble,
				}),
			);
		return {
			resources,
			slices: this.#watch((onTrouble) =>
				watcher.watch(resources.slices, {
					project: readSlice,
					differs: (before, after) => !sameJson(before, after),
					onChange: (_, before, after) => this.#onSlice(before ?? null, after ?? null),
					onTrouble,
				}),
			),
			claims: this.#watch((onTrouble) =>
				watcher.watch(resources.claims, {
					project: readClaim,
					differs: (before, after) => !sameJson(before, after),
					onChange: (_, before, after) => this.#onClaim(before ?? [], after ?? []),
					onTrouble,
				}),
			),
			classes: own(resources.classes),
			rules: resources.taintRules && own(resources.taintRules),
		};
	}

	#watch<T>(open: (onTrouble: (trouble: ObjectCache<T>['trouble']) => void) => ObjectCache<T>): Trusted<T> {
		return new Trusted(open, this.#options.onTrouble);
	}

	#onReport(before: StoredReport | undefined, after: StoredReport | undefined): void {
		const name = (after ?? before)?.name ?? '';
		if (!after) this.#heartbeats.forget(name);
		else if (after.observedAt === null) this.#heartbeats.forget(name);
		else if (before?.uid !== after.uid || before.observedAt !== after.observedAt || !sameJson(before.content, after.content)) {
			const wasStale = this.#heartbeats.stale(name);
			this.#heartbeats.heard(name);
			if (wasStale) this.#options.onNode(name);
		}
		const { observedAt: _, ...old } = before ?? { observedAt: null };
		const { observedAt: __, ...now } = after ?? { observedAt: null };
		if (!sameJson(old, now)) this.#options.onNode(name);
	}

	#onSlice(before: GpuSlice | null, after: GpuSlice | null): void {
		const touched = new Set<string>();
		for (const node of before ? nodesOf(before) : []) {
			this.#slicesByNode.get(node)?.delete(before?.name ?? '');
			touched.add(node);
		}
		for (const node of after ? nodesOf(after) : []) {
			const names = this.#slicesByNode.get(node) ?? new Set();
			this.#slicesByNode.set(node, names.add(after?.name ?? ''));
			touched.add(node);
		}
		for (const node of touched) this.#options.onNode(node);
	}

	#onClaim(before: readonly string[], after: readonly string[]): void {
		const count = (devices: readonly string[], step: 1 | -1): void => {
			for (const device of devices) {
				const holders = (this.#holders.get(device) ?? 0) + step;
				if (holders > 0) this.#holders.set(device, holders);
				else this.#holders.delete(device);
			}
		};
		count(after, 1);
		count(before, -1);
		const pools = new Set([...before, ...after].map((device) => device.slice(0, device.lastIndexOf('/'))));
		for (const slice of this.#dra?.slices.cache.values() ?? []) {
			if (slice && pools.has(slice.pool)) for (const node of nodesOf(slice)) this.#options.onNode(node);
		}
	}

	#slicesOf(node: string): readonly GpuSlice[] {
		const names = this.#slicesByNode.get(node);
		if (!names || !this.#dra) return [];
		const { cache } = this.#dra.slices;
		return [...names].sort().flatMap((name) => cache.get({ name }) ?? []);
	}

	#held({ pool, device }: PublishedDevice): boolean {
		return this.#holders.has(`${pool}/${device}`);
	}

	#latest(node: ClusterNode): ClusterNode {
		const written = this.#written.get(node.name);
		if (!written) return node;
		if (written.from === node.resourceVersion) return written.node;
		this.#written.delete(node.name);
		return node;
	}
}
