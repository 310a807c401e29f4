/** Waits so many milliseconds; rejects with the signal's reason as soon as it aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
	signal.throwIfAborted();
	await new Promise<void>((resolve, reject) => {
		const stop = (): void => {
			clearTimeout(timer);
			reject(signal.reason);
		};
		const timer = setTimeout(() => {
			signal.removeEventListener('abort', stop);
			resolve();
		}, ms);
		signal.addEventListener('abort', stop, { once: true });
	});
}

/** So many at once; further ones wait in the order of their arrival. */
export class Slots {
	#free: number;
	readonly #waiting: (() => void)[] = [];

	constructor(count: number) {
		this.#free = count;
	}

	/** Runs a task as soon as a slot is free. */
	async run<T>(task: () => Promise<T>): Promise<T> {
		if (this.#free > 0) this.#free--;
		else await new Promise<void>((resolve) => this.#waiting.push(resolve));
		try {
			return await task();
		} finally {
			const next = this.#waiting.shift();
			if (next) next();
			else this.#free++;
		}
	}
}

/** Runs a task for each item, at most `width` at once; the results stand in the order of the items. */
export async function eachAtOnce<T, R>(items: readonly T[], width: number, task: (item: T) => Promise<R>): Promise<R[]> {
	const slots = new Slots(width);
	return Promise.all(items.map((item) => slots.run(() => task(item))));
}
