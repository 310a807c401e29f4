import { deviceVerdicts } from '../../core/nodes/judge-node.ts';
import type { ClusterNode } from '../../core/nodes/node.ts';
import { decideMarks, type MarkWish, taintedAt } from '../../core/nodes/node-marks.ts';
import { breakerWindowMs } from '../../core/nodes/taint-breaker.ts';
import { leaveNothing } from '../../core/nodes/usable-devices.ts';
import type { Cluster } from '../../core/ports/cluster.ts';
import type { EventRecorder } from '../../core/ports/events.ts';
import { policyLabelValue } from '../admission/names.ts';
import { eachAtOnce } from '../admission/pause.ts';
import type { ClusterPolicy } from '../duty.ts';
import type { Breaker } from './breaker.ts';
import type { Judgements } from './judgements.ts';
import { createReport, deleteReport } from './keep-report.ts';
import { markNode } from './mark-node.ts';
import { type PolicyOverNodes, selects } from './node-policy.ts';
import type { NodeView } from './node-view.ts';

export interface SweepOptions {
	readonly cluster: Cluster;
	readonly view: NodeView;
	readonly judgements: Judgements;
	readonly breaker: Breaker;
	readonly events?: EventRecorder | undefined;
	/** Write labels and taints; false: nodes are reported and left alone. */
	readonly manage: boolean;
	/** Monotonic, in milliseconds. */
	readonly now: () => number;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
}

const writesAtOnce = 16;
/** Nodes judged between two turns of the event loop, which renews the lease. */
const stretch = 200;
/** A report that we made and that no watch has brought after so long is made again. */
const createdMs = 30_000;

/** What nodes have to carry, over all policies at once: one write a node, however many policies select it. */
export class Sweep {
	readonly #options: SweepOptions;
	readonly #dirty = new Set<string>();
	/** Policies that together leave no device of a node usable, by node. */
	readonly #conflicts = new Map<string, readonly string[]>();
	/** Policies whose taint the breaker keeps from a node, by node. */
	readonly #waiting = new Map<string, readonly string[]>();
	/** When this process tainted a node for a policy, by the policy's UID and the node. */
	readonly #tainted = new Map<string, Map<string, number>>();
	readonly #created = new Map<string, { readonly uid: string; readonly at: number }>();
	#running: Promise<unknown> = Promise.resolve();

	constructor(options: SweepOptions) {
		this.#options = options;
	}

	/** Have a node looked at again. */
	add(node: string): void {
		this.#dirty.add(node);
	}

	/** The report of a node went away. */
	reportGone(node: string): void {
		this.#created.delete(node);
	}

	/** Policies that are part of any conflict. */
	conflicted(): ReadonlySet<string> {
		return new Set([...this.#conflicts.values()].flat());
	}

	/** Conflicts that a policy is part of, by node. */
	conflictsOf(policy: string): readonly (readonly [node: string, policies: readonly string[]])[] {
		return [...this.#conflicts].filter(([, names]) => names.includes(policy)).sort(([a], [b]) => (a < b ? -1 : 1));
	}

	/** How many nodes wait for a taint of a policy that the breaker stopped. */
	waitingFor(policy: string): number {
		let count = 0;
		for (const names of this.#waiting.values()) if (names.includes(policy)) count++;
		return count;
	}

	/** Nothing of a policy is remembered. */
	forget({ uid }: ClusterPolicy): void {
		this.#tainted.delete(uid);
	}

	/**
	 * Brings every node that something changed on to what the policies say. Resolves to false where a node was written by somebody else
	 * meanwhile and has to be looked at again.
	 */
	async run(policies: readonly PolicyOverNodes[], signal: AbortSignal): Promise<boolean> {
		return this.alone(() => this.#run(policies, signal));
	}

	/** Runs a task while no node is being written: two would decide on one version of a node, and the second be refused. */
	async alone<T>(task: () => Promise<T>): Promise<T> {
		const run = this.#running.then(task, task);
		this.#running = run;
		return run;
	}

	async #run(policies: readonly PolicyOverNodes[], signal: AbortSignal): Promise<boolean> {
		signal.throwIfAborted();
		const { view, judgements } = this.#options;
		await judgements.refresh(policies, signal);
		const names = [...this.#dirty].sort();
		const found: { readonly node: ClusterNode; readonly wishes: readonly MarkWish[]; readonly asked: boolean }[] = [];
		for (const [i, name] of names.entries()) {
			if (i % stretch === stretch - 1) await new Promise<void>((resolve) => setImmediate(resolve));
			const node = view.node(name);
			// What changed while we look has its policies look again.
			if (node && judgements.isOutdated(name, policies)) continue;
			this.#dirty.delete(name);
			if (!node) {
				this.#conflicts.delete(name);
				this.#waiting.delete(name);
				this.#created.delete(name);
				continue;
			}
			const selecting = policies.filter((policy) => selects(policy, node));
			found.push({ node, wishes: this.#wishes(node, selecting), asked: selecting.length > 0 });
		}
		let clean = true;
		let failure: unknown = null;
		let held: ReadonlySet<string> = new Set();
		try {
			held = await this.#heldBack(policies, found, signal);
		} catch (error) {
			// A taint that may have to be stopped is not set.
			for (const { node } of found) this.#dirty.add(node.name);
			throw error;
		}
		await eachAtOnce(found, writesAtOnce, async ({ node, wishes, asked }) => {
			// What was refused once is refused again: the rest waits for the next try.
			if (failure !== null || signal.aborted) {
				this.#dirty.add(node.name);
				return;
			}
			try {
				await this.#keepReport(node, asked, signal);
				if (!(await this.#mark(node, wishes, policies, held, signal))) clean = false;
			} catch (error) {
				this.#dirty.add(node.name);
				failure ??= error;
			}
		});
		if (failure !== null) throw failure;
		return clean;
	}

	/** What the Enforce policies say of a node. */
	#wishes(node: ClusterNode, selecting: readonly PolicyOverNodes[]): readonly MarkWish[] {
		const enforced = selecting.filter((policy) => policy.enforced);
		if (enforced.length === 0) {
			this.#conflicts.delete(node.name);
			return [];
		}
		const conflict = enforced.length > 1 ? this.#conflictOn(node, enforced) : [];
		if (conflict.length > 0) this.#conflicts.set(node.name, conflict);
		else this.#conflicts.delete(node.name);
		const { judgements, breaker } = this.#options;
		return enforced.map((policy) => ({
			policy: policy.name,
			verdict: judgements.on(policy, node.name),
			taint: policy.taint,
			hold: policy.owner.suspended ? 'Everything' : breaker.halted(policy.owner) ? 'Additions' : 'Nothing',
		}));
	}

	#conflictOn(node: ClusterNode, enforced: readonly PolicyOverNodes[]): readonly string[] {
		const facts = this.#options.view.facts(node);
		if (facts.state === 'missing') return [];
		return leaveNothing(
			enforced.map((policy) => ({ name: policy.name, verdicts: deviceVerdicts(policy, facts) })),
			facts,
		);
	}

	/** Policies whose further taints the breaker stops. What it has stopped is written down before any node is. */
	async #heldBack(
		policies: readonly PolicyOverNodes[],
		found: readonly { readonly node: ClusterNode; readonly wishes: readonly MarkWish[] }[],
		signal: AbortSignal,
	): Promise<ReadonlySet<string>> {
		const held = new Set<string>();
		if (!this.#options.manage) return held;
		const wanted = new Map<string, string[]>();
		for (const { node, wishes } of found) {
			this.#waiting.delete(node.name);
			if (this.#conflicts.has(node.name)) continue;
			const free = wishes.map((wish) => (wish.hold === 'Additions' ? { ...wish, hold: 'Nothing' as const } : wish));
			for (const policy of decideMarks(node, free)?.tainting ?? []) {
				const names = wanted.get(policy);
				if (names) names.push(node.name);
				else wanted.set(policy, [node.name]);
			}
		}
		for (const policy of policies) {
			const names = wanted.get(policy.name);
			if (!names) continue;
			if (await this.mayTaint(policy, names, signal)) continue;
			held.add(policy.name);
			for (const name of names) this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), policy.name]);
		}
		return held;
	}

	/** When nodes were tainted for a policy, or devices of them: by us, and by a controller before us. */
	#taintedAt({ name, owner }: PolicyOverNodes): ReadonlyMap<string, number> {
		const { view, clock } = this.#options;
		const own = this.#tainted.get(owner.uid) ?? new Map<string, number>();
		for (const [node, at] of own) if (clock() - at >= breakerWindowMs) own.delete(node);
		const times = new Map(own);
		const note = (node: string, at: number | null): void => {
			if (at !== null && !times.has(node)) times.set(node, at);
		};
		for (const node of view.nodes()) if (node.marks !== null) note(node.name, taintedAt(node, name));
		for (const { object, createdAt } of view.own(policyLabelValue(name)).rules) {
			if ('deviceSelector' in object.spec) note(object.spec.deviceSelector.pool, createdAt);
		}
		return times;
	}

	/** Whether a policy may taint these nodes, or devices of them. If not, that is written down, so that it stays so until a person says otherwise. */
	async mayTaint(policy: PolicyOverNodes, names: readonly string[], signal: AbortSignal): Promise<boolean> {
		const { breaker, judgements } = this.#options;
		if (breaker.halted(policy.owner)) return false;
		const selected = judgements.selected(policy);
		const wanted = new Set(names);
		const others = [...this.#taintedAt(policy)].flatMap(([node, at]) => (wanted.has(node) ? [] : at));
		if (breaker.allows(policy.owner, wanted.size, others, selected)) {
			for (const name of wanted) this.#noteTaint(policy.owner.uid, name);
			return true;
		}
		const message = `${wanted.size} more of ${selected} selected nodes would be tainted, within five minutes over half of them in all: none of these is; \`gpupolicy resume ${policy.name}\` goes on`;
		await breaker.halt(policy.owner, message, signal);
		return false;
	}

	async #keepReport(node: ClusterNode, asked: boolean, signal: AbortSignal): Promise<void> {
		const { cluster, view, now } = this.#options;
		const report = view.report(node.name);
		if (report) {
			this.#created.delete(node.name);
			if (!asked && report.ours) await deleteReport(cluster, report, signal);
			return;
		}
		const created = this.#created.get(node.name);
		if (!asked || node.deleting || (created?.uid === node.uid && now() - created.at < createdMs)) return;
		if (await createReport(cluster, node, signal)) this.#created.set(node.name, { uid: node.uid, at: now() });
	}

	async #mark(
		node: ClusterNode,
		wishes: readonly MarkWish[],
		policies: readonly PolicyOverNodes[],
		held: ReadonlySet<string>,
		signal: AbortSignal,
	): Promise<boolean> {
		const { cluster, view, events, manage } = this.#options;
		// With no device left usable the last verdict stays in force.
		if (!manage || node.deleting || this.#conflicts.has(node.name)) return true;
		const change = decideMarks(
			node,
			wishes.map((wish) => (held.has(wish.policy) && wish.hold === 'Nothing' ? { ...wish, hold: 'Additions' as const } : wish)),
			this.#options.clock(),
		);
		if (!change) return true;
		const written = await markNode(cluster, node, change, signal);
		if (written === 'Gone') return true;
		if (written === 'Conflict') {
			this.#dirty.add(node.name);
			return false;
		}
		view.wrote(node, written);
		for (const name of change.tainting) {
			const policy = policies.find((one) => one.name === name);
			if (!policy) continue;
			events?.record({
				regarding: { apiVersion: 'v1', kind: 'Node', metadata: { name: node.name, uid: node.uid } },
				type: 'Warning',
				reason: 'ForbiddenDevice',
				action: 'Taint',
				note: `GpuPolicy ${name} finds a forbidden device exposed: tainted with ${policy.taint?.key ?? ''}:${policy.taint?.effect ?? ''}`,
			});
		}
		return true;
	}

	#noteTaint(uid: string, node: string): void {
		const nodes = this.#tainted.get(uid) ?? new Map<string, number>();
		this.#tainted.set(uid, nodes.set(node, this.#options.clock()));
	}
}
