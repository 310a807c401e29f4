import type { CacheOptions, ObjectCache, Resource, Watcher } from '../../core/ports/cluster.ts';
import type { Requester } from '../requests/requester.ts';
import type { Permission } from '../transport/transport.ts';
import { Reflector, type ReflectorSettings } from './reflector.ts';

/** Opens caches over one connection each. */
export class KubeWatcher implements Watcher {
	readonly #requester: Requester;
	readonly #settings: ReflectorSettings;

	constructor(requester: Requester, settings: ReflectorSettings) {
		this.#requester = requester;
		this.#settings = settings;
	}

	/** The same, for as long as a permission lasts: afterwards no watch is opened any more. */
	under(permission: Permission): KubeWatcher {
		return new KubeWatcher(this.#requester.under(permission), this.#settings);
	}

	watch<T>(resource: Resource, options: CacheOptions<T>): ObjectCache<T> {
		return new Reflector(this.#requester, resource, options, this.#settings);
	}

	/** Ends the connections. Stop the caches first. */
	async close(): Promise<void> {
		await this.#requester.transport.destroy();
	}
}
