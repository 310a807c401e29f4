/** Pauses between attempts: short after the first failure, then doubled, never the same for two clients. */
export class Backoff {
	readonly #options: { readonly minMs: number; readonly maxMs: number; readonly random: () => number };
	#failures = 0;

	constructor(options: { readonly minMs?: number; readonly maxMs?: number; readonly random?: () => number } = {}) {
		this.#options = { minMs: 800, maxMs: 30_000, random: Math.random, ...options };
	}

	/** Failures since the last success. */
	get failures(): number {
		return this.#failures;
	}

	succeeded(): void {
		this.#failures = 0;
	}

	/**
	 * Milliseconds to wait after one more failure: up to a quarter of the least pause after the first, so that one broken connection costs
	 * nothing; then from half of the doubled pause to all of it. Never less than what the server asked for.
	 */
	failed(askedMs: number | null, maxMs = this.#options.maxMs): number {
		const { minMs, random } = this.#options;
		this.#failures++;
		const pause =
			this.#failures === 1 ? (minMs / 4) * random() : (Math.min(maxMs, minMs * 2 ** (this.#failures - 2)) * (1 + random())) / 2;
		// All clients were told the same number: spread them over a quarter of it.
		return askedMs === null ? pause : Math.max(pause, askedMs * (1 + random() / 4));
	}
}

/** Resolves after a while, or at once when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
	if (signal.aborted) return;
	await new Promise<void>((resolve) => {
		const done = (): void => {
			clearTimeout(timer);
			signal.removeEventListener('abort', done);
			resolve();
		};
		// Due before now, as after an answer that took long: Node warns of a negative time.
		const timer = setTimeout(done, Math.max(0, ms));
		signal.addEventListener('abort', done, { once: true });
	});
}
