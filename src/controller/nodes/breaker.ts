import { breakerWindowMs, tripsBreaker } from '../../core/nodes/taint-breaker.ts';
import { haltTaintsPatch, liftTaintsPatch, readTaintHalt } from '../../core/nodes/taint-halt.ts';
import { type ApiObject, type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import type { EventRecorder } from '../../core/ports/events.ts';
import type { AnnotationPatch } from '../../core/workloads/remediation-state.ts';
import type { ClusterPolicy } from '../duty.ts';
import { gpuPolicies } from '../gpupolicy/resource.ts';

export interface BreakerOptions {
	readonly cluster: Cluster;
	readonly events?: EventRecorder | undefined;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	/** A word that nobody can guess, for a halt. */
	readonly token: () => string;
}

/** How long what we wrote is believed although our copy of the policy does not show it, in milliseconds. */
const believeMs = 60_000;
const attempts = 5;

/**
 * Stops a policy that would taint most of its nodes within five minutes, until a person says that this is meant. What stopped it, and who let
 * it go on, stands in annotations of the policy; when a node was tainted, on the node: whoever leads after us goes on from there.
 */
export class Breaker {
	readonly #options: BreakerOptions;
	/** Annotations of policies after what we wrote, by UID. */
	readonly #written = new Map<string, { readonly annotations: Annotations; readonly at: number }>();

	constructor(options: BreakerOptions) {
		this.#options = options;
	}

	/** Whether the taints of a policy are stopped. */
	halted(policy: ClusterPolicy): boolean {
		return this.#halt(policy).token !== null;
	}

	/** Whether a policy may taint so many further nodes after those that were tainted at these times. */
	allows(policy: ClusterPolicy, wanted: number, taintedAt: readonly number[], selected: number): boolean {
		const { token, resumedAt } = this.#halt(policy);
		if (token !== null) return false;
		if (resumedAt !== null && Math.abs(this.#options.clock() - resumedAt) < breakerWindowMs) return true;
		return !tripsBreaker(wanted, taintedAt.filter((at) => this.#isRecent(at)).length, selected);
	}

	/** Stops the taints of a policy. */
	async halt(policy: ClusterPolicy, message: string, signal: AbortSignal): Promise<void> {
		const { token, clock } = this.#options;
		const patch = (annotations: Annotations): AnnotationPatch | null =>
			readTaintHalt(annotations).token === null ? haltTaintsPatch(token(), clock()) : null;
		const object = await this.#annotate(policy, patch, signal);
		if (object) this.#tell(object, 'Warning', 'RemediationHalted', 'Halt', message);
	}

	/** Lets the policy go on where a person answered the halt. */
	async answer(policy: ClusterPolicy, signal: AbortSignal): Promise<void> {
		if (this.#halt(policy).resumedBy === null) return;
		let who: string | null = null;
		const patch = (annotations: Annotations): AnnotationPatch | null => {
			who = readTaintHalt(annotations).resumedBy;
			return who === null ? null : liftTaintsPatch(this.#options.clock());
		};
		const object = await this.#annotate(policy, patch, signal);
		if (object) this.#tell(object, 'Normal', 'RemediationResumed', 'Resume', `${who} resumed the taints of ${policy.name}`);
	}

	forget({ uid }: ClusterPolicy): void {
		this.#written.delete(uid);
	}

	#halt(policy: ClusterPolicy): ReturnType<typeof readTaintHalt> {
		const written = this.#written.get(policy.uid);
		const seen = policy.object.metadata.annotations ?? {};
		if (!written) return readTaintHalt(seen);
		const [before, now] = [readTaintHalt(written.annotations), readTaintHalt(seen)];
		const caughtUp = before.token === now.token && before.resumedAt === now.resumedAt;
		if (!caughtUp && this.#options.clock() - written.at < believeMs) return before;
		this.#written.delete(policy.uid);
		return now;
	}

	/** Changes annotations of the policy as it is on the server now; `null` where it is another one, or nothing has to change. */
	async #annotate(
		{ name, uid }: ClusterPolicy,
		change: (annotations: Annotations) => AnnotationPatch | null,
		signal: AbortSignal,
	): Promise<ApiObject | null> {
		const { cluster, clock } = this.#options;
		for (let attempt = 1; ; attempt++) {
			const live = await cluster.get(gpuPolicies, { name }, { signal });
			if (live?.metadata.uid !== uid) return null;
			const patch = change(live.metadata.annotations ?? {});
			if (patch === null) return null;
			const metadata = { uid, resourceVersion: live.metadata.resourceVersion, annotations: patch };
			try {
				const { object } = await cluster.patch(gpuPolicies, { name }, { metadata }, { signal });
				this.#written.set(uid, { annotations: object.metadata.annotations ?? {}, at: clock() });
				return object;
			} catch (error) {
				// Its status is written all the time.
				const raced = error instanceof ClusterError && error.failure === 'Conflict' && attempt < attempts;
				if (!raced) throw error;
			}
		}
	}

	/** A time in the future counts: the clock of another controller was ahead, and it is better to stop too early. */
	#isRecent(at: number): boolean {
		return this.#options.clock() - at < breakerWindowMs;
	}

	#tell(
		{ apiVersion, kind, metadata }: ApiObject,
		type: 'Normal' | 'Warning',
		reason: string,
		action: string,
		note: string,
	): void {
		this.#options.events?.record({ regarding: { apiVersion, kind, metadata }, type, reason, action, note });
	}
}

type Annotations = Readonly<Record<string, string>>;
