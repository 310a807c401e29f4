import { breakerWindowMs, type Touch, touchedPods, trips } from './breaker.ts';
import { shownDigestLength } from './messages.ts';
import { ownerKey } from './owner.ts';
import { type Eviction, maxEvictions, type RemediationState } from './remediation-state.ts';
import type { Workload } from './workload.ts';

/** What a policy asks for, in numbers. */
export interface RemediationSettings {
	readonly policy: string;
	readonly digest: string;
	readonly type: 'Restart' | 'Evict';
	/** Pods that may be down at once because of us; at least 1. */
	readonly budget: number;
	/** Milliseconds between two remediations. */
	readonly pauseMs: number;
	/** Pods that the policy selects now. */
	readonly selected: number;
	/** Milliseconds after which an owner that is not available again has failed. */
	readonly limitMs: number;
}

/** A pod that does not carry the env of the policy. */
export interface DeviatingPod {
	readonly name: string;
	readonly uid: string;
	/** Admission of this digest has not changed it: one that replaces it would comply. */
	readonly predates: boolean;
	/** `creationTimestamp`, by the clock of the API server: RFC 3339 in UTC, to the second. */
	readonly created: string;
	/** The restart annotation that it got from its template. */
	readonly restarted: string;
	/** Admission would refuse a pod like it. */
	readonly refused: boolean;
	/** Admission applied another spec of the policy to it: it came up while that one was in force. */
	readonly ofOtherSpec: boolean;
}

/** An owner with its pods that deviate, or that we restarted or evicted pods of. */
export interface OwnerFacts {
	readonly workload: Workload;
	/** Pods of it that are ready and not on their way out, by our own copy. */
	readonly ready: number;
	readonly deviating: readonly DeviatingPod[];
}

/** What this process has seen by its own monotonic clock. It may be empty at any time: nothing is done twice for lack of it. */
export interface RemediationMemory {
	/** Milliseconds for which an owner has been seen on its way back; `null` where it was not. */
	underwayMs(owner: string): number | null;
	/** Milliseconds since something was started, or was seen to have come back; infinite where nothing was. */
	readonly quietMs: number;
	/** Why an owner or pod is left alone for now (a disruption budget, a refusal); `null` where it is not. */
	heldBack(ownerOrPod: string): string | null;
	/** Whether an evicted pod was seen to be replaced. */
	replaced(uid: string): boolean;
}

export interface RemediationInput {
	readonly settings: RemediationSettings;
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly state: RemediationState;
	/** By key: no order is expected. */
	readonly owners: readonly OwnerFacts[];
	/** Evictions that took place: their pods are gone, or on their way out. */
	readonly evicted: readonly Eviction[];
	readonly memory: RemediationMemory;
}

/** The one next thing to do. */
export type RemediationPlan =
	/** Nothing left that remediation can do. `againInMs`: when evictions can be forgotten. */
	| { readonly state: 'Idle'; readonly againInMs: number | null }
	| { readonly state: 'Waiting'; readonly message: string; readonly againInMs: number }
	/** `pod`: for its sake. */
	| { readonly state: 'Restart'; readonly owner: OwnerFacts; readonly pod: DeviatingPod }
	| {
			readonly state: 'Evict';
			readonly owner: OwnerFacts;
			readonly pod: DeviatingPod;
			/** What has to be written down before: this one and those that still count. */
			readonly remember: readonly Eviction[];
	  }
	/** Evictions are written down of which none counts any more. */
	| { readonly state: 'Forget' }
	/** The breaker trips now. */
	| { readonly state: 'Halt'; readonly message: string }
	| { readonly state: 'Halted'; readonly message: string }
	/** Somebody resumed. */
	| {
			readonly state: 'Lift';
			readonly who: string /** When the last step was taken, by the clock of who did it. */;
			readonly last: number;
	  }
	/** An owner did not come back, or came back as wrong as before. */
	| { readonly state: 'Failed'; readonly message: string };

/** Milliseconds after which to look again where only an event can change something, in case it is missed. */
const lookAgainMs = 15_000;
/** Owners that one message names. */
const maxNamed = 3;

/**
 * What to do next about pods that deviate: at most one step, so that every step rests on what the one before came to.
 * A chain from what forbids the most to what forbids nothing.
 */
export function planRemediation(input: RemediationInput): RemediationPlan {
	const { settings, state, owners, now, memory } = input;
	if (state.halted !== null && state.resumedBy !== null)
		return { state: 'Lift', who: state.resumedBy, last: Math.max(0, ...touchesOf(input).map(({ at }) => at)) };
	const sorted = owners.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

	if (state.halted !== null) return { state: 'Halted', message: haltedMessage(settings.policy) };
	const underway = sorted.filter((owner) => isUnderway(input, owner));
	const failed = failuresOf(input, sorted, new Set(underway));
	if (failed.length > 0) return { state: 'Failed', message: failed.join('; ') };
	const remembered = rememberedEvictions(input);
	if (remembered.length === 0 && state.evictions.length > 0) return { state: 'Forget' };
	const candidates = sorted.flatMap((owner) => candidatesOf(input, owner));
	if (candidates.length === 0) return underway.length === 0 ? idle(now, remembered) : waitFor(underway);

	const free = candidates.find(({ owner, pod }) => isFree(input, owner, pod));
	if (free === undefined) {
		if (underway.length > 0) return waitFor(underway);
		return { state: 'Waiting', message: whyNone(input, candidates), againInMs: lookAgainMs };
	}
	if (settings.pauseMs > memory.quietMs) {
		const againInMs = Math.ceil(settings.pauseMs - memory.quietMs);
		return { state: 'Waiting', message: `pause before ${keyOf(free.owner)}`, againInMs };
	}
	const down = sum(underway.map((owner) => downOf(input, owner)));
	const cost = settings.type === 'Restart' ? free.owner.workload.atOnce : 1;
	if (down > 0 && down + cost > settings.budget) return waitFor(underway);

	const next = settings.type === 'Restart' ? Math.max(1, free.owner.workload.desired) : 1;
	const touched = touchedPods(touchesOf(input), now, state);
	if (trips(touched, next, settings.selected)) {
		const message = `${touched} of ${settings.selected} selected pods were replaced within five minutes and ${keyOf(free.owner)} would be ${next} more, over half`;
		return { state: 'Halt', message: `${message}; ${haltedMessage(settings.policy)}` };
	}
	if (settings.type === 'Restart') return { state: 'Restart', ...free };
	const kept = remembered.filter(({ uid }) => uid !== free.pod.uid);
	if (kept.length >= maxEvictions)
		return { state: 'Waiting', message: `${maxEvictions} pods were evicted within five minutes`, againInMs: lookAgainMs };
	return { state: 'Evict', ...free, remember: [...kept, evictionOf(input, free.owner, free.pod)] };
}

function idle(now: number, remembered: readonly Eviction[]): RemediationPlan {
	const last = Math.max(...remembered.map(({ at }) => at));
	return { state: 'Idle', againInMs: remembered.length === 0 ? null : Math.max(1_000, last + breakerWindowMs - now) };
}

/** What has to be remembered of one more eviction. */
function evictionOf({ settings, now, evicted }: RemediationInput, owner: OwnerFacts, { uid }: DeviatingPod): Eviction {
	const key = keyOf(owner);
	const digest = settings.digest.slice(0, shownDigestLength);
	const first = evicted.find((one) => one.owner === key && one.digest === digest);
	const created = owner.deviating.map((pod) => pod.created).sort();
	return { at: now, uid, owner: key, digest, newest: first?.newest ?? created.at(-1) ?? '' };
}

/** Keys of the owners that are on their way back from what we did to them. */
export function underwayOwners(input: RemediationInput): ReadonlySet<string> {
	return new Set(input.owners.filter((owner) => isUnderway(input, owner)).map(keyOf));
}

/** Owners of pods that deviate and that remediation leaves alone for good, with the reason. */
export function leftAlone(type: RemediationSettings['type'], { workload, deviating }: OwnerFacts): string | null {
	const refusal = type === 'Restart' ? workload.noRestart : workload.noEviction;
	if (refusal !== null) return `${ownerKey(workload)} is left alone: ${refusal}`;
	if (deviating.some(({ refused }) => refused))
		return `${ownerKey(workload)} is left alone: admission would refuse its new pods, because they reach GPUs around the device plugin`;
	return null;
}

interface Candidate {
	readonly owner: OwnerFacts;
	/** The one to be evicted, or the first of those that the owner is restarted for. */
	readonly pod: DeviatingPod;
}

/** What could be done about an owner, as far as it alone decides. */
function candidatesOf(input: RemediationInput, owner: OwnerFacts): Candidate[] {
	const { settings } = input;
	const { workload, deviating } = owner;
	const pods = deviating.filter(({ predates }) => predates).toSorted((a, b) => (a.name < b.name ? -1 : 1));
	if (pods.length === 0 || leftAlone(settings.type, owner) !== null) return [];
	if (settings.type === 'Evict') return pods.map((pod) => ({ owner, pod }));
	// Once for each digest, or a webhook that undoes admission would have us restart for ever.
	const [pod] = pods;
	return pod === undefined || (isRestartedFor(settings, workload) && !pods.some((one) => isReborn(workload, one)))
		? []
		: [{ owner, pod }];
}

/** A pod of the template that we restarted by which came up while another spec was in force: a spec that returns owes it a restart of its own. */
function isReborn({ restartedText }: Workload, { restarted, ofOtherSpec }: DeviatingPod): boolean {
	return ofOtherSpec && restarted === restartedText;
}

function isRestartedFor({ policy, digest }: RemediationSettings, { restarted }: Workload): boolean {
	return restarted?.policy === policy && restarted.digest === digest;
}

/**
 * A pod that came up after the first eviction of its owner and is as wrong as the evicted ones: admission did not reach it, and to evict it
 * would go on for ever. A pod of another owner tells nothing: the policy may have come to select it only later.
 */
function latePod({ settings, evicted }: RemediationInput, owner: OwnerFacts): DeviatingPod | undefined {
	const key = keyOf(owner);
	const digest = settings.digest.slice(0, shownDigestLength);
	const first = evicted.find((one) => one.owner === key && one.digest === digest);
	return (
		first && owner.deviating.find(({ predates, created, ofOtherSpec }) => predates && !ofOtherSpec && created > first.newest)
	);
}

/** Whether an owner is on its way back from what we did to it. */
function isUnderway(input: RemediationInput, owner: OwnerFacts): boolean {
	return !owner.workload.leaving && (isRestarting(input, owner) || evictionsUnderway(input, owner).length > 0);
}

function isRestarting({ settings, memory, now }: RemediationInput, { workload }: OwnerFacts): boolean {
	const { restarted, rollout } = workload;
	if (restarted?.policy !== settings.policy || rollout.state === 'Complete') return false;
	// Of a DaemonSet nothing tells, long after, a rollout that never ended from a node that broke since.
	const old = now - restarted.at > settings.limitMs && memory.underwayMs(ownerKey(workload)) === null;
	return !(rollout.state === 'Rolling' && rollout.allReplaced && old);
}

function evictionsUnderway({ evicted, memory }: RemediationInput, { workload, ready }: OwnerFacts): readonly Eviction[] {
	if (evicted.length === 0 || (workload.available && ready >= workload.desired)) return [];
	const key = ownerKey(workload);
	return evicted.filter(({ owner, uid }) => owner === key && !memory.replaced(uid));
}

/** Pods of an owner that are down because of us, at most. */
function downOf(input: RemediationInput, owner: OwnerFacts): number {
	return isRestarting(input, owner) ? owner.workload.atOnce : evictionsUnderway(input, owner).length;
}

/** Why the remediation stops: the first few owners that failed. */
function failuresOf(input: RemediationInput, owners: readonly OwnerFacts[], underway: ReadonlySet<OwnerFacts>): string[] {
	const failed: string[] = [];
	for (const owner of owners) {
		const failure = failureOf(input, owner, underway.has(owner));
		if (failure !== null && failed.push(failure) === maxNamed) break;
	}
	return failed;
}

function failureOf(input: RemediationInput, owner: OwnerFacts, underway: boolean): string | null {
	const { settings, memory, now } = input;
	const { workload, deviating } = owner;
	const key = ownerKey(workload);
	if (underway) {
		const { rollout, restarted } = workload;
		const restarting = isRestarting(input, owner);
		if (restarting && rollout.state === 'Failed') return `${key} did not become available after its restart: ${rollout.message}`;
		const began = restarting ? (restarted?.at ?? now) : Math.min(...evictionsUnderway(input, owner).map(({ at }) => at));
		// The clock of another controller may have been ahead.
		const underwayMs = Math.max(memory.underwayMs(key) ?? 0, now - began);
		if (underwayMs < settings.limitMs) return null;
		const how =
			restarting && rollout.state !== 'Complete'
				? `its restart: ${rollout.message}`
				: `an eviction: ${owner.ready} of ${workload.desired} pods are ready`;
		return `${key} did not become available within ${Math.round(settings.limitMs / 1000)} s after ${how}`;
	}
	if (settings.type === 'Evict') {
		const late = latePod(input, owner);
		return late === undefined ? null : `${key}: pod ${late.name} came up after an eviction and does not comply either`;
	}
	if (!isRestartedFor(settings, workload) || workload.rollout.state !== 'Complete') return null;
	const still = deviating.find(({ restarted, ofOtherSpec }) => restarted === workload.restartedText && !ofOtherSpec);
	return still === undefined
		? null
		: `${key} was restarted, and pod ${still.name} came up without the env of the policy all the same`;
}

/** Whether an owner can be touched now. */
function isFree(input: RemediationInput, { workload, ready }: OwnerFacts, pod: DeviatingPod): boolean {
	const { memory } = input;
	if (memory.heldBack(ownerKey(workload)) !== null || memory.heldBack(pod.uid) !== null) return false;
	const own = evictionsUnderway(input, { workload, ready, deviating: [] }).length;
	if (input.settings.type === 'Evict' && own > 0) return ready + own >= workload.desired;
	return workload.available && workload.rollout.state === 'Complete' && ready >= workload.desired;
}

/** Why none of the candidates is free: the first few reasons. */
function whyNone(input: RemediationInput, candidates: readonly Candidate[]): string {
	const why = new Set<string>();
	for (const candidate of candidates) if (why.add(whyNot(input, candidate)).size === maxNamed) break;
	return [...why].join('; ');
}

function whyNot({ memory }: RemediationInput, { owner, pod }: Candidate): string {
	const key = keyOf(owner);
	const { rollout } = owner.workload;
	const held = memory.heldBack(pod.uid) ?? memory.heldBack(key);
	if (held !== null) return held;
	if (rollout.state !== 'Complete') return `${key} is left until its rollout has ended: ${rollout.message}`;
	return `${key} is not available now and is left until it is`;
}

function touchesOf({ settings, owners, evicted }: RemediationInput): readonly Touch[] {
	return [
		...owners.flatMap(({ workload: { restarted, desired } }) =>
			restarted?.policy === settings.policy ? [{ at: restarted.at, pods: Math.max(1, desired) }] : [],
		),
		...evicted.map(({ at }) => ({ at, pods: 1 })),
	];
}

/** What must still be remembered: evictions within the window, and those whose owner is not back. */
function rememberedEvictions(input: RemediationInput): readonly Eviction[] {
	const underway = new Set(input.owners.flatMap((owner) => evictionsUnderway(input, owner)));
	return input.evicted.filter((eviction) => underway.has(eviction) || input.now - eviction.at < breakerWindowMs);
}

function waitFor(underway: readonly OwnerFacts[]): RemediationPlan {
	const first = underway.slice(0, maxNamed).map(({ workload, ready }) => {
		const how = workload.rollout.state === 'Complete' ? `${ready} of ${workload.desired} pods ready` : workload.rollout.message;
		return `${ownerKey(workload)} (${how})`;
	});
	const more = underway.length > maxNamed ? ` and ${underway.length - maxNamed} more` : '';
	return { state: 'Waiting', message: `waiting for ${first.join(', ')}${more}`, againInMs: lookAgainMs };
}

function haltedMessage(policy: string): string {
	return `remediation stopped; look at the pods, then gpupolicy resume ${policy}`;
}

function keyOf({ workload }: OwnerFacts): string {
	return ownerKey(workload);
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
