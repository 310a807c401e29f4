/** What a handler says about its key when it is done. */
export interface WorkResult {
	/** Run the key again after so many milliseconds although nothing happened. */
	readonly requeueAfterMs?: number;
}

export interface WorkQueueOptions {
	/** Reconciles one key. A rejection is retried with back-off, a resolution resets it. */
	readonly handle: (key: string) => Promise<WorkResult>;
	/** Told of each rejection with the delay until the next try. */
	readonly onError: (key: string, error: unknown, retryInMs: number) => void;
	/** Keys that may run at once; default 1. One key never runs twice at once. */
	readonly concurrency?: number;
	/** First retry delay, doubled up to `maxBackoffMs`, with up to half of it as jitter. */
	readonly minBackoffMs?: number;
	readonly maxBackoffMs?: number;
	/** From 0 (inclusive) to 1; injected so that tests are exact. */
	readonly random?: () => number;
}

/**
 * A level-triggered queue of keys. It dedupes: a key added while it waits runs once; a key added while it runs
 * runs once more afterwards. A storm of events is therefore one pass.
 */
export class WorkQueue {
	readonly #options: Required<WorkQueueOptions>;
	/** Waiting keys with their priority; higher first, then in order of arrival. */
	readonly #waiting = new Map<string, number>();
	readonly #running = new Set<string>();
	readonly #again = new Map<string, number>();
	readonly #failures = new Map<string, number>();
	readonly #timers = new Map<string, { readonly due: number; readonly timer: NodeJS.Timeout }>();
	readonly #idle: (() => void)[] = [];
	#stopped = false;

	constructor(options: WorkQueueOptions) {
		this.#options = { concurrency: 1, minBackoffMs: 500, maxBackoffMs: 60_000, random: Math.random, ...options };
	}

	/** Keys that wait for their turn; those that run or that a timer holds are not counted. */
	get waiting(): number {
		return this.#waiting.size;
	}

	/** Makes `key` run soon. Higher priorities run first. */
	add(key: string, priority = 0): void {
		if (this.#stopped) return;
		if (this.#running.has(key)) {
			this.#again.set(key, Math.max(priority, this.#again.get(key) ?? priority));
			return;
		}
		this.#cancel(key);
		this.#waiting.set(key, Math.max(priority, this.#waiting.get(key) ?? priority));
		this.#pump();
	}

	/** Makes `key` run after a delay; the earliest of several wins, and `add` overtakes it. */
	addAfter(key: string, delayMs: number): void {
		if (this.#stopped || this.#waiting.has(key)) return;
		// Monotonic, as the timers are: a clock that jumps must not make the later of two seem the earlier.
		const due = performance.now() + delayMs;
		const standing = this.#timers.get(key);
		if (standing && standing.due <= due) return;
		this.#cancel(key);
		const timer = setTimeout(() => {
			this.#timers.delete(key);
			this.add(key);
		}, delayMs);
		this.#timers.set(key, { due, timer });
	}

	/** Takes no more keys, forgets the waiting ones, and resolves when the running ones are done. */
	async drain(): Promise<void> {
		this.#stopped = true;
		this.#waiting.clear();
		this.#again.clear();
		for (const key of [...this.#timers.keys()]) this.#cancel(key);
		if (this.#running.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
	}

	#cancel(key: string): void {
		const standing = this.#timers.get(key);
		if (standing) clearTimeout(standing.timer);
		this.#timers.delete(key);
	}

	#next(): string | undefined {
		let best: string | undefined;
		let bestPriority = Number.NEGATIVE_INFINITY;
		for (const [key, priority] of this.#waiting) {
			if (priority > bestPriority) {
				best = key;
				bestPriority = priority;
			}
		}
		return best;
	}

	#pump(): void {
		while (this.#running.size < this.#options.concurrency) {
			const key = this.#next();
			if (key === undefined) return;
			this.#waiting.delete(key);
			this.#running.add(key);
			void this.#run(key);
		}
	}

	async #run(key: string): Promise<void> {
		let requeueAfterMs: number | undefined;
		try {
			requeueAfterMs = (await this.#options.handle(key)).requeueAfterMs;
			this.#failures.delete(key);
		} catch (error) {
			const failures = (this.#failures.get(key) ?? 0) + 1;
			this.#failures.set(key, failures);
			const base = Math.min(this.#options.maxBackoffMs, this.#options.minBackoffMs * 2 ** (failures - 1));
			requeueAfterMs = Math.round(base * (1 + this.#options.random() / 2));
			this.#options.onError(key, error, requeueAfterMs);
		}
		this.#running.delete(key);
		const again = this.#again.get(key);
		this.#again.delete(key);
		if (!this.#stopped) {
			if (again !== undefined) this.add(key, again);
			else if (requeueAfterMs !== undefined) this.addAfter(key, requeueAfterMs);
			this.#pump();
		}
		if (this.#running.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
	}
}
