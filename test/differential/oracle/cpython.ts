import { Worker } from 'node:worker_threads';
import type { Interest } from '../../../src/core/ports/format.ts';
import type { Answer, Question } from './cpython-worker.ts';

/** A setting that the reference found; `effects` holds every word of `Effect` that fits. */
export interface ReferenceSetting {
	readonly variable: string;
	/** The literal with its span in bytes, quotes included; `null` for everything that is not one literal. */
	readonly value: { readonly text: string; readonly start: number; readonly end: number } | null;
	readonly effects: readonly string[];
	/** Bytes of the statement or call. */
	readonly start: number;
	readonly end: number;
}

export interface ReferenceImport {
	readonly name: string;
	readonly start: number;
	readonly level: 'top' | 'conditional' | 'deferred';
}

/** A literal under the name of a variable in a dict, keyword or call that need not reach the environment. */
export interface ReferenceKeyed {
	readonly variable: string;
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** A constant that names a device; `sure` where it must be one, else it only may be. */
export interface ReferenceDevice {
	readonly ordinal: number;
	readonly sure: boolean;
	readonly start: number;
	readonly end: number;
	readonly line: number;
}

/** What the reference finds in one source. */
export interface Reference {
	/** The file uses the name `os` without an import of its own. */
	readonly needs_os: boolean;
	readonly imports: readonly ReferenceImport[];
	readonly settings: readonly ReferenceSetting[];
	readonly keyed: readonly ReferenceKeyed[];
	/** Statements that write the environment under names that the text does not show. */
	readonly opaque: readonly (readonly [start: number, end: number])[];
	readonly devices: readonly ReferenceDevice[];
}

/** What CPython says about one source: why it does not compile, or what is in it. */
export type Examination = { readonly error: string } | { readonly error: null; readonly found: Reference };

/** A constant that an edit changed; offsets are bytes of the source before. */
export interface ChangedConstant {
	readonly line: number;
	readonly start: number;
	readonly end: number;
	readonly before: string | number;
	readonly after: string | number;
}

/** A managed block as CPython reads it; lines count from 1. */
export interface ReferenceBlock {
	readonly policy: string;
	readonly entries: readonly (readonly [name: string, value: string])[];
	readonly first: number;
	readonly last: number;
}

/** What an edit changed, or the first thing that no edit may change. */
export type Comparison =
	| { readonly unlawful: string }
	| { readonly unlawful: null; readonly blocks: readonly ReferenceBlock[]; readonly changes: readonly ChangedConstant[] };

/** The managed blocks of one source, or what is wrong with one of them. */
export type Blocks = { readonly unlawful: string } | { readonly unlawful: null; readonly blocks: readonly ReferenceBlock[] };

/** Tokens of a source, in bytes. */
export interface Boundaries {
	/** An f-string or t-string is one `string`. */
	readonly tokens: readonly (readonly [kind: 'name' | 'number' | 'string' | 'operator', start: number, end: number])[];
	readonly comments: readonly (readonly [start: number, end: number])[];
	/** How many tokens each logical line holds. */
	readonly lines: readonly number[];
}

/** CPython 3.14 as WebAssembly: the same on every platform, and younger than any native Python that may be at hand. */
export class CPython {
	readonly #worker: Worker;
	readonly #waiting = new Map<number, { resolve(json: string): void; reject(error: Error): void }>();
	#last = 0;

	private constructor() {
		this.#worker = new Worker(new URL('cpython-worker.ts', import.meta.url), { resourceLimits: { stackSizeMb: 200 } });
		this.#worker.on('message', (answer: Answer) => {
			const waiting = this.#waiting.get(answer.id);
			this.#waiting.delete(answer.id);
			if ('json' in answer) waiting?.resolve(answer.json);
			else waiting?.reject(new Error(`CPython: ${answer.error}`));
		});
		this.#worker.on('error', (cause) => {
			for (const { reject } of this.#waiting.values()) reject(new Error('the CPython worker died', { cause }));
			this.#waiting.clear();
		});
	}

	/** Loads the interpreter (about 2 s). */
	static async start(): Promise<CPython> {
		const python = new CPython();
		await python.#answer(0);
		return python;
	}

	/** Whether each source compiles, and what the reference finds in it. `local` names modules of the repo itself. */
	async examine(sources: readonly Uint8Array[], interest: Interest, local: readonly string[] = []): Promise<Examination[]> {
		return this.#ask('examine', [sources, [...interest.variables], [...interest.gpuLibraries], local]);
	}

	/** What each edit changed; the source before must compile. */
	async compare(pairs: readonly (readonly [before: Uint8Array, after: Uint8Array])[]): Promise<Comparison[]> {
		return this.#ask('compare', [pairs]);
	}

	/** The managed blocks of each source. */
	async blocks(sources: readonly Uint8Array[]): Promise<Blocks[]> {
		return this.#ask('blocks', [sources]);
	}

	/** Tokens and logical lines of each source; `null` for one that does not compile. */
	async boundaries(sources: readonly Uint8Array[]): Promise<(Boundaries | null)[]> {
		return this.#ask('boundaries', [sources]);
	}

	/** The bytes of a text in an encoding that Python knows; `null` where it does not, or where the text does not fit. */
	async encode(text: string, encoding: string): Promise<Uint8Array | null> {
		const bytes = await this.#ask<string | null>('encode', [text, encoding]);
		return bytes === null ? null : Buffer.from(bytes, 'latin1');
	}

	/** The value of each string literal. */
	async evaluate(literals: readonly string[]): Promise<string[]> {
		return this.#ask('evaluate', [literals]);
	}

	async close(): Promise<void> {
		await this.#worker.terminate();
	}

	async #ask<T>(name: string, args: readonly unknown[]): Promise<T> {
		const id = ++this.#last;
		const answer = this.#answer(id);
		this.#worker.postMessage({ id, name, args } satisfies Question);
		return JSON.parse(await answer);
	}

	#answer(id: number): Promise<string> {
		return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
	}
}
