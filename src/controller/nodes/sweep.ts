import { deviceVerdicts, judgeNode } from '../../core/nodes/judge-node.ts';
import type { ClusterNode } from '../../core/nodes/node.ts';
import { decideMarks, type MarkWish } from '../../core/nodes/node-marks.ts';
import { leaveNothing } from '../../core/nodes/usable-devices.ts';
import type { Cluster } from '../../core/ports/cluster.ts';
import type { EventRecorder } from '../../core/ports/events.ts';
import { eachAtOnce } from '../admission/pause.ts';
import type { Breaker } from './breaker.ts';
import { createReport, deleteReport } from './keep-report.ts';
import { markNode } from './mark-node.ts';
import { type PolicyOverNodes, selects } from './node-policy.ts';
import type { NodeView } from './node-view.ts';

export interface SweepOptions {
	readonly cluster: Cluster;
	readonly view: NodeView;
	readonly breaker: Breaker;
	readonly events?: EventRecorder | undefined;
	/** Write labels and taints; false: nodes are reported and left alone. */
	readonly manage: boolean;
	readonly now: () => number;
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
	/** Policies that together leave no device of a node usable. */
	readonly #conflicts = new Map<string, readonly string[]>();
	readonly #created = new Map<string, { readonly uid: string; readonly at: number }>();
	#running: Promise<unknown> = Promise.resolve();

	constructor(options: SweepOptions) {
		this.#options = options;
	}

	/** Have a node looked at again. */
	add(node: string): void {
		this.#dirty.add(node);
	}

	/** Conflicts that a policy is part of, by node. */
	conflictsOf(policy: string): readonly (readonly [node: string, policies: readonly string[]])[] {
		return [...this.#conflicts].filter(([, names]) => names.includes(policy)).sort(([a], [b]) => (a < b ? -1 : 1));
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
		const { view } = this.#options;
		const names = [...this.#dirty].sort();
		const found: { readonly node: ClusterNode; readonly wishes: readonly MarkWish[]; readonly asked: boolean }[] = [];
		for (const [i, name] of names.entries()) {
			if (i % stretch === stretch - 1) await new Promise<void>((resolve) => setImmediate(resolve));
			this.#dirty.delete(name);
			const node = view.node(name);
			if (!node) {
				this.#conflicts.delete(name);
				this.#created.delete(name);
				continue;
			}
			const selecting = policies.filter((policy) => selects(policy, node));
			found.push({ node, wishes: this.#wishes(node, selecting), asked: selecting.length > 0 });
		}
		const held = this.#heldBack(policies, found);
		let clean = true;
		let failure: unknown = null;
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
		const facts = this.#options.view.facts(node);
		const judged = enforced.map((policy) => ({
			name: policy.name,
			policy,
			verdicts: facts.state === 'known' ? deviceVerdicts(policy, facts) : [],
		}));
		const conflict = leaveNothing(judged, facts);
		if (conflict.length > 0) this.#conflicts.set(node.name, conflict);
		else this.#conflicts.delete(node.name);
		return judged.map(({ policy, verdicts }) => ({
			policy: policy.name,
			verdict: judgeNode(node.name, policy, facts, verdicts).verdict,
			taint: policy.taint,
			frozen: policy.owner.suspended || this.#options.breaker.halted(policy.owner) !== null,
		}));
	}

	/** Policies whose further taints the breaker stops. */
	#heldBack(
		policies: readonly PolicyOverNodes[],
		found: readonly { readonly node: ClusterNode; readonly wishes: readonly MarkWish[] }[],
	): ReadonlySet<string> {
		const held = new Set<string>();
		if (!this.#options.manage) return held;
		const wanted = new Map<string, number>();
		for (const { node, wishes } of found) {
			if (this.#conflicts.has(node.name)) continue;
			for (const policy of decideMarks(node, wishes)?.tainting ?? []) wanted.set(policy, (wanted.get(policy) ?? 0) + 1);
		}
		for (const [name, count] of wanted) {
			const policy = policies.find((one) => one.name === name);
			if (policy && !this.#options.breaker.allows(policy.owner, count, this.#selectedBy(policy))) held.add(name);
		}
		return held;
	}

	#selectedBy(policy: PolicyOverNodes): number {
		let count = 0;
		for (const node of this.#options.view.nodes()) if (selects(policy, node)) count++;
		return count;
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
		await createReport(cluster, node, signal);
		this.#created.set(node.name, { uid: node.uid, at: now() });
	}

	async #mark(
		node: ClusterNode,
		wishes: readonly MarkWish[],
		policies: readonly PolicyOverNodes[],
		held: ReadonlySet<string>,
		signal: AbortSignal,
	): Promise<boolean> {
		const { cluster, view, breaker, events, manage } = this.#options;
		// With no device left usable the last verdict stays in force.
		if (!manage || node.deleting || this.#conflicts.has(node.name)) return true;
		const change = decideMarks(
			node,
			wishes.map((wish) => (held.has(wish.policy) ? { ...wish, frozen: true } : wish)),
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
			breaker.tainted(policy.owner);
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
}
