/** Missed heartbeats after which a report is stale. */
const missed = 3;

/**
 * When each agent was last heard of, on a monotonic clock of our own: what an agent says about the time is never believed. A report that was
 * there before us counts as heard of when we first saw it.
 */
export class Heartbeats {
	readonly #limitMs: number;
	readonly #now: () => number;
	/** In order of time, the longest silence first. */
	readonly #heard = new Map<string, number>();
	readonly #silent = new Set<string>();
	#blindSince: number | null = null;

	constructor(heartbeatMs: number, now: () => number) {
		this.#limitMs = missed * heartbeatMs;
		this.#now = now;
	}

	heard(node: string): void {
		this.forget(node);
		this.#heard.set(node, this.#now());
	}

	forget(node: string): void {
		this.#silent.delete(node);
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
		// Nobody overtakes another by this, so the order stays.
		for (const [node, at] of this.#heard) this.#heard.set(node, Math.min(now, at + blindMs));
	}

	/** Nodes whose agents missed three heartbeats since this was last asked. */
	expire(): readonly string[] {
		const expired: string[] = [];
		for (const [node, at] of this.#heard) {
			if (at + this.#limitMs > this.#time()) break;
			expired.push(node);
			this.#heard.delete(node);
			this.#silent.add(node);
		}
		return expired;
	}

	/** Whether the agent of a node had missed three heartbeats when that was last looked at. */
	stale(node: string): boolean {
		return this.#silent.has(node);
	}

	/** Milliseconds until the next agent is called silent, if nothing more is heard of it; `null` where none is awaited. */
	nextInMs(): number | null {
		const [first] = this.#heard.values();
		return first === undefined ? null : Math.max(0, first + this.#limitMs - this.#time());
	}

	#time(): number {
		return this.#blindSince ?? this.#now();
	}
}
