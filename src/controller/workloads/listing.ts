import type { ClusterError, ObjectCache } from '../../core/ports/cluster.ts';

/** Whether copies of a cluster were seen as a whole, and what keeps them from being as it is now. */
export class Listing {
	readonly #caches: readonly ObjectCache<unknown>[];
	#listed = false;

	/** @param onListed everything has been seen once */
	constructor(caches: readonly ObjectCache<unknown>[], onListed: () => void) {
		this.#caches = caches;
		void Promise.all(caches.map((cache) => cache.whenSynced())).then(
			() => {
				this.#listed = true;
				onListed();
			},
			() => undefined, // Stopped before.
		);
	}

	/** Everything has been seen once. */
	get listed(): boolean {
		return this.#listed;
	}

	/** Everything is known to be as it is now. */
	get fresh(): boolean {
		return this.#listed && this.#caches.every(({ synced }) => synced);
	}

	/** Why not, in the order of the copies. */
	get troubles(): readonly ClusterError[] {
		return this.#caches.flatMap(({ trouble }) => (trouble ? [trouble.error] : []));
	}

	async stop(): Promise<void> {
		await Promise.all(this.#caches.map((cache) => cache.stop()));
	}
}
