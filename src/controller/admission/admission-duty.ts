import type { ConditionReason } from '../../api/conditions.ts';
import { claimDemand } from '../../core/claims/claim-demand.ts';
import { type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import type { EventRecorder } from '../../core/ports/events.ts';
import { type PodDemand, podDemand } from '../../core/workloads/demand.ts';
import { type DemandConflict, reach } from '../../core/workloads/demands-conflict.ts';
import { type ReservedNamespaces, reservedNamespaces } from '../../core/workloads/pod-scope.ts';
import type { ClusterPolicy, Duty, DutyOutcome } from '../duty.ts';
import { overBudget } from './budget.ts';
import { runCanary, shapeCount, type TrialContext } from './canary.ts';
import { ClaimsAdmission } from './claims/claims-admission.ts';
import { isAboutClaims } from './claims/compile-claims.ts';
import { withClaims } from './claims/with-claims.ts';
import { type CompiledAdmission, compileAdmission, objectsOf } from './compile.ts';
import { conflictsOf, describeConflicts } from './conflicts.ts';
import { describeDifferences, evidence, shortEntry } from './evidence.ts';
import { type ListedAdmission, type LiveObjects, listLive, listOwners } from './live-objects.ts';
import { isWebhook, mutatorOf, type WebhookChoice } from './mutator.ts';
import { compiledAnnotation, managedBy, managedByLabel, policyLabel, policyLabelValue } from './names.ts';
import { type Mutator, pods } from './objects.ts';
import { pause, Slots } from './pause.ts';
import { seenAtWork } from './probe.ts';
import { differing, isProgrammed, program, withdraw } from './program.ts';
import { type ServedAdmission, servedAdmission } from './served.ts';
import { shownAddress } from './webhook/configuration.ts';
import type { WebhookRegistration } from './webhook/registration.ts';

export interface WebhookUse extends WebhookChoice {
	readonly registration: WebhookRegistration;
}

export interface AdmissionDutyOptions {
	readonly cluster: Cluster;
	/** Every policy of the cluster as it stands now: what conflicts are looked for among. */
	readonly policies: () => Iterable<ClusterPolicy>;
	/** Has another policy looked at again, because this one contradicts it. */
	readonly wake?: (policy: string) => void;
	readonly events?: EventRecorder;
	readonly reserved?: ReservedNamespaces;
	/** Absent where there is none, nor ever was. */
	readonly webhook?: WebhookUse;
	/** Time of day, for the status only. */
	readonly now?: () => Date;
	/** How long API servers may take to pick objects up; default 15 s. They take up to 1 s. */
	readonly pickUpMs?: number;
	/** How long after the last write the objects count as in force on every API server, once a probe was answered; default 2 s. */
	readonly settleMs?: number;
	/** Ask the real objects again after so long although nothing changed; default 10 min. */
	readonly probeEveryMs?: number;
}

/** What was seen of a policy at work. */
interface Proof {
	readonly uid: string;
	/** Digest of what was compiled. */
	readonly compiled: string;
	/** On the monotonic clock, in milliseconds. */
	readonly at: number;
	readonly outcome: DutyOutcome;
}

/** Canaries at once: each costs every pod creation of the cluster a little while it stands. */
const canariesAtOnce = 4;
/** Look again whether a conflict is gone. */
const conflictRetryMs = 15_000;
const failedCanaryRetryMs = 300_000;
const unavailableRetryMs = 30_000;

/** Carries a policy into the API server itself: no request of a tenant ever waits for us. */
export class AdmissionDuty implements Duty {
	readonly name = 'admission';
	readonly #options: AdmissionDutyOptions;
	readonly #reserved: ReservedNamespaces;
	readonly #canaries = new Slots(canariesAtOnce);
	/** Digests of what a canary proved, by policy. */
	readonly #canaried = new Map<string, string>();
	readonly #proofs = new Map<string, Proof>();
	readonly #claims: ClaimsAdmission;
	/** What was said of each policy last. */
	readonly #outcomes = new Map<string, { readonly uid: string; readonly outcome: DutyOutcome }>();
	/** Policies that had objects when it was first asked, and those that got some since. */
	#owners: Promise<Set<string>> | null = null;
	/** Policies with pods in the probe namespace when it was first asked: a controller before us was killed in the middle of a trial. */
	#triedBefore: Promise<Set<string>> | null = null;
	/** When real objects were last written by us, on the monotonic clock: servers that were not asked may lag behind until later. */
	readonly #wroteAt = new Map<string, number>();
	/** The policies that each one contradicts, as of its digest. */
	readonly #contradicts = new Map<string, { readonly digest: string; readonly others: ReadonlySet<string> }>();

	constructor(options: AdmissionDutyOptions) {
		this.#options = options;
		this.#reserved = options.reserved ?? reservedNamespaces;
		this.#claims = new ClaimsAdmission({
			cluster: options.cluster,
			policies: options.policies,
			reserved: this.#reserved,
			canaries: this.#canaries,
			pickUpMs: options.pickUpMs ?? 15_000,
			settleMs: options.settleMs ?? 2000,
			probeEveryMs: options.probeEveryMs ?? 600_000,
			now: () => this.#now(),
			onRepair: (policy, changed) => this.#tellOfRepair(policy, changed),
		});
	}

	async reconcile(policy: ClusterPolicy, signal: AbortSignal): Promise<DutyOutcome> {
		// Objects and conditions of a suspended policy stay as they are.
		if (policy.suspended) return this.#lastOutcome(policy) ?? notYet('the policy is suspended');
		try {
			return await this.#reconcile(policy, signal);
		} catch (error) {
			if (!(error instanceof ClusterError)) throw error;
			const { message } = error;
			switch (error.failure) {
				case 'Forbidden':
					return { ...notYet(message), stalled: { reason: 'Forbidden', message }, requeueAfterMs: unavailableRetryMs };
				case 'FieldManagerConflict':
					return { ...notYet(message), stalled: { reason: 'FieldManagerConflict', message }, requeueAfterMs: unavailableRetryMs };
				case 'Invalid':
					return { ...notYet(message), stalled: { reason: 'InvalidSpec', message } };
				case 'NotServed':
					return unavailable(message);
				default:
					throw error;
			}
		}
	}

	async cleanUp(policy: ClusterPolicy, signal: AbortSignal): Promise<void> {
		const { cluster } = this.#options;
		const served = await servedAdmission(cluster);
		if (served.validating || served.mutating !== null)
			await this.#withdraw(await listLive(cluster, policy.name, this.#where(served), signal), signal);
		await this.#removeProbePods(policy.name, signal);
		this.#canaried.delete(policy.name);
		this.#wroteAt.delete(policy.name);
		this.#contradicts.delete(policy.name);
		this.#proofs.delete(policy.name);
		this.#claims.forget(policy.name);
		this.#outcomes.delete(policy.name);
	}

	async #reconcile(policy: ClusterPolicy, signal: AbortSignal): Promise<DutyOutcome> {
		const { cluster } = this.#options;
		const served = await servedAdmission(cluster);
		if (!served.validating)
			return unavailable('the API server serves no ValidatingAdmissionPolicy in admissionregistration.k8s.io/v1');
		const demand = podDemand(policy.object, policy.digest);
		const mutator = mutatorOf(this.#options.webhook, served.mutating);
		const compiled = demand && this.#compile(demand, policy, mutator);
		const ofPods = demand && compiled && objectsOf(compiled).length > 0 ? { demand, compiled } : null;
		const ofClaims = claimDemand(policy.object, policy.digest);
		if (!ofPods && ofClaims.state === 'Nothing' && !(await this.#ownsObjects(policy.name, served, signal))) {
			// Whoever asks nothing of pods is none the worse for a right on pods that is missing.
			await this.#removeLeftOvers(policy.name, signal).catch(() => undefined);
			return { condition: null };
		}
		const live = await listLive(cluster, policy.name, this.#where(served), signal);
		await this.#removeLeftOvers(policy.name, signal);
		const owners = await this.#owners;
		const wanted = ofPods !== null || ofClaims.state !== 'Nothing';
		if (wanted) owners?.add(policyLabelValue(policy.name));
		const [pods, claims] = await both(
			this.#reconcilePods(
				policy,
				mutator,
				ofPods,
				live.where((name) => !isAboutClaims(name)),
				signal,
			),
			this.#claims.reconcile(policy, ofClaims, served.mutating, live.where(isAboutClaims), signal),
		);
		if (!wanted) owners?.delete(policyLabelValue(policy.name));
		const outcome = withClaims(policy, pods, claims);
		this.#outcomes.set(policy.name, { uid: policy.uid, outcome });
		return outcome;
	}

	async #reconcilePods(
		policy: ClusterPolicy,
		mutator: Mutator | null,
		wanted: { readonly demand: PodDemand; readonly compiled: CompiledAdmission } | null,
		live: LiveObjects,
		signal: AbortSignal,
	): Promise<DutyOutcome> {
		const { cluster } = this.#options;
		if (!wanted) {
			await this.#withdraw(live, signal);
			return { condition: null };
		}
		const { demand, compiled } = wanted;
		const refusal = await this.#refuse(demand, compiled, live, signal);
		if (refusal) return refusal;
		const registration = isWebhook(mutator) || holdsDemands(live) ? this.#options.webhook?.registration : undefined;
		const context: TrialContext = {
			cluster,
			demand,
			uid: policy.uid,
			mutating: mutator,
			...(registration ? { registered: () => registration.ensure() } : {}),
			reserved: this.#reserved,
			signal,
			pickUpMs: this.#options.pickUpMs ?? 15_000,
		};
		return this.#programme(policy, context, compiled, live);
	}

	/** Whether a policy may have objects: a thousand that ask nothing of pods cost one look together. */
	async #ownsObjects(name: string, served: ServedAdmission, signal: AbortSignal): Promise<boolean> {
		this.#owners ??= listOwners(this.#options.cluster, this.#where(served), signal);
		try {
			return (await this.#owners).has(policyLabelValue(name));
		} catch (error) {
			this.#owners = null;
			throw error;
		}
	}

	/** What keeps a policy from being applied at all. */
	async #refuse(
		demand: PodDemand,
		compiled: CompiledAdmission,
		live: LiveObjects,
		signal: AbortSignal,
	): Promise<DutyOutcome | null> {
		const figure = overBudget(compiled);
		if (figure !== null) return stalled('InvalidSpec', figure);
		if (reach([demand], this.#reserved).state === 'Contradictory') {
			await this.#withdraw(live, signal);
			const message =
				'spec.workloads can never select a pod: its selectors and exemptions exclude each other, or name only namespaces that no policy reaches';
			return stalled('SelectorCannotMatch', message);
		}
		const others = [...this.#options.policies()].flatMap(({ object, digest, deleting }) =>
			deleting ? [] : (podDemand(object, digest) ?? []),
		);
		const conflicts = conflictsOf(demand, others, this.#reserved);
		if (conflicts.length === 0) {
			this.#contradicts.delete(demand.policy);
			return null;
		}
		await this.#withdraw(live, signal);
		this.#wakeOthers(demand, conflicts);
		return { ...stalled('ConflictingPolicies', describeConflicts(conflicts)), requeueAfterMs: conflictRetryMs };
	}

	async #programme(
		policy: ClusterPolicy,
		context: TrialContext,
		compiled: CompiledAdmission,
		live: LiveObjects,
	): Promise<DutyOutcome> {
		const { demand, signal } = context;
		const programmed = isProgrammed(compiled, live);
		const proof = this.#proofs.get(policy.name);
		const proven = proof?.uid === policy.uid && proof.compiled === compiled.digest;
		if (programmed && proven && performance.now() - proof.at < (this.#options.probeEveryMs ?? 600_000)) return proof.outcome;
		if (!this.#wasCanaried(policy.name, compiled, live)) {
			const result = await this.#canaries.run(() => runCanary(context));
			if (result.state === 'Failed') {
				await context.registered?.();
				const message = `${describeDifferences(demand, result.shapes, result.differences)}${this.#called(context.mutating)}`;
				return {
					condition: { type: 'AdmissionProgrammed', reason: 'CanaryFailed', message },
					requeueAfterMs: failedCanaryRetryMs,
				};
			}
			this.#canaried.set(policy.name, compiled.digest);
		}
		if (!programmed) {
			if (proven) this.#tellOfRepair(policy, differing(compiled, live));
			const unseen = await program(context, compiled, live).finally(() => this.#wroteAt.set(policy.name, performance.now()));
			if (unseen) return notSeen(demand, unseen.message);
		}
		const difference = await seenAtWork(context, compiled, 'Everything');
		if (difference) return notSeen(demand, `${difference.shape}: ${difference.message}`);
		const wroteAt = this.#wroteAt.get(policy.name);
		if (wroteAt !== undefined) await pause(Math.max(0, wroteAt + (this.#options.settleMs ?? 2000) - performance.now()), signal);
		const outcome = this.#inForce(demand, compiled);
		this.#proofs.set(policy.name, { uid: policy.uid, compiled: compiled.digest, at: performance.now(), outcome });
		return outcome;
	}

	/** Only a canary that passed ever leads to real objects, so that these prove a digest too: after a restart, for one. */
	#wasCanaried(name: string, { digest }: CompiledAdmission, live: LiveObjects): boolean {
		return (
			this.#canaried.get(name) === digest ||
			live.all().some(({ metadata }) => {
				const canary = metadata.name.startsWith('gpupolicy-canary-');
				return !canary && metadata.annotations?.[compiledAnnotation] === digest;
			})
		);
	}

	#inForce(demand: PodDemand, compiled: CompiledAdmission): DutyOutcome {
		const message = evidence(demand, compiled, {
			shapes: shapeCount(demand),
			policiesOfAll: this.#policiesOfAll(),
			webhook: this.#options.webhook?.registration.address ?? null,
		});
		const because =
			demand.mode === 'Audit'
				? 'The mode is Audit: pods are reported, not changed'
				: demand.variables.length === 0
					? 'No variable of the policy reaches pods: only the ways around the device plugin are watched'
					: 'The API server serves no MutatingAdmissionPolicy, and there is no webhook: pods that deviate are refused rather than changed';
		const byWebhook = compiled.mutation?.policy.kind === 'ConfigMap';
		const condition = compiled.mutation
			? ({ type: 'AdmissionProgrammed', reason: byWebhook ? 'WebhookActive' : 'PolicyActive', message } as const)
			: ({ type: 'AdmissionProgrammed', reason: 'ValidationOnly', message: `${because}. ${message}` } as const);
		return {
			condition,
			status: {
				admission: {
					mode: byWebhook ? 'Webhook' : compiled.mutation ? 'AdmissionPolicy' : 'ValidationOnly',
					apiVersion:
						(byWebhook ? compiled.validation : (compiled.mutation ?? compiled.validation ?? compiled.bypass))?.policy
							.apiVersion ?? '',
					digest: demand.digest,
					lastProbeTime: this.#now().toISOString(),
				},
			},
		};
	}

	/** Admission policies that all policies together make, bindings not counted. */
	#policiesOfAll(): number {
		let count = 0;
		for (const { object, digest, deleting } of this.#options.policies()) {
			const demand = deleting ? null : podDemand(object, digest);
			if (!demand) continue;
			if (demand.variables.length > 0) count += demand.mode === 'Enforce' ? 2 : 1;
			if (demand.bypass !== 'Allow') count++;
		}
		return count;
	}

	#compile(demand: PodDemand, { uid }: ClusterPolicy, mutating: Mutator | null): CompiledAdmission {
		return compileAdmission(demand, { copy: 'Bound', mutating, uid, reserved: this.#reserved });
	}

	/** Where objects may lie, whatever changes pods now: it may have been something else once. */
	#where({ mutating }: ServedAdmission): ListedAdmission {
		return { mutating, demandsIn: this.#options.webhook?.demandsIn ?? null };
	}

	/** API servers call the webhook no more for what is withdrawn. */
	async #withdraw(live: LiveObjects, signal: AbortSignal): Promise<void> {
		await withdraw(this.#options.cluster, live, signal);
		if (holdsDemands(live)) await this.#options.webhook?.registration.ensure();
	}

	/** Where to look when a webhook is not heard of. */
	#called(mutator: Mutator | null): string {
		const { webhook } = this.#options;
		const address = webhook && isWebhook(mutator) ? webhook.registration.address : null;
		return address
			? `. API servers were told to call our webhook at ${shownAddress(address)}, which they must be able to reach`
			: '';
	}

	#lastOutcome({ name, uid }: ClusterPolicy): DutyOutcome | null {
		const last = this.#outcomes.get(name);
		return last?.uid === uid ? last.outcome : null;
	}

	#now(): Date {
		return (this.#options.now ?? (() => new Date()))();
	}

	#tellOfRepair({ name, uid }: ClusterPolicy, changed: readonly string[]): void {
		this.#options.events?.record({
			regarding: { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name, uid } },
			type: 'Warning',
			reason: 'AdmissionRepaired',
			action: 'Apply',
			note: `somebody changed or deleted ${changed.join(', ')}, which is put back`,
		});
	}

	/** Each other policy once for each pair of specs: two that contradict each other would wake each other for ever. */
	#wakeOthers({ policy, digest }: PodDemand, conflicts: readonly DemandConflict[]): void {
		const told = this.#contradicts.get(policy);
		const known = told?.digest === digest ? told.others : new Set<string>();
		const others = conflicts.map(({ policies: [, other] }) => other);
		this.#contradicts.set(policy, { digest, others: new Set(others) });
		for (const other of others) if (!known.has(other)) this.#options.wake?.(other);
	}

	/** Pods of a trial that a controller before us began: one look for all policies. */
	async #removeLeftOvers(policy: string, signal: AbortSignal): Promise<void> {
		const { cluster } = this.#options;
		const options = { namespace: this.#reserved.probe, labelSelector: `${managedByLabel}=${managedBy}`, signal };
		this.#triedBefore ??= cluster
			.list(pods, options)
			.then((found) => new Set(found.map(({ metadata }) => metadata.labels?.[policyLabel] ?? '')));
		try {
			const left = await this.#triedBefore;
			if (!left.has(policyLabelValue(policy))) return;
			await this.#removeProbePods(policy, signal);
			left.delete(policyLabelValue(policy));
		} catch (error) {
			this.#triedBefore = null;
			throw error;
		}
	}

	async #removeProbePods(policy: string, signal: AbortSignal): Promise<void> {
		const { cluster } = this.#options;
		const namespace = this.#reserved.probe;
		const labelSelector = `${managedByLabel}=${managedBy},${policyLabel}=${policyLabelValue(policy)}`;
		for (const { metadata } of await cluster.list(pods, { namespace, labelSelector, signal })) {
			await cluster.delete(pods, { name: metadata.name, namespace }, { signal });
		}
	}
}

/** Waits for both, also where one fails. */
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
	await Promise.allSettled([one, other]);
	return [await one, await other];
}

function holdsDemands(live: LiveObjects): boolean {
	return live.all().some(({ kind }) => kind === 'ConfigMap');
}

function notYet(message: string): DutyOutcome {
	return { condition: { type: 'AdmissionProgrammed', reason: 'NotYetObserved', message } };
}

function stalled(reason: ConditionReason<'Stalled'>, message: string): DutyOutcome {
	return { ...notYet(message), stalled: { reason, message } };
}

function unavailable(message: string): DutyOutcome {
	return { condition: { type: 'AdmissionProgrammed', reason: 'APIUnavailable', message }, requeueAfterMs: unavailableRetryMs };
}

function notSeen(demand: PodDemand, difference: string): DutyOutcome {
	const message = `${shortEntry(demand)} is bound and was not seen at work yet: ${difference}`;
	return { ...notYet(message), progressing: { reason: 'ProgressingWithRetry', message }, requeueAfterMs: 5000 };
}
