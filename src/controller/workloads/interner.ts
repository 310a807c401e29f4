import { createHash } from 'node:crypto';

/** One value for equal contents, for as long as somebody holds it: pods of one template differ in little, and there are many. */
export class Interner<T extends object> {
	readonly #values = new Map<string, WeakRef<T>>();
	readonly #collected = new FinalizationRegistry<string>((key) => {
		if (this.#values.get(key)?.deref() === undefined) this.#values.delete(key);
	});

	/** The value of these contents, which are JSON; `make` is called where there is none yet. */
	of(contents: string, make: () => T): T {
		// Short contents are cheaper as they are.
		const key = contents.length < 64 ? contents : createHash('sha1').update(contents).digest('base64');
		const known = this.#values.get(key)?.deref();
		if (known !== undefined) return known;
		const value = make();
		this.#values.set(key, new WeakRef(value));
		this.#collected.register(value, key);
		return value;
	}
}
