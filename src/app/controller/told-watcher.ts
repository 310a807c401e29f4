import type { CacheOptions, ObjectCache, Resource, Watcher } from '../../core/ports/cluster.ts';
import type { Log } from '../../runtime/log.ts';

/** What a controller follows of one kind. */
export interface FollowedKind {
	/** `pods`, `gpupolicies.gpupolicy.dev` */
	readonly resource: string;
	readonly objects: number;
	/** Whether every copy of it is as the server has it, as far as is known. */
	readonly fresh: boolean;
}

/** Opens caches and tells of them: each first list by a line of the log, the present state to metrics. */
export class ToldWatcher implements Watcher {
	readonly #watcher: Watcher;
	readonly #log: Log;
	readonly #caches = new Map<ObjectCache<unknown>, string>();

	constructor(watcher: Watcher, log: Log) {
		this.#watcher = watcher;
		this.#log = log;
	}

	/** By kind: one may be followed more than once, under different selectors. */
	get followed(): readonly FollowedKind[] {
		const kinds = new Map<string, FollowedKind>();
		for (const [{ size, synced }, resource] of this.#caches) {
			const { objects = 0, fresh = true } = kinds.get(resource) ?? {};
			kinds.set(resource, { resource, objects: objects + size, fresh: fresh && synced });
		}
		return [...kinds.values()];
	}

	watch<T>(resource: Resource, options: CacheOptions<T>): ObjectCache<T> {
		const name = [resource.resource, resource.group].filter((part) => part !== '').join('.');
		const began = performance.now();
		const cache = this.#watcher.watch(resource, options);
		this.#caches.set(cache, name);
		cache.whenSynced().then(
			() => {
				const seconds = Number(((performance.now() - began) / 1000).toFixed(3));
				this.#log('info', 'listed', { resource: name, objects: cache.size, seconds });
			},
			() => undefined, // Stopped before.
		);
		return {
			get synced() {
				return cache.synced;
			},
			get size() {
				return cache.size;
			},
			get trouble() {
				return cache.trouble;
			},
			whenSynced: (signal) => cache.whenSynced(signal),
			get: (object) => cache.get(object),
			values: () => cache.values(),
			stop: async () => {
				this.#caches.delete(cache);
				await cache.stop();
			},
		};
	}
}
