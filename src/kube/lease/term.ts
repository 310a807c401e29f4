import type { Permission } from '../transport/transport.ts';

/** A time of leadership. It ends by itself when it was not extended by its deadline, whatever became of the renewals. */
export class Term implements Permission {
	readonly #controller = new AbortController();
	/** Monotonic milliseconds. */
	readonly #now: () => number;
	#deadline: number;
	#timer: NodeJS.Timeout | undefined;

	constructor(deadline: number, now: () => number = () => performance.now()) {
		this.#now = now;
		this.#deadline = deadline;
		this.extend(deadline);
	}

	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	/** Whether leadership still lasts, by the clock: true is a promise, even where timers are late. */
	holds(): boolean {
		if (!this.signal.aborted && this.#now() >= this.#deadline) this.end();
		return !this.signal.aborted;
	}

	/** A renewal succeeded: the term lasts until then. One that has ended stays so. */
	extend(deadline: number): void {
		if (this.signal.aborted) return;
		this.#deadline = Math.max(this.#deadline, deadline);
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.end(), Math.max(0, this.#deadline - this.#now()));
	}

	end(): void {
		clearTimeout(this.#timer);
		this.#controller.abort();
	}
}
