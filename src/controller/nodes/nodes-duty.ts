import { foldNodes } from '../../core/nodes/fold-nodes.ts';
import { judgeNode, type NodeVerdict } from '../../core/nodes/judge-node.ts';
import type { ClusterNode } from '../../core/nodes/node.ts';
import { decideMarks, taints } from '../../core/nodes/node-marks.ts';
import { type Cluster, ClusterError, type Watcher } from '../../core/ports/cluster.ts';
import type { EventRecorder } from '../../core/ports/events.ts';
import { managedBy, managedByLabel, policyLabel, policyLabelValue } from '../admission/names.ts';
import { eachAtOnce } from '../admission/pause.ts';
import type { ClusterPolicy, Duty, DutyOutcome } from '../duty.ts';
import { Breaker } from './breaker.ts';
import { applyDra } from './converge-dra.ts';
import { type DraObject, devicesOf } from './dra-objects.ts';
import { type DraPlan, DraPlanner, deviceTaint } from './dra-planner.ts';
import { Judgements } from './judgements.ts';
import { deleteReport } from './keep-report.ts';
import { markNode } from './mark-node.ts';
import { type KeptDevices, type PolicyOverNodes, policyOverNodes, selects } from './node-policy.ts';
import { NodeView } from './node-view.ts';
import { readNode } from './read-node.ts';
import { readReport } from './read-report.ts';
import { gpuNodeReports, nodes } from './resources.ts';
import { Sweep } from './sweep.ts';

export interface NodesDutyOptions {
	readonly cluster: Cluster;
	readonly watcher: Watcher;
	/** Every policy of the cluster as it stands now. Must be complete before the first `reconcile`. */
	readonly policies: () => Iterable<ClusterPolicy>;
	/** Has a policy looked at (again), because something changed on its nodes. */
	readonly wake: (policy: string) => void;
	readonly events?: EventRecorder;
	/** How often an agent writes its report when nothing changes, in milliseconds; default 5 min. Stale after three. */
	readonly heartbeatMs?: number;
	/** Label and taint nodes, keep DeviceClasses and DeviceTaintRules; default true. False: report only. */
	readonly manage?: boolean;
	/** A monotonic clock in milliseconds, for tests. */
	readonly now?: () => number;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	/** A word that nobody can guess, for a halt. */
	readonly token: () => string;
}

const writesAtOnce = 16;
const retryMs = 1_000;
const failedRetryMs = 5_000;
const blindRetryMs = 30_000;
/** It went while we looked. */
const goneNode: NodeVerdict = {
	verdict: 'Unknown',
	reason: 'NotYetObserved',
	source: null,
	message: 'gone',
	evidence: '',
	violations: [],
};
const noDra: DraPlan = { classes: [], rules: [], notes: [] };

/** Judges nodes by the best facts there are, folds them into the status, and marks them where the policy says so. */
export class NodesDuty implements Duty {
	readonly name = 'nodes';
	readonly #options: NodesDutyOptions;
	readonly #view: NodeView;
	readonly #breaker: Breaker;
	readonly #sweep: Sweep;
	readonly #judgements: Judgements;
	readonly #planner: DraPlanner;
	readonly #last = new Map<string, DutyOutcome>();
	/** Devices that the taint rules of a policy keep claims from, with their pools, once they were applied; by policy. */
	readonly #taintedDevices = new Map<string, ReadonlyMap<string, string>>();
	/** The same from what stands on the server, for policies whose rules were not looked at since we lead; by policy label. */
	readonly #standingDevices = new Map<string, ReadonlyMap<string, string>>();
	/** What every policy was when its nodes were last looked at. */
	readonly #stamps = new Map<string, { readonly stamp: string; readonly policy: PolicyOverNodes | null }>();

	constructor(options: NodesDutyOptions) {
		this.#options = options;
		const now = options.now ?? (() => performance.now());
		this.#view = new NodeView({
			cluster: options.cluster,
			watcher: options.watcher,
			heartbeatMs: options.heartbeatMs ?? 300_000,
			now,
			onNode: (name, before) => this.#onNode(name, before),
			onReportGone: (name) => this.#sweep.reportGone(name),
			onOwn: (label) => {
				this.#standingDevices.delete(label);
				this.#wakeWhere((policy) => policyLabelValue(policy.name) === label);
			},
			onTrouble: () => this.#wakeWhere(() => true),
		});
		const { cluster, events, clock, token } = options;
		this.#breaker = new Breaker({ cluster, events, clock, token });
		this.#judgements = new Judgements(this.#view);
		this.#planner = new DraPlanner(this.#view);
		this.#sweep = new Sweep({
			cluster,
			view: this.#view,
			judgements: this.#judgements,
			breaker: this.#breaker,
			events,
			manage: options.manage ?? true,
			now,
			clock,
		});
	}

	async reconcile(policy: ClusterPolicy, signal: AbortSignal): Promise<DutyOutcome> {
		// Taints, labels, classes and conditions of a suspended policy stay as they are.
		if (policy.suspended) return this.#last.get(policy.uid) ?? notYet('the policy is suspended');
		const outcome = await this.#reconcile(policy, signal);
		this.#last.set(policy.uid, outcome);
		return outcome;
	}

	/** Ends the watches. */
	async stop(): Promise<void> {
		await this.#view.stop();
	}

	async #reconcile(policy: ClusterPolicy, signal: AbortSignal): Promise<DutyOutcome> {
		const own = this.#overNodes(policy);
		const blindness = await this.#view.settled(signal);
		if (!this.#view.seen) {
			const trouble = blindness ? inTrouble(blindness, blindRetryMs) : {};
			return own || blindness ? { ...notYet(blindness?.message ?? 'nodes are being read'), ...trouble } : { condition: null };
		}
		let failure: Pick<DutyOutcome, 'stalled' | 'progressing' | 'requeueAfterMs'> = blindness
			? inTrouble(blindness, blindRetryMs)
			: {};
		let notes: readonly string[] = [];
		try {
			if (own?.taint) await this.#breaker.answer(policy, signal);
			await this.#judgeAll(signal);
			notes = await this.#converge(policy, own, signal);
			if (!(await this.#sweepAll(signal))) failure = { ...failure, requeueAfterMs: retryMs };
		} catch (error) {
			// What is known is told also when it cannot be acted on.
			if (!(error instanceof ClusterError) || error.failure === 'Aborted') throw error;
			failure = inTrouble(error, error.retryAfterMs ?? failedRetryMs);
		}
		if (!own) return { condition: null, ...failure };
		return this.#outcome(own, notes, failure);
	}

	async cleanUp(policy: ClusterPolicy, signal: AbortSignal): Promise<void> {
		const blindness = await this.#view.settled(signal);
		if (!this.#view.seen) throw blindness ?? new Error('nodes are not read yet');
		await this.#removeDra(policy, signal);
		const open = await this.#sweep.alone(() => this.#releaseAll(policy, signal));
		if (open > 0) throw new Error(`${open} nodes were written by somebody else meanwhile`);
		// Those that it contradicted are free now.
		for (const name of new Set(this.#sweep.conflictsOf(policy.name).flatMap(([, names]) => names))) this.#options.wake(name);
		this.#breaker.forget(policy);
		this.#sweep.forget(policy);
		this.#planner.forget(policy.uid);
		this.#last.delete(policy.uid);
		this.#stamps.delete(policy.name);
		this.#taintedDevices.delete(policy.name);
	}

	/** Gives how many nodes have to be looked at again. */
	async #releaseAll(policy: ClusterPolicy, signal: AbortSignal): Promise<number> {
		const { cluster, manage = true } = this.#options;
		const others = this.#allOverNodes().filter(({ owner }) => owner.uid !== policy.uid);
		const wasOver = policyOverNodes({ ...policy, deleting: false }, () => new Map());
		// From the server itself: what a controller before us wrote last may not have reached our copy.
		const live = (await cluster.list(nodes, { signal })).map(readNode);
		const concerned = live.filter((node) => taints(node, policy.name) || (wasOver !== null && selects(wasOver, node)));
		for (const { name } of concerned) this.#sweep.add(name);
		const released = manage ? await eachAtOnce(concerned, writesAtOnce, (node) => this.#release(node, others, signal)) : [];
		await this.#removeReports(live, others, signal);
		return released.filter((done) => !done).length;
	}

	/** Takes from a node what only the policy wanted there. */
	async #release(node: ClusterNode, others: readonly PolicyOverNodes[], signal: AbortSignal): Promise<boolean> {
		const facts = this.#view.facts(node);
		const wishes = others
			.filter((other) => other.enforced && selects(other, node))
			.map((other) => ({
				policy: other.name,
				verdict: judgeNode(node.name, other, facts).verdict,
				taint: other.taint,
				// Nothing new is begun on the way out.
				hold: 'Everything' as const,
			}));
		const change = decideMarks(node, wishes);
		if (!change) return true;
		const written = await markNode(this.#options.cluster, node, change, signal);
		if (written === 'Conflict') return false;
		if (written !== 'Gone') this.#view.wrote(node, written);
		return true;
	}

	async #removeDra(policy: ClusterPolicy, signal: AbortSignal): Promise<void> {
		const { cluster, manage = true } = this.#options;
		const { dra } = this.#view;
		if (!dra || !manage) return;
		const labelSelector = `${managedByLabel}=${managedBy},${policyLabel}=${policyLabelValue(policy.name)}`;
		for (const resource of dra.taintRules ? [dra.taintRules, dra.classes] : [dra.classes]) {
			for (const { metadata } of await cluster.list(resource, { labelSelector, signal })) {
				await cluster.delete(resource, { name: metadata.name }, { ...(metadata.uid ? { uid: metadata.uid } : {}), signal });
			}
		}
	}

	async #removeReports(live: readonly ClusterNode[], others: readonly PolicyOverNodes[], signal: AbortSignal): Promise<void> {
		const { cluster } = this.#options;
		const wanted = new Set(live.filter((node) => others.some((other) => selects(other, node))).map(({ name }) => name));
		const reports = await cluster.list(gpuNodeReports, { labelSelector: `${managedByLabel}=${managedBy}`, signal });
		const gone = reports.map(readReport).filter(({ name }) => !wanted.has(name));
		await eachAtOnce(gone, writesAtOnce, (report) => deleteReport(cluster, report, signal));
	}

	/** DRA objects of one policy; returns what is to be said about them. */
	async #converge(policy: ClusterPolicy, own: PolicyOverNodes | null, signal: AbortSignal): Promise<readonly string[]> {
		const { cluster, manage = true } = this.#options;
		const { dra } = this.#view;
		if (!dra || !manage || !this.#view.draSeen) return [];
		const label = policyLabelValue(policy.name);
		const standing = this.#view.own(label).rules.map(({ object }) => object);
		if (!own?.enforced) {
			this.#planner.forget(policy.uid);
			await applyDra(cluster, this.#view, policy, noDra, signal);
			this.#keepFrom(policy.name, []);
			return [];
		}
		// Where policies contradict each other what stands stays.
		if (this.#sweep.conflictsOf(policy.name).length > 0) {
			this.#keepFrom(policy.name, standing);
			return [];
		}
		const tick = this.#view.ownTick(label);
		const plan = this.#planner.plan(own);
		if (plan) {
			const rules = await this.#withinBreaker(own, plan, standing, signal);
			const writes = await applyDra(cluster, this.#view, policy, { ...plan, rules }, signal);
			// After a write the watch has us look again: whoever was at work meanwhile is not missed.
			if (writes === 0 && rules === plan.rules) this.#planner.settle(own, tick);
			if (dra.taintRules) this.#keepFrom(policy.name, rules);
		}
		return this.#planner.notes(own);
	}

	/** The rules that may stand: where they would reach over half of the nodes within five minutes, none is added. */
	async #withinBreaker(
		policy: PolicyOverNodes,
		{ rules }: DraPlan,
		standing: readonly DraObject[],
		signal: AbortSignal,
	): Promise<readonly DraObject[]> {
		if (deviceTaint(policy) === null || !this.#view.dra?.taintRules) return rules;
		const live = new Set(standing.map(({ name }) => name));
		const added = new Set(
			rules.flatMap(({ name, spec }) => (!live.has(name) && 'deviceSelector' in spec ? spec.deviceSelector.pool : [])),
		);
		if (added.size === 0 || (await this.#sweep.mayTaint(policy, [...added], signal))) return rules;
		return rules.filter(({ name }) => live.has(name));
	}

	#keepFrom(policy: string, rules: readonly DraObject[]): void {
		const devices = devicesOf(rules);
		const before = this.#taintedDevices.get(policy) ?? new Map<string, string>();
		const pools = new Set([...devices, ...before].flatMap(([key, pool]) => (devices.has(key) === before.has(key) ? [] : pool)));
		if (pools.size === 0 && this.#taintedDevices.has(policy)) return;
		this.#taintedDevices.set(policy, devices);
		for (const pool of pools) for (const node of this.#view.nodesOfPool(pool)) this.#sweep.add(node);
	}

	/** Brings every verdict up to date. */
	async #judgeAll(signal: AbortSignal): Promise<void> {
		const policies = this.#lookRound();
		await this.#sweep.alone(() => this.#judgements.refresh(policies, signal));
	}

	/** Every policy over nodes, and what changed since with time or with them. */
	#lookRound(): readonly PolicyOverNodes[] {
		this.#view.expire();
		const policies = this.#allOverNodes();
		this.#noticePolicies(policies);
		return policies;
	}

	async #sweepAll(signal: AbortSignal): Promise<boolean> {
		const policies = this.#lookRound();
		const before = this.#sweep.conflicted();
		const clean = await this.#sweep.run(policies, signal);
		const after = this.#sweep.conflicted();
		for (const name of new Set([...before, ...after])) if (before.has(name) !== after.has(name)) this.#options.wake(name);
		return clean;
	}

	/** Nodes of a policy that appeared, changed or went away are looked at again. */
	#noticePolicies(policies: readonly PolicyOverNodes[]): void {
		const changed: (PolicyOverNodes | null)[] = [];
		const standing = new Set<string>();
		for (const policy of policies) {
			const { uid, generation, suspended } = policy.owner;
			const stamp = [uid, generation, suspended, this.#breaker.halted(policy.owner)].join(' ');
			const before = this.#stamps.get(policy.name);
			standing.add(policy.name);
			if (before?.stamp === stamp) continue;
			this.#stamps.set(policy.name, { stamp, policy });
			changed.push(policy, before?.policy ?? null);
		}
		for (const [name, { policy }] of this.#stamps) {
			if (standing.has(name)) continue;
			this.#stamps.delete(name);
			changed.push(policy);
		}
		if (changed.length === 0) return;
		this.#judgements.keep(policies);
		for (const node of this.#view.nodes()) {
			// What an earlier controller left behind is found by its annotation.
			if (node.marks !== null || changed.some((policy) => policy && selects(policy, node))) this.#sweep.add(node.name);
		}
	}

	#outcome(
		own: PolicyOverNodes,
		notes: readonly string[],
		failure: Pick<DutyOutcome, 'stalled' | 'progressing' | 'requeueAfterMs'>,
	): DutyOutcome {
		const explain = (name: string): NodeVerdict => {
			const node = this.#view.node(name);
			return node ? judgeNode(name, own, this.#view.facts(node)) : goneNode;
		};
		const { condition, status } = foldNodes(this.#judgements.of(own), explain);
		const requeue = [failure.requeueAfterMs, this.#view.nextStaleInMs()].filter((ms) => typeof ms === 'number');
		const stalled = failure.stalled ?? this.#stalled(own, status.total ?? 0);
		return {
			condition: { type: 'NodesValidated', reason: condition.reason, message: [condition.message, ...notes].join('; ') },
			status: { nodes: status },
			...(stalled ? { stalled } : {}),
			...(failure.progressing ? { progressing: failure.progressing } : {}),
			...(requeue.length > 0 ? { requeueAfterMs: Math.ceil(Math.min(...requeue)) + 1 } : {}),
		};
	}

	#stalled({ name, owner }: PolicyOverNodes, total: number): DutyOutcome['stalled'] | null {
		const conflicts = this.#sweep.conflictsOf(name);
		const first = conflicts[0];
		if (first) {
			const [node, policies] = first;
			const more = conflicts.length > 1 ? ` and of ${conflicts.length - 1} more nodes` : '';
			const message = `policies ${policies.join(' and ')} together leave no device of node ${node}${more} usable; the last verdict stays there`;
			return { reason: 'ConflictingPolicies', message };
		}
		const waiting = this.#breaker.halted(owner) ? this.#sweep.waitingFor(name) : 0;
		if (waiting === 0) return null;
		const message = `${waiting} of ${total} selected nodes wait for a taint: within five minutes over half of the nodes would have been tainted; \`gpupolicy resume ${name}\` goes on`;
		return { reason: 'RemediationHalted', message };
	}

	#overNodes(policy: ClusterPolicy): PolicyOverNodes | null {
		return policyOverNodes(policy, () => this.#kept(policy));
	}

	/** Asked for at each judgement: rules are applied within the pass that needs them. */
	#kept(policy: ClusterPolicy): KeptDevices {
		const applied = this.#taintedDevices.get(policy.name);
		if (applied) return applied;
		const label = policyLabelValue(policy.name);
		const standing = this.#standingDevices.get(label) ?? devicesOf(this.#view.own(label).rules.map(({ object }) => object));
		this.#standingDevices.set(label, standing);
		return standing;
	}

	#allOverNodes(): readonly PolicyOverNodes[] {
		return [...this.#options.policies()].flatMap((policy) => this.#overNodes(policy) ?? []);
	}

	#onNode(name: string, before?: ClusterNode): void {
		this.#sweep.add(name);
		if (!this.#view.seen) return;
		const node = this.#view.node(name);
		this.#wakeWhere(({ object }) => {
			const block = object.spec?.nodes;
			return block !== undefined && [before, node].some((one) => one && selects({ block }, one));
		});
	}

	#wakeWhere(concerned: (policy: ClusterPolicy) => boolean): void {
		for (const policy of this.#options.policies()) if (concerned(policy)) this.#options.wake(policy.name);
	}
}

function notYet(message: string): DutyOutcome {
	return { condition: { type: 'NodesValidated', reason: 'NotYetObserved', message } };
}

/** Only a person gives a right, or settles whose a field is; everything else is tried again. */
function inTrouble(
	{ failure, message }: ClusterError,
	requeueAfterMs: number,
): Pick<DutyOutcome, 'stalled' | 'progressing' | 'requeueAfterMs'> {
	if (failure === 'Forbidden' || failure === 'FieldManagerConflict')
		return { stalled: { reason: failure, message }, requeueAfterMs: Math.max(requeueAfterMs, blindRetryMs) };
	return { progressing: { reason: 'ProgressingWithRetry', message }, requeueAfterMs };
}
