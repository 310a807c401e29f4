import { mostSelectors } from '../../../core/claims/claim.ts';
import { type ClaimDemand, type ClaimDemandResult, claimDemand } from '../../../core/claims/claim-demand.ts';
import type { Cluster } from '../../../core/ports/cluster.ts';
import { exclusionsOf } from '../../../core/workloads/demands-conflict.ts';
import { namespaceNameLabel, namespaceRequirements, type ReservedNamespaces } from '../../../core/workloads/pod-scope.ts';
import { satisfiable } from '../../../core/workloads/satisfiable.ts';
import type { ClusterPolicy } from '../../duty.ts';
import type { LiveObjects } from '../live-objects.ts';
import { compiledAnnotation } from '../names.ts';
import type { MutatingVersion } from '../objects.ts';
import { pause, type Slots } from '../pause.ts';
import { withdraw } from '../program.ts';
import { claimsEvidence, describeClaimDifferences } from './claims-evidence.ts';
import { type ClaimsTrial, claimsSeenAtWork, runClaimsCanary } from './claims-trial.ts';
import { type CompiledClaims, compileClaims } from './compile-claims.ts';
import { claimsProgrammed, differingClaims, programClaims } from './program-claims.ts';
import { servedClaims } from './served-claims.ts';

export interface ClaimsAdmissionOptions {
	readonly cluster: Cluster;
	/** Every policy of the cluster as it stands now. */
	readonly policies: () => Iterable<ClusterPolicy>;
	readonly reserved: ReservedNamespaces;
	readonly canaries: Slots;
	readonly pickUpMs: number;
	readonly settleMs: number;
	readonly probeEveryMs: number;
	/** Time of day, for the status only. */
	readonly now: () => Date;
	/** Objects that somebody changed were put back. */
	readonly onRepair: (policy: ClusterPolicy, changed: readonly string[]) => void;
}

/**
 * How the claims of a policy stand:
 * - `None`: it demands nothing of them, or the server has none · `LeftAlone`: why it reaches none
 * - `InForce`: seen at work; `mutates`: the selector is added, not only asked for · `NotSeen`: bound, not seen at work yet
 * - `CanaryFailed`: nothing was bound · `Stalled`: only a person helps
 */
export type ClaimsOutcome =
	| { readonly state: 'None' }
	| {
			readonly state: 'InForce';
			readonly message: string;
			readonly mutates: boolean;
			readonly apiVersion: string;
			/** RFC 3339. */
			readonly probedAt: string;
	  }
	| { readonly state: 'LeftAlone' | 'NotSeen' | 'CanaryFailed'; readonly message: string }
	| { readonly state: 'Stalled'; readonly reason: 'InvalidSpec' | 'SelectorCannotMatch'; readonly message: string };

interface Proof {
	readonly uid: string;
	readonly compiled: string;
	/** On the monotonic clock, in milliseconds. */
	readonly at: number;
	/** The same by the time of day. */
	readonly probedAt: string;
}

/** Carries the devices of a policy into the scheduler, by way of every resource claim that is created. */
export class ClaimsAdmission {
	readonly #options: ClaimsAdmissionOptions;
	/** Digests of what a canary proved, by policy. */
	readonly #canaried = new Map<string, string>();
	readonly #proofs = new Map<string, Proof>();
	/** When real objects were last written by us, on the monotonic clock. */
	readonly #wroteAt = new Map<string, number>();

	constructor(options: ClaimsAdmissionOptions) {
		this.#options = options;
	}

	/** Brings the objects for a policy's claims to what it demands; `live`: those that are there. */
	async reconcile(
		policy: ClusterPolicy,
		demanded: ClaimDemandResult,
		mutating: MutatingVersion | null,
		live: LiveObjects,
		signal: AbortSignal,
	): Promise<ClaimsOutcome> {
		const { cluster, reserved, pickUpMs } = this.#options;
		const withdrawn = async (outcome: ClaimsOutcome): Promise<ClaimsOutcome> => {
			if (live.all().length > 0) await withdraw(cluster, live, signal);
			this.forget(policy.name);
			return outcome;
		};
		if (demanded.state === 'Nothing') return withdrawn({ state: 'None' });
		const served = await servedClaims(cluster);
		if (served.state === 'None') return withdrawn({ state: 'None' });
		if (demanded.state === 'LeftAlone') {
			return withdrawn({ state: 'LeftAlone', message: `Resource claims are left alone: ${demanded.because}` });
		}
		if (demanded.state === 'TooLong') return { state: 'Stalled', reason: 'InvalidSpec', message: demanded.message };
		if (served.state === 'TooOld') {
			const message = 'Resource claims are left alone: the API server serves them only in resource.k8s.io/v1beta1';
			return withdrawn({ state: 'LeftAlone', message });
		}
		const { demand } = demanded;
		if (!this.#canMeet([demand])) {
			const message = 'spec.workloads can never select a namespace: its selectors and exemptions exclude each other';
			return withdrawn({ state: 'Stalled', reason: 'SelectorCannotMatch', message });
		}
		const together = this.#appending(demand);
		if (demand.mode === 'Enforce' && together > mostSelectors) {
			const message = `${together} policies append a device selector to resource claims of the same namespaces, and a request takes ${mostSelectors} selectors`;
			return { state: 'Stalled', reason: 'InvalidSpec', message };
		}
		const { uid } = policy;
		const { claims } = served;
		const compiled = compileClaims(demand, { copy: 'Bound', mutating, claims, uid, reserved });
		return this.#programme(policy, { cluster, demand, claims, mutating, uid, reserved, signal, pickUpMs }, compiled, live);
	}

	/** Forgets what was seen of a policy. */
	forget(policy: string): void {
		this.#canaried.delete(policy);
		this.#proofs.delete(policy);
		this.#wroteAt.delete(policy);
	}

	async #programme(
		policy: ClusterPolicy,
		trial: ClaimsTrial,
		compiled: CompiledClaims,
		live: LiveObjects,
	): Promise<ClaimsOutcome> {
		const { demand, signal } = trial;
		const { name, uid } = policy;
		const inForce = (probedAt: string): ClaimsOutcome => ({
			state: 'InForce',
			message: claimsEvidence(demand, compiled),
			mutates: compiled.mutation !== null,
			apiVersion: (compiled.mutation ?? compiled.validation).policy.apiVersion,
			probedAt,
		});
		const programmed = claimsProgrammed(compiled, live);
		const proof = this.#proofs.get(name);
		const proven = proof?.uid === uid && proof.compiled === compiled.digest;
		if (programmed && proven && performance.now() - proof.at < this.#options.probeEveryMs) return inForce(proof.probedAt);
		if (!this.#wasCanaried(name, compiled, live)) {
			const differences = await this.#options.canaries.run(() => runClaimsCanary(trial));
			if (differences.length > 0) return { state: 'CanaryFailed', message: describeClaimDifferences(demand, differences) };
			this.#canaried.set(name, compiled.digest);
		}
		const notSeen = (difference: string): ClaimsOutcome => ({
			state: 'NotSeen',
			message: `the selector of resource claims is bound and was not seen at work yet: ${difference}`,
		});
		if (!programmed) {
			if (proven) this.#options.onRepair(policy, differingClaims(compiled, live));
			const unseen = await programClaims(trial, compiled, live).finally(() => this.#wroteAt.set(name, performance.now()));
			if (unseen) return notSeen(unseen.message);
		}
		const difference = await claimsSeenAtWork(trial, 'Everything');
		if (difference) return notSeen(`${difference.shape}: ${difference.message}`);
		const wroteAt = this.#wroteAt.get(name);
		if (wroteAt !== undefined) await pause(Math.max(0, wroteAt + this.#options.settleMs - performance.now()), signal);
		const probedAt = this.#options.now().toISOString();
		this.#proofs.set(name, { uid, compiled: compiled.digest, at: performance.now(), probedAt });
		return inForce(probedAt);
	}

	/** Only a canary that passed ever leads to real objects, so that these prove a digest too. */
	#wasCanaried(name: string, { digest }: CompiledClaims, live: LiveObjects): boolean {
		return (
			this.#canaried.get(name) === digest ||
			live
				.all()
				.some(
					({ metadata }) =>
						!metadata.name.startsWith('gpupolicy-canary-') && metadata.annotations?.[compiledAnnotation] === digest,
				)
		);
	}

	/** Policies that append a selector to claims which this one reaches, itself included. */
	#appending(demand: ClaimDemand): number {
		const others = [...this.#options.policies()].filter(
			({ name, object: { spec }, deleting }) =>
				!deleting &&
				name !== demand.policy &&
				spec?.mode === 'Enforce' &&
				spec.devices !== undefined &&
				spec.workloads !== undefined,
		);
		if (others.length < mostSelectors) return 1 + others.length;
		let count = 1;
		for (const { object, digest } of others) {
			const other = claimDemand(object, digest);
			if (other.state === 'Demanded' && this.#canMeet([demand, other.demand])) count++;
		}
		return count;
	}

	/** Whether some namespace is reached by all of these. */
	#canMeet(demands: readonly ClaimDemand[]): boolean {
		const { reserved } = this.#options;
		const namespace = [
			{ key: namespaceNameLabel, operator: 'Exists' as const, values: [] },
			...demands.flatMap((demand) => namespaceRequirements(demand, reserved)),
		];
		return satisfiable({ namespace, pod: [] }, demands.flatMap(exclusionsOf)).state !== 'Contradictory';
	}
}
