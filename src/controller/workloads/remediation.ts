import type { GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';
import { durationMs } from '../../core/duration.ts';
import type { ApiObject } from '../../core/ports/cluster.ts';
import type { RemediationNote, WorkloadsTally } from '../../core/status/workloads-converged.ts';
import type { PodDemand } from '../../core/workloads/demand.ts';
import { isUnmanaged } from '../../core/workloads/judge-pod.ts';
import { ownerKey } from '../../core/workloads/owner.ts';
import {
	leftAlone,
	planRemediation,
	type RemediationInput,
	type RemediationPlan,
	type RemediationSettings,
	underwayOwners,
} from '../../core/workloads/remediation-plan.ts';
import {
	evictedAnnotation,
	evictionsPatch,
	haltedAnnotation,
	haltPatch,
	liftPatch,
	readRemediationState,
} from '../../core/workloads/remediation-state.ts';
import { share } from '../../core/workloads/workload.ts';
import type { ClusterPolicy, DutyContext, DutyOutcome } from '../duty.ts';
import { gpuPolicies } from '../gpupolicy/resource.ts';
import { annotate, evict, restart, type StepResult } from './act.ts';
import { gatherFacts } from './gather-facts.ts';
import type { Memory } from './memory.ts';
import type { ObservedWorkloads } from './observed-workloads.ts';

/** What remediation came to, for the condition and for the queue. */
export interface RemediationResult extends Pick<DutyOutcome, 'stalled' | 'progressing' | 'requeueAfterMs'> {
	readonly note: RemediationNote;
	/** How long it took to decide, in milliseconds; absent where there was nothing to decide. */
	readonly decidedInMs?: number;
	/** Owners are left alone as they stand: a change of one may be what remediation waits for. */
	readonly leavesOwners?: boolean;
}

/** What does not come from the policy. */
export interface RemediationClock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Milliseconds of a monotonic clock. */
	elapsed(): number;
	/** A word that nobody can guess, for a halt. */
	token(): string;
	/** Milliseconds after which an owner that is not available again has failed. */
	readonly limitMs: number;
}

const nothing: RemediationResult = { note: { failed: null, notes: [] } };
/** Until the copy shows what was written, milliseconds. */
const settleMs = 1_000;
/** The same state was outdated, or the next pod may be free: milliseconds. */
const soonMs = 200;
const admissionMs = 2_000;
const neverMs = 60_000;
/** How long our copy is given to show what the server knows already. */
const staleMs = 1_000;
const haltedMs = 30_000;
/** How long a disruption budget is given where it does not say itself, and a refusal. */
const budgetMs = 10_000;
const refusalMs = 60_000;

/** Takes the one next step of a policy's remediation, if there is one. */
export async function remediate(
	context: Pick<DutyContext, 'cluster' | 'events'>,
	observed: ObservedWorkloads,
	memory: Memory,
	clock: RemediationClock,
	policy: ClusterPolicy,
	demand: PodDemand,
	found: WorkloadsTally,
	signal: AbortSignal,
): Promise<RemediationResult> {
	const { name } = policy;
	const { spec } = policy.object;
	if (!spec.workloads || spec.mode !== 'Enforce' || policy.suspended || policy.deleting) return nothing;
	const { type, maxUnavailable, pause } = spec.workloads.remediation;
	if (type === 'Report' || !observed.fresh || !hasWork(observed, memory, policy, found)) return nothing;

	const object = await context.cluster.get(gpuPolicies, { name }, { signal });
	if (object === null || !isSame(object, policy)) return { ...nothing, requeueAfterMs: soonMs };
	const state = readRemediationState(object.metadata.annotations ?? {});
	const programmed = admissionOf(object);
	if (state.halted === null && programmed !== 'Applies') {
		const why = 'new pods would be as wrong as the old ones';
		if (programmed === 'Never') {
			const note = `remediation does nothing while admission does not change pods: ${why}`;
			return { note: { failed: null, notes: [note] }, requeueAfterMs: neverMs };
		}
		return { ...underWay(`remediation waits until admission applies the policy, or ${why}`), requeueAfterMs: admissionMs };
	}

	const began = clock.elapsed();
	const refusesBypass = demand.bypass === 'Deny';
	const facts = gatherFacts(observed, memory, { name, digest: policy.digest, refusesBypass }, found.deviating, state);
	const settings: RemediationSettings = {
		policy: name,
		digest: policy.digest,
		type,
		budget: Math.max(1, share(maxUnavailable, found.selected, Math.ceil)),
		pauseMs: durationMs(pause),
		selected: found.selected,
		limitMs: clock.limitMs,
	};
	const now = clock.now();
	memory.begin(
		facts.evicted.length > 0 ||
			facts.owners.some(
				({ workload: { restarted } }) => restarted?.policy === name && Math.abs(now - restarted.at) < settings.pauseMs,
			),
	);
	const input: RemediationInput = { settings, now, state, owners: facts.owners, evicted: facts.evicted, memory };
	memory.see(underwayOwners(input));
	for (const { workload, deviating } of facts.owners) {
		if (deviating.length === 0 || !memory.isTakenOff(workload, policy.digest)) continue;
		const key = ownerKey(workload);
		memory.holdBack(key, `${key}: somebody else owns its pod template and took our restart off again`, refusalMs, true);
	}
	const plan = planRemediation(input);
	const left = facts.owners.filter(({ deviating }) => deviating.length > 0).flatMap((owner) => leftAlone(type, owner) ?? []);
	const notes = [
		...alone(facts.reportedOnly.length, 'pods are only reported, because nothing that we may restart replaces them'),
		...left,
	].slice(0, 5);
	const decidedInMs = clock.elapsed() - began;
	const result = await carryOut({ ...context, memory, clock, policy, object, signal }, plan);
	const refusals = memory.refusals();
	const failed = result.note.failed ?? (refusals.length > 0 ? refusals.slice(0, 3).join('; ') : null);
	return { ...result, note: { failed, notes }, decidedInMs, leavesOwners: left.length > 0 };
}

interface Step extends Pick<DutyContext, 'cluster' | 'events'> {
	readonly memory: Memory;
	readonly clock: RemediationClock;
	readonly policy: ClusterPolicy;
	/** The policy as it was read just now. */
	readonly object: ApiObject;
	readonly signal: AbortSignal;
}

async function carryOut(step: Step, plan: RemediationPlan): Promise<RemediationResult> {
	const { cluster, memory, clock, policy, object, signal } = step;
	switch (plan.state) {
		case 'Idle':
			return plan.againInMs === null ? nothing : { ...nothing, requeueAfterMs: plan.againInMs };
		case 'Forget': {
			const written = await annotate(cluster, object, evictionsPatch([]), signal);
			return written.state === 'Done' ? { ...nothing, requeueAfterMs: soonMs } : unwritten(written);
		}
		case 'Waiting':
			return { ...underWay(plan.message), requeueAfterMs: plan.againInMs };
		case 'Failed':
			tell(step, 'Warning', 'RemediationFailed', 'Remediate', plan.message);
			return { note: { failed: plan.message, notes: [] }, requeueAfterMs: haltedMs };
		case 'Halted':
			return { ...nothing, stalled: { reason: 'RemediationHalted', message: plan.message }, requeueAfterMs: haltedMs };
		case 'Halt': {
			const written = await annotate(cluster, object, haltPatch(clock.token(), clock.now()), signal);
			if (written.state !== 'Done') return unwritten(written);
			tell(step, 'Warning', 'RemediationHalted', 'Halt', plan.message);
			return { ...nothing, stalled: { reason: 'RemediationHalted', message: plan.message }, requeueAfterMs: haltedMs };
		}
		case 'Lift': {
			const written = await annotate(cluster, object, liftPatch(clock.now(), plan.last), signal);
			if (written.state !== 'Done') return unwritten(written);
			tell(step, 'Normal', 'RemediationResumed', 'Resume', `${plan.who} resumed the remediation of ${policy.name}`);
			return { ...underWay(`resumed by ${plan.who}`), requeueAfterMs: soonMs };
		}
		case 'Restart': {
			const { workload } = plan.owner;
			const key = ownerKey(workload);
			const why = { policy: policy.name, digest: policy.digest, at: clock.now() };
			const done = await restart(cluster, workload, plan.pod, why, signal);
			if (done.state !== 'Done') return refused(memory, key, `restart of ${key}`, done);
			memory.restarted(workload, done.restartText ?? '');
			tell(
				step,
				'Normal',
				'OwnerRestarted',
				'Restart',
				`restarted ${key}: ${plan.owner.deviating.length} of its pods predate the policy`,
			);
			return { ...underWay(`restarted ${key}`), requeueAfterMs: settleMs };
		}
		case 'Evict': {
			const { workload } = plan.owner;
			const pod = `${workload.namespace}/${plan.pod.name}`;
			const allowed = await evict(cluster, workload, plan.pod, { dryRun: true, signal });
			if (allowed.state !== 'Done') return refused(memory, plan.pod.uid, `eviction of ${pod}`, allowed);
			// Written down first: whoever goes on after us must know of it.
			const written = await annotate(cluster, object, evictionsPatch(plan.remember), signal);
			if (written.state !== 'Done') return unwritten(written);
			const done = await evict(cluster, workload, plan.pod, { dryRun: false, signal });
			if (done.state !== 'Done') return refused(memory, plan.pod.uid, `eviction of ${pod}`, done);
			memory.evicted(plan.pod.uid);
			tell(step, 'Normal', 'PodEvicted', 'Evict', `evicted pod ${pod} of ${ownerKey(workload)}, which predates the policy`);
			return { ...underWay(`evicted ${pod}`), requeueAfterMs: settleMs };
		}
	}
}

function underWay(message: string): RemediationResult {
	return { ...nothing, progressing: { reason: 'Progressing', message } };
}

function unwritten(result: StepResult): RemediationResult {
	const message = result.state === 'Refused' || result.state === 'HeldBack' ? result.message : null;
	return message === null
		? { ...nothing, requeueAfterMs: soonMs }
		: { note: { failed: message, notes: [] }, requeueAfterMs: refusalMs };
}

/** Leaves the owner or the pod alone for a while, so that the others get their turn. */
function refused(memory: Memory, key: string, what: string, result: StepResult): RemediationResult {
	if (result.state === 'Outdated') memory.holdBack(key, `${what}: our copy of it is behind`, staleMs, false);
	if (result.state === 'HeldBack') memory.holdBack(key, `${what}: ${result.message}`, result.retryAfterMs ?? budgetMs, false);
	if (result.state === 'Refused') memory.holdBack(key, `${what}: ${result.message}`, refusalMs, true);
	return { ...underWay('looks for what can be remediated next'), requeueAfterMs: soonMs };
}

function tell({ events, policy, object }: Step, type: 'Normal' | 'Warning', reason: string, action: string, note: string): void {
	const { apiVersion, kind } = policy.object;
	events.record({ regarding: { apiVersion, kind, metadata: object.metadata }, type, reason, action, note });
}

/** Whether there can be anything to do or to wait for; if not, nothing is asked of the server. */
function hasWork(observed: ObservedWorkloads, memory: Memory, { name, object }: ClusterPolicy, found: WorkloadsTally): boolean {
	if (found.deviating.some(({ verdict }) => !isUnmanaged(verdict.cause))) return true;
	const annotations = object.metadata.annotations ?? {};
	if (haltedAnnotation in annotations || evictedAnnotation in annotations) return true;
	for (const workload of observed.workloads()) {
		const { restarted, rollout } = memory.ahead(workload);
		if (restarted?.policy === name && rollout.state !== 'Complete') return true;
	}
	return false;
}

/** Whether the policy still is what was judged. */
function isSame({ metadata, spec }: ApiObject, policy: ClusterPolicy): boolean {
	return (
		metadata.uid === policy.uid &&
		metadata.generation === policy.generation &&
		metadata.deletionTimestamp === undefined &&
		(spec as { suspend?: boolean }).suspend !== true
	);
}

/**
 * Whether admission gives new pods the env of the policy as it stands: it does, it does not yet, or it never will as the controller or the
 * cluster is set up.
 */
function admissionOf({ metadata, status }: ApiObject): 'Applies' | 'NotYet' | 'Never' {
	const { conditions = [], admission } = (status ?? {}) as GpuPolicyStatus;
	const condition = conditions.find(({ type }) => type === 'AdmissionProgrammed');
	if (condition === undefined) return admission?.mode === 'Off' ? 'Never' : 'NotYet';
	if (condition.observedGeneration !== metadata.generation) return 'NotYet';
	if (condition.reason === 'PolicyActive' || condition.reason === 'WebhookActive') return 'Applies';
	return condition.reason === 'ValidationOnly' ? 'Never' : 'NotYet';
}

function alone(count: number, text: string): string[] {
	return count === 0 ? [] : [`${count} ${text}`];
}
