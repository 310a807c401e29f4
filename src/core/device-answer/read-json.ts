/** A JSON value with its place, of which a file that another process wrote is read; each reader throws what stands there and what should. */
export class JsonPlace {
	readonly #value: unknown;
	readonly #path: string;

	constructor(value: unknown, path: string) {
		this.#value = value;
		this.#path = path;
	}

	/** Throws where the text is no JSON object, as when it was cut off. */
	static parse(text: string): JsonPlace {
		try {
			return new JsonPlace(JSON.parse(text), '');
		} catch (error) {
			throw new Error(`is no JSON: ${(error as Error).message}`);
		}
	}

	get(key: string): JsonPlace {
		const path = this.#path === '' ? key : `${this.#path}.${key}`;
		if (typeof this.#value !== 'object' || this.#value === null || Array.isArray(this.#value)) throw this.#wrong('an object');
		return new JsonPlace(Object.hasOwn(this.#value, key) ? (this.#value as Record<string, unknown>)[key] : undefined, path);
	}

	list<T>(read: (item: JsonPlace) => T): T[] {
		if (!Array.isArray(this.#value)) throw this.#wrong('a list');
		return this.#value.map((item, index) => read(new JsonPlace(item, `${this.#path}[${index}]`)));
	}

	string(): string {
		if (typeof this.#value !== 'string') throw this.#wrong('a string');
		return this.#value;
	}

	/** A string that is not empty. */
	name(): string {
		const value = this.string();
		if (value === '') throw this.#wrong('a string that is not empty');
		return value;
	}

	stringOrNull(): string | null {
		return this.#value === null ? null : this.string();
	}

	/** 0, 1, 2, … */
	count(): number {
		if (typeof this.#value !== 'number' || !Number.isSafeInteger(this.#value) || this.#value < 0)
			throw this.#wrong('a whole number of at least 0');
		return this.#value;
	}

	boolean(): boolean {
		if (typeof this.#value !== 'boolean') throw this.#wrong('true or false');
		return this.#value;
	}

	oneOf<const T extends string | number>(...values: readonly T[]): T {
		const found = values.find((value) => value === this.#value);
		if (found === undefined) throw this.#wrong(values.map((value) => JSON.stringify(value)).join(' or '));
		return found;
	}

	/** The error for something else than `expected` here. */
	#wrong(expected: string): Error {
		const text = JSON.stringify(this.#value) ?? 'nothing';
		const found = text.length > 60 ? `${text.slice(0, 60)}…` : text;
		return new Error(`${this.#path || 'the whole'} is ${found}, not ${expected}`);
	}
}
