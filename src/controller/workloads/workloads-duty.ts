import { judgeWorkloads, type RemediationNote, tally, workloadsStatus } from '../../core/status/workloads-converged.ts';
import { type PodDemand, podDemand } from '../../core/workloads/demand.ts';
import { type PodJudge, podJudge } from '../../core/workloads/judge-pod.ts';
import { ownerKey } from '../../core/workloads/owner.ts';
import { type ReservedNamespaces, reservedNamespaces } from '../../core/workloads/pod-scope.ts';
import type { RunningPod } from '../../core/workloads/running-pod.ts';
import type { ClusterPolicy, DutyContext, DutyOutcome, RunningDuty } from '../duty.ts';
import { DeviceHoldings, type Holds, judgesHeldDevices } from './device-holdings.ts';
import { Memory } from './memory.ts';
import { ObservedWorkloads } from './observed-workloads.ts';
import { type RemediationClock, remediate } from './remediation.ts';

export interface WorkloadsDutySettings extends RemediationClock {
	readonly reserved?: ReservedNamespaces;
	/** How long changes are gathered at least before a policy is looked at again, in milliseconds; default 500. */
	readonly gatherMs?: number;
}

/** Changes are gathered so many times as long as looking at the policies takes that wait: under any storm judging takes a tenth of a core. */
const gatherShare = 10;
const maxGatherMs = 30_000;

/** An owner that is not available ten minutes after we touched it has failed: the progress deadline of a Deployment by default. */
export const availableWithinMs = 600_000;

/** A policy that was reconciled, prepared for the next time. */
interface Known {
	readonly uid: string;
	readonly digest: string;
	readonly demand: PodDemand;
	readonly judge: PodJudge;
	readonly memory: Memory;
	/** It says something of devices, so that what pods hold counts. */
	readonly devices: boolean;
	/** Remediation is at work: owners matter too. */
	active: boolean;
	/** It leaves owners alone: why it does matters. */
	leavesOwners: boolean;
}

/** Says which running pods are not as a policy demands, and has their owners replace them where it asks for that. */
export class WorkloadsDuty implements RunningDuty {
	readonly name = 'workloads';
	readonly #context: DutyContext;
	readonly #settings: WorkloadsDutySettings;
	readonly #known = new Map<string, Known>();
	readonly #timers = new Map<string, NodeJS.Timeout>();
	#observed: ObservedWorkloads | undefined;
	readonly #holdings: DeviceHoldings;
	/** How long it takes to judge all pods by one policy, and to decide what to do about them, milliseconds; a moving average. */
	#passMs = 0;

	constructor(context: DutyContext, settings: WorkloadsDutySettings) {
		this.#context = context;
		this.#settings = settings;
		this.#holdings = new DeviceHoldings(context.cluster, context.watcher, () => {
			for (const [name, { devices }] of this.#known) if (devices) this.#wake(name);
		});
	}

	async reconcile(policy: ClusterPolicy, signal: AbortSignal): Promise<DutyOutcome> {
		const demand = podDemand(policy.object, policy.digest);
		if (!demand) {
			this.#forget(policy.name);
			return { condition: null };
		}
		const known = this.#prepare(policy, demand);
		const observed = this.#observe();
		await this.#holdings.open(policy);
		const trouble = observed.trouble ?? this.#holdings.trouble(policy);
		const stalled = trouble?.failure === 'Forbidden' ? { reason: 'Forbidden' as const, message: trouble.message } : undefined;
		if (!observed.listed || !this.#holdings.listed(policy)) {
			const message = trouble?.message ?? 'the pods of the cluster are being listed';
			return {
				condition: { type: 'WorkloadsConverged', reason: 'NotYetObserved', message },
				...(stalled ? { stalled } : { progressing: { reason: trouble ? 'ProgressingWithRetry' : 'Progressing', message } }),
			};
		}
		const began = this.#settings.elapsed();
		const found = tally(this.#judged(known, observed, this.#holdings.judge(policy)));
		const judgedInMs = this.#settings.elapsed() - began;
		const owner = ownerNames(observed);
		const outcome = (note: RemediationNote): DutyOutcome => {
			const { type, reason, message } = judgeWorkloads(demand, found, owner, note);
			return { condition: { type, reason, message }, status: { workloads: workloadsStatus(demand, found) } };
		};
		if (trouble) {
			const message = `pods are judged as they were last seen: ${trouble.message}`;
			const standing = outcome({ failed: null, notes: [] });
			return { ...standing, ...(stalled ? { stalled } : { progressing: { reason: 'ProgressingWithRetry', message } }) };
		}
		// What changes while it is decided counts too.
		known.active = true;
		const {
			note,
			decidedInMs = 0,
			leavesOwners,
			...result
		} = await remediate(this.#context, observed, known.memory, this.#settings, policy, demand, found, signal);
		this.#passMs += (judgedInMs + decidedInMs - this.#passMs) / 8;
		known.leavesOwners = leavesOwners === true;
		known.active = result.progressing !== undefined || result.stalled !== undefined || note.failed !== null;
		return { ...outcome(note), ...result };
	}

	/**
	 * Restart annotations stay on the owners, as those of `kubectl rollout restart` do: taking them off would restart the pods once more.
	 * What remediation remembers stands on the policy itself.
	 */
	async cleanUp(policy: ClusterPolicy): Promise<void> {
		this.#forget(policy.name);
	}

	async stop(): Promise<void> {
		for (const timer of this.#timers.values()) clearTimeout(timer);
		this.#timers.clear();
		this.#known.clear();
		await this.#observed?.stop();
		await this.#holdings.stop();
	}

	#prepare({ name, uid, digest, object }: ClusterPolicy, demand: PodDemand): Known {
		const standing = this.#known.get(name);
		if (standing?.uid === uid && standing.digest === digest) return standing;
		const judge = podJudge(demand, this.#settings.reserved ?? reservedNamespaces);
		const memory = standing?.uid === uid ? standing.memory : new Memory(() => this.#settings.elapsed());
		const devices = judgesHeldDevices({ object });
		const active = standing?.active ?? false;
		const known: Known = { uid, digest, demand, judge, memory, devices, active, leavesOwners: false };
		this.#known.set(name, known);
		return known;
	}

	#forget(policy: string): void {
		this.#known.delete(policy);
		clearTimeout(this.#timers.get(policy));
		this.#timers.delete(policy);
	}

	/** Nothing is watched before a policy asks for it. */
	#observe(): ObservedWorkloads {
		this.#observed ??= new ObservedWorkloads(this.#context.watcher, {
			pod: (before, after) => this.#podChanged(before, after),
			owner: (reasons) => {
				for (const [name, { active, leavesOwners }] of this.#known) if (active || (leavesOwners && reasons)) this.#wake(name);
			},
			everything: () => {
				for (const name of this.#known.keys()) this.#wake(name);
			},
		});
		return this.#observed;
	}

	*#judged({ judge }: Known, observed: ObservedWorkloads, holds: Holds): Iterable<readonly [RunningPod, ReturnType<PodJudge>]> {
		for (const pod of observed.pods()) {
			const namespace = observed.namespace(pod.namespace);
			// Its namespace is about to be told: until then nobody knows who selects the pod.
			if (namespace) yield [pod, judge(pod, namespace, holds(pod.uid))];
		}
	}

	#podChanged(before: RunningPod | undefined, after: RunningPod | undefined): void {
		const observed = this.#observed;
		const name = (after ?? before)?.namespace;
		// While the pods are being listed every policy waits for the end of it.
		if (!observed?.listed || name === undefined) return;
		const namespace = observed.namespace(name);
		for (const [policy, { judge, active }] of this.#known) {
			if (this.#timers.has(policy)) continue;
			const concerns = (pod: RunningPod | undefined): boolean =>
				pod !== undefined && namespace !== undefined && judge(pod, namespace).state !== 'NotSelected';
			if (active || namespace === undefined || concerns(before) || concerns(after)) this.#wake(policy);
		}
	}

	/** Gathers changes: pods come and go by hundreds. */
	#wake(policy: string): void {
		if (this.#timers.has(policy)) return;
		const share = Math.min(maxGatherMs, gatherShare * this.#passMs * (this.#timers.size + 1));
		const timer = setTimeout(
			() => {
				this.#timers.delete(policy);
				this.#context.requeue(policy);
			},
			Math.max(this.#settings.gatherMs ?? 500, share),
		);
		this.#timers.set(policy, timer);
	}
}

/** How owners are named; those that cannot be told by the pod itself. */
function ownerNames(observed: ObservedWorkloads): (pod: RunningPod) => string {
	return (pod) => {
		const owner = observed.owner(pod);
		if (owner === null) return `Pod ${pod.namespace}/${pod.name}`;
		return owner.kind === 'Node' ? `Node ${owner.name}` : ownerKey(owner);
	};
}
