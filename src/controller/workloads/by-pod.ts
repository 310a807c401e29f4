/** Things that pods hold, by the UID of the pod. */
export class ByPod<T> {
	readonly #things = new Map<string, Set<T>>();

	add(uid: string, thing: T): void {
		const things = this.#things.get(uid);
		if (things) things.add(thing);
		else this.#things.set(uid, new Set([thing]));
	}

	remove(uid: string, thing: T): void {
		const things = this.#things.get(uid);
		things?.delete(thing);
		if (things?.size === 0) this.#things.delete(uid);
	}

	get(uid: string): Iterable<T> | undefined {
		return this.#things.get(uid);
	}
}
