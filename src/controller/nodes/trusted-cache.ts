import type { ClusterError, ObjectCache } from '../../core/ports/cluster.ts';

/** A cache that says when there is a first answer: either all of its objects, or why they cannot be had. */
export class Trusted<T> {
	readonly cache: ObjectCache<T>;
	/** Whether the objects were there at least once. */
	#seen = false;
	readonly #first: Promise<void>;

	constructor(open: (onTrouble: (trouble: ObjectCache<T>['trouble']) => void) => ObjectCache<T>, onChange: () => void) {
		let answer = (): void => {};
		const trouble = new Promise<void>((resolve) => {
			answer = resolve;
		});
		this.cache = open((found) => {
			if (found) answer();
			onChange();
		});
		const synced = this.cache.whenSynced().then(
			() => {
				this.#seen = true;
				onChange();
			},
			() => {}, // Stopped: nobody waits any more.
		);
		this.#first = Promise.race([trouble, synced]);
	}

	get seen(): boolean {
		return this.#seen;
	}

	/** Why the copy is out of date or was never made; `null` while it is fresh. */
	get blindness(): ClusterError | null {
		return this.cache.trouble?.error ?? null;
	}

	/** Resolves with the first answer, whichever it is; rejects when the signal aborts. */
	async settled(signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
		let stop = (): void => {};
		const aborted = new Promise<never>((_, reject) => {
			stop = () => reject(signal.reason);
			signal.addEventListener('abort', stop, { once: true });
		});
		try {
			await Promise.race([this.#first, aborted]);
		} finally {
			signal.removeEventListener('abort', stop);
		}
	}
}
