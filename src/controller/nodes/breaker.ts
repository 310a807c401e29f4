import { breakerWindowMs, tripsBreaker } from '../../core/nodes/taint-breaker.ts';
import type { ClusterPolicy } from '../duty.ts';
import { resumeAnnotation } from '../gpupolicy/resource.ts';

/** A policy whose taints were stopped. */
export interface Halt {
	readonly wanted: number;
	readonly recent: number;
	readonly selected: number;
}

/** Stops a policy that would taint most of its nodes at once, until a person says that this is meant. */
export class Breaker {
	readonly #now: () => number;
	readonly #taints = new Map<string, number[]>();
	readonly #halts = new Map<string, Halt & { readonly generation: number; readonly token: string }>();
	/** Until when a person let it go on. */
	readonly #resumed = new Map<string, number>();

	constructor(now: () => number) {
		this.#now = now;
	}

	/** Whether the policy may taint so many further nodes; if not, it is halted from now on. */
	allows(policy: ClusterPolicy, wanted: number, selected: number): boolean {
		if (this.halted(policy)) return false;
		if ((this.#resumed.get(policy.uid) ?? 0) > this.#now()) return true;
		const recent = this.#recent(policy.uid);
		if (!tripsBreaker(wanted, recent, selected)) return true;
		this.#halts.set(policy.uid, { wanted, recent, selected, generation: policy.generation, token: tokenOf(policy) });
		return false;
	}

	/** Why the policy is halted; `null` where it is not. A new resume token or an edited spec lifts it. */
	halted(policy: ClusterPolicy): Halt | null {
		const halt = this.#halts.get(policy.uid);
		if (!halt) return null;
		const resumed = tokenOf(policy) !== halt.token;
		if (!resumed && policy.generation === halt.generation) return halt;
		this.#halts.delete(policy.uid);
		if (resumed) this.#resumed.set(policy.uid, this.#now() + breakerWindowMs);
		return null;
	}

	tainted(policy: ClusterPolicy): void {
		this.#taints.set(policy.uid, [...(this.#taints.get(policy.uid) ?? []), this.#now()]);
	}

	forget({ uid }: ClusterPolicy): void {
		this.#taints.delete(uid);
		this.#halts.delete(uid);
		this.#resumed.delete(uid);
	}

	#recent(uid: string): number {
		const since = this.#now() - breakerWindowMs;
		const recent = (this.#taints.get(uid) ?? []).filter((at) => at > since);
		this.#taints.set(uid, recent);
		return recent.length;
	}
}

/** Token of the last `gpupolicy resume`. */
export function tokenOf({ object }: ClusterPolicy): string {
	return object.metadata.annotations?.[resumeAnnotation] ?? '';
}
