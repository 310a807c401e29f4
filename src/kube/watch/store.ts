import type { ApiObject, CacheOptions, ObjectName } from '../../core/ports/cluster.ts';
import { objectName } from '../requests/path.ts';

interface Entry<T> {
	value: T;
	version: string;
	/** Number of the list that it was last seen in, or after. */
	list: number;
}

/** The objects of a cache, and what is told of their changes. */
export class Store<T> {
	readonly #entries = new Map<string, Entry<T>>();
	readonly #options: Pick<CacheOptions<T>, 'project' | 'differs' | 'onChange'>;
	#list = 0;

	constructor(options: Pick<CacheOptions<T>, 'project' | 'differs' | 'onChange'>) {
		this.#options = options;
	}

	get size(): number {
		return this.#entries.size;
	}

	get(object: ObjectName): T | undefined {
		return this.#entries.get(objectName(object))?.value;
	}

	*values(): Iterable<T> {
		for (const { value } of this.#entries.values()) yield value;
	}

	/** A full list begins: what it does not name by its end is gone. */
	beginList(): void {
		this.#list++;
	}

	/** The list is complete. Tells what went away unseen. */
	endList(): void {
		for (const [key, entry] of this.#entries) {
			if (entry.list === this.#list) continue;
			this.#entries.delete(key);
			this.#options.onChange(nameOf(key), entry.value, undefined);
		}
	}

	put(object: ApiObject): void {
		const { name, namespace, resourceVersion = '' } = object.metadata;
		const key = namespace === undefined ? name : `${namespace}/${name}`;
		const { differs, project } = this.#options;
		const before = this.#entries.get(key);
		if (before?.version === resourceVersion && differs === undefined) {
			before.list = this.#list;
			return;
		}
		const value = project(object);
		if (!before) {
			this.#entries.set(key, { value, version: resourceVersion, list: this.#list });
			this.#options.onChange(nameOf(key), undefined, value);
			return;
		}
		const old = before.value;
		before.value = value;
		before.version = resourceVersion;
		before.list = this.#list;
		if (differs === undefined || differs(old, value)) this.#options.onChange(nameOf(key), old, value);
	}

	remove(object: ApiObject): void {
		const { name, namespace } = object.metadata;
		const key = namespace === undefined ? name : `${namespace}/${name}`;
		const before = this.#entries.get(key);
		if (!before) return;
		this.#entries.delete(key);
		this.#options.onChange(nameOf(key), before.value, undefined);
	}
}

/** Neither names nor namespaces hold a slash. */
function nameOf(key: string): ObjectName {
	const slash = key.indexOf('/');
	return slash === -1 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
