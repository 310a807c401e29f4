import { ownerKey } from '../../core/workloads/owner.ts';
import type { RemediationMemory } from '../../core/workloads/remediation-plan.ts';
import { parseRestart, type Restart } from '../../core/workloads/restart-annotation.ts';
import type { Workload } from '../../core/workloads/workload.ts';

/** How long a write of ours is believed although the copy does not show it, in milliseconds. */
const believeMs = 60_000;

/**
 * What this process remembers of the remediation of one policy, on its own monotonic clock. Losing it costs a pause and nothing else: what
 * must not be done twice stands in the cluster.
 */
export class Memory implements RemediationMemory {
	readonly #elapsed: () => number;
	readonly #underway = new Map<string, number>();
	readonly #held = new Map<string, { readonly until: number; readonly why: string; readonly failed: boolean }>();
	readonly #restarts = new Map<string, { readonly text: string; readonly at: number }>();
	/** Restarts that the copy has shown: the annotation must stand. */
	readonly #shown = new Map<string, Restart & { readonly uid: string }>();
	readonly #gone = new Map<string, number>();
	readonly #replaced = new Set<string>();
	#lastAt = Number.NEGATIVE_INFINITY;
	#began = false;

	constructor(elapsed: () => number) {
		this.#elapsed = elapsed;
	}

	get quietMs(): number {
		return this.#elapsed() - this.#lastAt;
	}

	underwayMs(owner: string): number | null {
		const since = this.#underway.get(owner);
		return since === undefined ? null : this.#elapsed() - since;
	}

	heldBack(ownerOrPod: string): string | null {
		const held = this.#held.get(ownerOrPod);
		return held !== undefined && held.until > this.#elapsed() ? held.why : null;
	}

	replaced(uid: string): boolean {
		return this.#replaced.has(uid);
	}

	/** The first look: where something was done lately, nobody knows when it ended. */
	begin(doneLately: boolean): void {
		if (this.#began) return;
		this.#began = true;
		if (doneLately) this.#lastAt = this.#elapsed();
	}

	/** Which owners are on their way back now. The pause begins when one of them is. */
	see(underway: ReadonlySet<string>): void {
		for (const owner of underway) if (!this.#underway.has(owner)) this.#underway.set(owner, this.#elapsed());
		for (const owner of [...this.#underway.keys()]) {
			if (underway.has(owner)) continue;
			this.#underway.delete(owner);
			this.#lastAt = this.#elapsed();
		}
	}

	/** Leaves an owner or a pod alone for a while. */
	holdBack(ownerOrPod: string, why: string, forMs: number, failed: boolean): void {
		this.#held.set(ownerOrPod, { until: this.#elapsed() + forMs, why, failed });
	}

	/** Why writes were refused, those that are held back for it. */
	refusals(): readonly string[] {
		const now = this.#elapsed();
		for (const [key, { until }] of this.#held) if (until <= now) this.#held.delete(key);
		return [...this.#held.values()].filter(({ failed }) => failed).map(({ why }) => why);
	}

	restarted(workload: Workload, text: string): void {
		this.#restarts.set(ownerKey(workload), { text, at: this.#elapsed() });
		this.#underway.set(ownerKey(workload), this.#elapsed());
		this.#lastAt = this.#elapsed();
	}

	evicted(uid: string): void {
		for (const [one, at] of this.#gone) if (this.#elapsed() - at > believeMs) this.#gone.delete(one);
		this.#gone.set(uid, this.#elapsed());
		this.#lastAt = this.#elapsed();
	}

	/** Whether we evicted a pod that the copy may still show. */
	isGone(uid: string): boolean {
		return this.#gone.has(uid);
	}

	/** An evicted pod has a successor. */
	cameBack(uid: string): void {
		if (this.#replaced.has(uid)) return;
		this.#replaced.add(uid);
		this.#lastAt = this.#elapsed();
	}

	/** Forgets evictions that nobody remembers any more. */
	keepEvictions(uids: ReadonlySet<string>): void {
		for (const uid of this.#replaced) if (!uids.has(uid)) this.#replaced.delete(uid);
	}

	/** Whether somebody took our restart for this digest off an owner again: to restart it once more would be a fight without end. */
	isTakenOff({ uid, restarted, ...owner }: Workload, digest: string): boolean {
		const shown = this.#shown.get(ownerKey(owner));
		return shown !== undefined && shown.uid === uid && shown.digest === digest && restarted === null;
	}

	/** An owner as it stands after what we wrote, where the copy does not show it yet. */
	ahead(workload: Workload): Workload {
		const key = ownerKey(workload);
		const own = this.#restarts.get(key);
		if (own === undefined) return workload;
		if (workload.restartedText === own.text || this.#elapsed() - own.at > believeMs) {
			const restart = parseRestart(own.text);
			if (restart) this.#shown.set(key, { ...restart, uid: workload.uid });
			this.#restarts.delete(key);
			return workload;
		}
		return {
			...workload,
			restarted: parseRestart(own.text),
			restartedText: own.text,
			available: false,
			rollout: { state: 'Rolling', allReplaced: false, message: 'the restart has begun' },
		};
	}
}
