/** Missed heartbeats after which a report is stale. */
const missed = 3;

/**
 * When each agent was last heard of, on a monotonic clock of our own: what an agent says about the time is never believed. A report that was
 * there before us counts as heard of when we first saw it.
 */
export class Heartbeats {
	readonly #limitMs: number;
	readonly #now: () => number;
	readonly #heard = new Map<string, number>();
	#blindSince: number | null = null;

	constructor(heartbeatMs: number, now: () => number) {
		this.#limitMs = missed * heartbeatMs;
		this.#now = now;
	}

	heard(node: string): void {
		this.#heard.set(node, this.#now());
	}

	forget(node: string): void {
		this.#heard.delete(node);
	}

	/** While we cannot see the reports, no silence is an agent's. */
	blind(): void {
		this.#blindSince ??= this.#now();
	}

	/** We see them again; what we could not see does not count. */
	seeing(): void {
		if (this.#blindSince === null) return;
		const now = this.#now();
		const blindMs = now - this.#blindSince;
		this.#blindSince = null;
		for (const [node, at] of this.#heard) this.#heard.set(node, Math.min(now, at + blindMs));
	}

	stale(node: string): boolean {
		return this.staleInMs(node) === 0;
	}

	/** Milliseconds until the report of a node is stale if nothing more is heard; 0 where it is; `null` where nothing ever was. */
	staleInMs(node: string): number | null {
		const heard = this.#heard.get(node);
		if (heard === undefined) return null;
		return Math.max(0, heard + this.#limitMs - (this.#blindSince ?? this.#now()));
	}
}
