import {
	type ApiObject,
	type CacheOptions,
	ClusterError,
	type ObjectCache,
	type ObjectName,
	type Resource,
} from '../../core/ports/cluster.ts';
import type { RequestPlace } from '../requests/failure.ts';
import { query, resourceName, resourcePath } from '../requests/path.ts';
import type { Requester } from '../requests/requester.ts';
import { Backoff, pause } from './backoff.ts';
import { Store } from './store.ts';
import { readPage, readWatch, type WatchEvent } from './stream.ts';

/** How lists and watches are made. */
export interface ReflectorSettings {
	/** Milliseconds until the head of an answer. */
	readonly headMs: number;
	/** Milliseconds without a byte within a list. */
	readonly listSilenceMs: number;
	/**
	 * Milliseconds without a byte on a watch of a server that has sent bookmarks. Kubernetes sends one each minute, and the first on a
	 * quiet kind after two (seen on 1.36).
	 */
	readonly watchSilenceMs: number;
	/** `auto`: watch-list until the server refuses it; `pages`: paged lists. */
	readonly lists: 'auto' | 'pages';
	/** Objects of one page. */
	readonly pageSize: number;
	/** Longest pause between attempts, in milliseconds. */
	readonly maxPauseMs: number;
	/** From 0 (inclusive) to 1; injected so that tests are exact. */
	readonly random: () => number;
}

/** A resource that is not served yet (a CRD that is about to be installed) is looked for at least this often. */
const notServedPauseMs = 5_000;
/** A connection that lasts this long without an event counts as a success. */
const settledMs = 1_000;
/** A server that starts refuses everybody until it has read the roles. A refusal that lasts longer than this, in milliseconds, is meant. */
const startingMs = 5_000;
/** Failures of other kinds than a broken connection after which the version to resume from is suspected, and a full list is made. */
const resumeAttempts = 2;
/** Silent watch-lists after which paged lists are made: a server that ignores what it does not know never ends the first. */
const silentWatchLists = 2;
/** The annotation of the bookmark that ends the initial events of a watch-list. */
const initialEventsEnd = 'k8s.io/initial-events-end';

/** Keeps a cache of one kind up to date: a full list, then a watch from its version, over and over. */
export class Reflector<T> implements ObjectCache<T> {
	readonly #requester: Requester;
	readonly #resource: Resource;
	readonly #options: CacheOptions<T>;
	readonly #settings: ReflectorSettings;
	readonly #store: Store<T>;
	readonly #stop = new AbortController();
	readonly #done: Promise<void>;
	readonly #backoff: Backoff;
	readonly #waiting = new Set<(error: ClusterError | null) => void>();
	/** Version to watch from; `null` where only a full list helps. */
	#version: string | null = null;
	#listed = false;
	#pages: boolean;
	#silent = 0;
	/** The server sends bookmarks, so that silence means something. */
	#bookmarks = false;
	#trouble: ObjectCache<T>['trouble'] = null;
	/** Since when every attempt was refused, in monotonic milliseconds. */
	#refusedSince: number | null = null;
	/** Milliseconds since 1970 when the copy was last known to be fresh. */
	#freshAt = Date.now();

	constructor(requester: Requester, resource: Resource, options: CacheOptions<T>, settings: ReflectorSettings) {
		this.#requester = requester;
		this.#resource = resource;
		this.#options = options;
		this.#settings = settings;
		this.#pages = settings.lists === 'pages';
		this.#backoff = new Backoff({ maxMs: settings.maxPauseMs, random: settings.random });
		this.#store = new Store(options);
		this.#done = this.#run();
	}

	get synced(): boolean {
		return this.#listed && this.#trouble === null;
	}

	get size(): number {
		return this.#store.size;
	}

	get trouble(): ObjectCache<T>['trouble'] {
		return this.#trouble;
	}

	get(object: ObjectName): T | undefined {
		return this.#store.get(object);
	}

	values(): Iterable<T> {
		return this.#store.values();
	}

	async whenSynced(signal?: AbortSignal): Promise<void> {
		if (this.#listed) return;
		if (signal?.aborted === true || this.#stop.signal.aborted) throw this.#aborted();
		await new Promise<void>((resolve, reject) => {
			const settle = (error: ClusterError | null): void => {
				this.#waiting.delete(settle);
				signal?.removeEventListener('abort', abort);
				if (error) reject(error);
				else resolve();
			};
			const abort = (): void => settle(this.#aborted());
			this.#waiting.add(settle);
			signal?.addEventListener('abort', abort, { once: true });
		});
	}

	async stop(): Promise<void> {
		this.#giveUp();
		await this.#done;
	}

	#giveUp(): void {
		this.#stop.abort();
		for (const settle of [...this.#waiting]) settle(this.#aborted());
	}

	async #run(): Promise<void> {
		// Whoever opened the cache has it in hand before anything is told.
		await Promise.resolve();
		while (!this.#stop.signal.aborted) {
			const began = performance.now();
			try {
				if (this.#version === null && this.#pages) await this.#listPages();
				else await this.#watch();
				// A server that ends each watch at once must not be asked in a tight loop.
				if (performance.now() - began < settledMs) await pause(settledMs * this.#settings.random(), this.#stop.signal);
			} catch (error) {
				if (this.#stop.signal.aborted) return;
				const failure = this.#asClusterError(error);
				if (failure.failure === 'Aborted') {
					// The permission to ask has ended for good.
					this.#setTrouble(failure);
					this.#giveUp();
				} else await this.#recover(failure);
			}
		}
	}

	/** Decides what a failure means for the next attempt, says so, and waits. */
	async #recover(error: ClusterError): Promise<void> {
		const initial = this.#version === null;
		if (error.failure === 'Gone') {
			this.#version = null;
			this.#setTrouble(error);
			// The first full list after it goes out at once.
			if (!initial) return;
		} else if (initial && !this.#pages && refusesWatchList(error)) {
			this.#pages = true;
			return;
		} else if (initial && !this.#pages && error.failure === 'TimedOut' && ++this.#silent >= silentWatchLists) this.#pages = true;
		const broken = error.failure === 'Unreachable' || error.failure === 'TimedOut';
		const asked = error.failure === 'TooManyRequests' || error.failure === 'Forbidden' || error.failure === 'Unauthorized';
		const wait = this.#backoff.failed(error.retryAfterMs, error.failure === 'NotServed' ? notServedPauseMs : undefined);
		// One broken connection is mended at once; what the server refuses is told.
		if (!this.#isPassing(error) && (!broken || this.#backoff.failures > 1)) this.#setTrouble(error);
		if (!broken && !asked && this.#backoff.failures >= resumeAttempts) this.#version = null;
		await pause(wait, this.#stop.signal);
	}

	/** A right that we had is not gone yet because a server refuses us that has just started. */
	#isPassing({ failure }: ClusterError): boolean {
		if (failure !== 'Forbidden') {
			this.#refusedSince = null;
			return false;
		}
		this.#refusedSince ??= performance.now();
		return this.#listed && performance.now() - this.#refusedSince < startingMs;
	}

	/** A watch, from the version that we have or as a watch-list that tells everything first. */
	async #watch(): Promise<void> {
		let initial = this.#version === null;
		let settled: NodeJS.Timeout | undefined;
		if (initial) this.#store.beginList();
		const lasts = 300 + Math.round(300 * this.#settings.random());
		const parameters = {
			...this.#selectors(),
			watch: 1,
			allowWatchBookmarks: true,
			timeoutSeconds: lasts,
			...(this.#version === null
				? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }
				: { resourceVersion: this.#version }),
		};
		const began = performance.now();
		try {
			await readWatch(
				this.#requester,
				{ ...this.#request('watch'), path: `${this.#path}${query(parameters)}` },
				{
					onOpen: () => {
						if (!initial) settled = setTimeout(() => this.#fresh(), settledMs);
					},
					silenceMs: () => {
						if (initial) return this.#settings.listSilenceMs;
						if (this.#bookmarks) return this.#settings.watchSilenceMs;
						// The server ends the watch by itself; one that does not is dead.
						return performance.now() - began > lasts * 1000 + this.#settings.watchSilenceMs ? 0 : null;
					},
					onEvent: (event) => {
						if (this.#stop.signal.aborted) return;
						if (event.type === 'BOOKMARK') this.#bookmarks = true;
						if (initial) initial = this.#takeInitial(event);
						else this.#take(event);
					},
				},
			);
			if (initial) {
				const { place } = this.#request('watch');
				throw new ClusterError('Unreachable', `watch ${place.resource}: it ended before the first list was complete`, place);
			}
		} finally {
			clearTimeout(settled);
			if (!initial && this.#trouble === null) this.#freshAt = Date.now();
		}
	}

	/** An event of a watch-list before its end; returns whether more of them follow. */
	#takeInitial({ type, object }: WatchEvent): boolean {
		if (type === 'BOOKMARK') {
			if (object.metadata.annotations?.[initialEventsEnd] !== 'true') return true;
			this.#endList(object.metadata.resourceVersion ?? '');
			return false;
		}
		if (type === 'DELETED') this.#store.remove(object);
		else this.#store.put(object);
		return true;
	}

	#take({ type, object }: WatchEvent): void {
		if (type === 'DELETED') this.#store.remove(object);
		else if (type !== 'BOOKMARK') this.#store.put(object);
		this.#version = object.metadata.resourceVersion ?? this.#version;
		this.#fresh();
	}

	async #listPages(): Promise<void> {
		const { listSilenceMs: silenceMs, pageSize: limit } = this.#settings;
		const apiVersion = this.#resource.group === '' ? this.#resource.version : `${this.#resource.group}/${this.#resource.version}`;
		const take = (item: ApiObject): void => {
			if (!this.#stop.signal.aborted) this.#store.put(Object.assign(item, { apiVersion, kind: this.#resource.kind }));
		};
		this.#store.beginList();
		let token: string | undefined;
		let version: string;
		do {
			const path = `${this.#path}${query({ ...this.#selectors(), limit, continue: token })}`;
			const page = await readPage(this.#requester, { ...this.#request('list'), path, silenceMs }, take);
			version = page.resourceVersion;
			token = page.token;
		} while (token !== undefined);
		this.#endList(version);
	}

	#endList(version: string): void {
		if (this.#stop.signal.aborted) return;
		this.#store.endList();
		this.#version = version;
		this.#silent = 0;
		this.#listed = true;
		this.#fresh();
		for (const settle of [...this.#waiting]) settle(null);
	}

	/** The server is heard and the copy follows it. */
	#fresh(): void {
		this.#backoff.succeeded();
		this.#refusedSince = null;
		if (this.#trouble === null) return;
		this.#trouble = null;
		this.#options.onTrouble?.(null);
	}

	#setTrouble(error: ClusterError): void {
		const told = this.#trouble?.error;
		this.#trouble = { error, since: this.#trouble?.since ?? this.#freshAt };
		if (told?.failure !== error.failure) this.#options.onTrouble?.(this.#trouble);
	}

	/** What is no failure of a request is one of reading what was sent. */
	#asClusterError(error: unknown): ClusterError {
		if (error instanceof ClusterError) return error;
		const message = error instanceof Error ? error.message : String(error);
		const place = this.#request('watch').place;
		return new ClusterError('Invalid', `watch ${place.resource}: an object cannot be read: ${message}`, {
			...place,
			cause: error,
		});
	}

	#aborted(): ClusterError {
		const { place } = this.#request('watch');
		return new ClusterError('Aborted', `watch ${place.resource}: stopped before the first list was complete`, place);
	}

	get #path(): string {
		return resourcePath(this.#resource, { namespace: this.#options.namespace });
	}

	#selectors(): { readonly labelSelector: string | undefined; readonly fieldSelector: string | undefined } {
		return { labelSelector: this.#options.labelSelector, fieldSelector: this.#options.fieldSelector };
	}

	#request(verb: 'list' | 'watch'): { readonly place: RequestPlace; readonly headMs: number; readonly signal: AbortSignal } {
		return {
			place: { verb, resource: resourceName(this.#resource) },
			headMs: this.#settings.headMs,
			signal: this.#stop.signal,
		};
	}
}

/** A server without watch-list says that it does not know the parameter, or that its gate is off. */
function refusesWatchList({ failure }: ClusterError): boolean {
	return failure === 'Invalid';
}
