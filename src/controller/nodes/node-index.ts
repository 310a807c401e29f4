/**
 * Which nodes there are, and when each changed last, in ticks of a counter: what has to be judged again is found by comparing numbers,
 * not by asking every policy about every node. Each node has a place, a small number that may be another's when it is gone.
 */
export class NodeIndex {
	readonly #places = new Map<string, number>();
	readonly #names: string[] = [];
	readonly #changed: number[] = [];
	readonly #free: number[] = [];
	#order: readonly number[] | null = null;
	#tick = 0;

	/** Goes up with every change. */
	get tick(): number {
		return this.#tick;
	}

	/** One more than the highest place. */
	get size(): number {
		return this.#names.length;
	}

	add(name: string): void {
		this.remove(name);
		const place = this.#free.pop() ?? this.#names.length;
		this.#places.set(name, place);
		this.#names[place] = name;
		this.#changed[place] = ++this.#tick;
		this.#order = null;
	}

	remove(name: string): void {
		const place = this.#places.get(name);
		if (place === undefined) return;
		this.#places.delete(name);
		this.#free.push(place);
		this.#order = null;
		this.#tick++;
	}

	/** Something is known of a node that was not. */
	touch(name: string): void {
		const place = this.#places.get(name);
		if (place !== undefined) this.#changed[place] = ++this.#tick;
	}

	/** Something is known of every node that was not. */
	touchAll(): void {
		this.#changed.fill(++this.#tick);
	}

	/** Every place that is taken, in order of the names. */
	places(): readonly number[] {
		this.#order ??= [...this.#places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place);
		return this.#order;
	}

	/** `null` where there is no such node. */
	placeOf(name: string): number | null {
		return this.#places.get(name) ?? null;
	}

	nameAt(place: number): string {
		return this.#names[place] ?? '';
	}

	changedAt(place: number): number {
		return this.#changed[place] ?? 0;
	}
}
