import type { NodeFacts, PublishedDevice } from '../../core/nodes/facts.ts';
import type { ClusterNode } from '../../core/nodes/node.ts';
import { nodeFacts } from '../../core/nodes/node-facts.ts';
import { type GpuSlice, sliceFacts } from '../../core/nodes/slice-facts.ts';
import type { Cluster, ClusterError, ObjectCache, Watcher } from '../../core/ports/cluster.ts';
import { sameJson } from '../../core/same-json.ts';
import { managedBy, managedByLabel } from '../admission/names.ts';
import { type LiveDraObject, readDraObject } from './dra-objects.ts';
import { Heartbeats } from './heartbeats.ts';
import { NodeIndex } from './node-index.ts';
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
	/** A report went away: whoever wants one makes it anew. */
	readonly onReportGone?: (node: string) => void;
	/** An object that we own changed for a policy. */
	readonly onOwn: (policyLabel: string) => void;
	/** A copy of something became fresh or stopped being it. */
	readonly onTrouble: () => void;
}

/** What we made for one policy, by name. */
interface OwnObjects {
	readonly classes: Map<string, LiveDraObject>;
	readonly rules: Map<string, LiveDraObject>;
	/** Goes up when any of it changes. */
	tick: number;
}

interface DraView {
	readonly resources: DraResources;
	readonly slices: Trusted<GpuSlice | null>;
	readonly claims: Trusted<readonly string[]>;
	readonly classes: Trusted<LiveDraObject>;
	readonly rules: Trusted<LiveDraObject> | null;
}

/** Everything that the nodes duty watches, and the facts about nodes in it. */
export class NodeView {
	/** Which nodes there are, and when what is known of each changed last. */
	readonly index = new NodeIndex();
	readonly #options: NodeViewOptions;
	readonly #nodes: Trusted<ClusterNode>;
	readonly #reports: Trusted<StoredReport>;
	#dra: DraView | null = null;
	#openingDra: Promise<void> | null = null;
	readonly #heartbeats: Heartbeats;
	/** What we wrote on a node, until the watch brings it. */
	readonly #written = new Map<string, { readonly from: string; readonly node: ClusterNode }>();
	readonly #slicesByNode = new Map<string, Set<string>>();
	readonly #slicesByPool = new Map<string, Set<string>>();
	/** Claims that hold a device, by `pool/device`. */
	readonly #holders = new Map<string, number>();
	/** DeviceClasses and DeviceTaintRules of ours by the policy label, and when they changed last. */
	readonly #own = new Map<string, OwnObjects>();
	#draReadable = false;

	constructor(options: NodeViewOptions) {
		this.#options = options;
		this.#heartbeats = new Heartbeats(options.heartbeatMs, options.now);
		this.#nodes = this.#watch((onTrouble) =>
			options.watcher.watch(nodes, {
				project: readNode,
				differs: nodeDiffers,
				onChange: ({ name }, before, after) => {
					if (!after) this.index.remove(name);
					else if (!before) this.index.add(name);
					this.#tell(name, before);
				},
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
			unread: this.#unread(),
			slices: this.#slicesOf(node.name),
			held: (device) => this.#held(device),
		});
	}

	/** What the DRA driver publishes for a node, whatever other sources say; `null` where nothing. */
	published(node: string): NodeFacts | null {
		return sliceFacts(node, this.#slicesOf(node), (device) => this.#held(device));
	}

	/** DeviceClasses and DeviceTaintRules that we made for a policy. */
	own(policyLabel: string): { readonly classes: readonly LiveDraObject[]; readonly rules: readonly LiveDraObject[] } {
		const own = this.#own.get(policyLabel);
		return { classes: [...(own?.classes.values() ?? [])], rules: [...(own?.rules.values() ?? [])] };
	}

	/** Goes up when any of those changes. */
	ownTick(policyLabel: string): number {
		return this.#own.get(policyLabel)?.tick ?? 0;
	}

	/** Whether everything of dynamic resource allocation was read at least once, so that what is not there can be told from what we do not see. */
	get draSeen(): boolean {
		const dra = this.#dra;
		return dra !== null && this.#draReadable && dra.classes.seen && dra.rules?.seen !== false;
	}

	/** An object of ours is written: it is believed before the watch brings it. */
	wroteOwn(kind: 'classes' | 'rules', after: LiveDraObject): void {
		this.#onOwn(kind, undefined, after);
	}

	/** An object of ours is deleted. */
	removedOwn(kind: 'classes' | 'rules', before: LiveDraObject): void {
		this.#onOwn(kind, before, undefined);
	}

	/** Nodes that a pool of the driver has devices of. */
	nodesOfPool(pool: string): readonly string[] {
		const names = [...(this.#slicesByPool.get(pool) ?? [])];
		return names.flatMap((name) => {
			const slice = this.#dra?.slices.cache.get({ name });
			return slice ? nodesOf(slice) : [];
		});
	}

	/** Looks for agents that missed their heartbeats. */
	expire(): void {
		for (const node of this.#heartbeats.expire()) this.#tell(node);
	}

	/** Milliseconds until the next report may be stale; `null` where none can be. */
	nextStaleInMs(): number | null {
		return this.#heartbeats.nextInMs();
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
		const own = (resource: DraResources['classes'], kind: 'classes' | 'rules'): Trusted<LiveDraObject> =>
			this.#watch((onTrouble) =>
				watcher.watch(resource, {
					labelSelector: `${managedByLabel}=${managedBy}`,
					project: readDraObject,
					differs: (before, after) => !sameJson(before, after),
					onChange: (_, before, after) => {
						this.#onOwn(kind, before, after);
						for (const policy of new Set([before?.object.policy, after?.object.policy])) if (policy !== undefined) onOwn(policy);
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
			classes: own(resources.classes, 'classes'),
			rules: resources.taintRules && own(resources.taintRules, 'rules'),
		};
	}

	#watch<T>(open: (onTrouble: (trouble: ObjectCache<T>['trouble']) => void) => ObjectCache<T>): Trusted<T> {
		return new Trusted(open, () => {
			this.#noticeDra();
			this.#options.onTrouble();
		});
	}

	#tell(name: string, before?: ClusterNode): void {
		this.index.touch(name);
		this.#options.onNode(name, before);
	}

	/** Why what the DRA driver publishes is not known at all; `null` where it is, or where there is no such thing. */
	#unread(): string | null {
		const dra = this.#dra;
		if (!dra || this.#draReadable) return null;
		const blind = [dra.slices, dra.claims].find(({ seen }) => !seen);
		return `what the DRA driver publishes could not be read: ${blind?.blindness?.message ?? 'not yet'}`;
	}

	#noticeDra(): void {
		const dra = this.#dra;
		if (!dra || this.#draReadable || !dra.slices.seen || !dra.claims.seen) return;
		this.#draReadable = true;
		for (const place of this.index.places()) this.#tell(this.index.nameAt(place));
	}

	#onOwn(kind: 'classes' | 'rules', before: LiveDraObject | undefined, after: LiveDraObject | undefined): void {
		for (const [one, here] of [
			[before, false],
			[after, true],
		] as const) {
			if (!one) continue;
			const { policy, name } = one.object;
			const own = this.#own.get(policy) ?? { classes: new Map(), rules: new Map(), tick: 0 };
			this.#own.set(policy, own);
			if (here) own[kind].set(name, one);
			else own[kind].delete(name);
			own.tick++;
		}
	}

	#onReport(before: StoredReport | undefined, after: StoredReport | undefined): void {
		const name = (after ?? before)?.name ?? '';
		if (!after) {
			this.#heartbeats.forget(name);
			this.#options.onReportGone?.(name);
		} else if (after.observedAt === null) this.#heartbeats.forget(name);
		else if (before?.uid !== after.uid || before.observedAt !== after.observedAt || !sameJson(before.content, after.content)) {
			const wasStale = this.#heartbeats.stale(name);
			this.#heartbeats.heard(name);
			if (wasStale) this.#tell(name);
		}
		const { observedAt: _, ...old } = before ?? { observedAt: null };
		const { observedAt: __, ...now } = after ?? { observedAt: null };
		if (!sameJson(old, now)) this.#tell(name);
	}

	#onSlice(before: GpuSlice | null, after: GpuSlice | null): void {
		const touched = new Set<string>();
		const change = (slice: GpuSlice, step: (names: Set<string>) => void): void => {
			this.#file(this.#slicesByPool, slice.pool, step);
			for (const node of nodesOf(slice)) {
				this.#file(this.#slicesByNode, node, step);
				touched.add(node);
			}
		};
		if (before) change(before, (names) => names.delete(before.name));
		if (after) change(after, (names) => names.add(after.name));
		for (const node of touched) this.#tell(node);
	}

	#file(shelf: Map<string, Set<string>>, key: string, step: (names: Set<string>) => void): void {
		const names = shelf.get(key) ?? new Set();
		step(names);
		if (names.size > 0) shelf.set(key, names);
		else shelf.delete(key);
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
		for (const node of new Set([...pools].flatMap((pool) => this.nodesOfPool(pool)))) this.#tell(node);
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
