import type { Log } from '../runtime/log.ts';

/** Logs a trouble when it begins or changes, and again only after it was over. */
export class ToldOnce {
	readonly #log: Log;
	#told: string | null = null;

	constructor(log: Log) {
		this.#log = log;
	}

	/** `null`: there is none now. */
	tell(trouble: string | null, fields: Readonly<Record<string, unknown>> = {}): void {
		if (trouble !== null && trouble !== this.#told) this.#log('warn', trouble, fields);
		this.#told = trouble;
	}
}
