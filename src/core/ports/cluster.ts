/** A kind of object as an API server serves it. `group` is empty for the core group. */
export interface Resource {
	readonly group: string;
	readonly version: string;
	/** Plural, as in the path: `pods`. */
	readonly resource: string;
	readonly kind: string;
	readonly namespaced: boolean;
}

/** Metadata of an object, as far as anything here reads it. */
export interface ApiMetadata {
	readonly name: string;
	readonly namespace?: string;
	readonly uid?: string;
	readonly resourceVersion?: string;
	readonly generation?: number;
	readonly creationTimestamp?: string;
	readonly deletionTimestamp?: string;
	readonly labels?: Readonly<Record<string, string>>;
	readonly annotations?: Readonly<Record<string, string>>;
	readonly finalizers?: readonly string[];
	readonly ownerReferences?: readonly OwnerReference[];
	readonly managedFields?: readonly unknown[];
}

export interface OwnerReference {
	readonly apiVersion: string;
	readonly kind: string;
	readonly name: string;
	readonly uid: string;
	readonly controller?: boolean;
	readonly blockOwnerDeletion?: boolean;
}

/** An object of the API as JSON; what stands beside the metadata is for the caller to know. */
export interface ApiObject {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: ApiMetadata;
	readonly [field: string]: unknown;
}

/** Name of an object, with its namespace where its kind has one. */
export interface ObjectName {
	readonly name: string;
	readonly namespace?: string;
}

export type ClusterVerb = 'get' | 'list' | 'watch' | 'create' | 'apply' | 'update' | 'patch' | 'delete' | 'evict';

/**
 * Why a request failed, whatever the words of the server:
 * - `Forbidden` (403): the account lacks a right · `Unauthorized` (401)
 * - `NotFound` (404) · `NotServed`: the server serves no such resource
 * - `AlreadyExists` (409) · `Conflict` (409): the resourceVersion or a precondition is out of date
 * - `FieldManagerConflict` (409 of an apply): another field manager owns a field
 * - `Gone` (410): the version to watch from was compacted
 * - `Invalid` (422, 400): the server refuses the object · `Denied`: an admission policy or webhook refuses it
 * - `TooManyRequests` (429): also a disruption budget that allows no eviction now
 * - `ServerFailed` (5xx) · `TimedOut`: no answer in time · `Unreachable`: no connection, or one that broke
 * - `Aborted`: the caller gave up (shutdown, leadership lost)
 */
export type ClusterFailure =
	| 'Forbidden'
	| 'Unauthorized'
	| 'NotFound'
	| 'NotServed'
	| 'AlreadyExists'
	| 'Conflict'
	| 'FieldManagerConflict'
	| 'Gone'
	| 'Invalid'
	| 'Denied'
	| 'TooManyRequests'
	| 'ServerFailed'
	| 'TimedOut'
	| 'Unreachable'
	| 'Aborted';

/** One `details.causes[]` of a server's Status: the field that it names and what is wrong with it. */
export interface FailureCause {
	readonly reason: string;
	readonly field: string;
	readonly message: string;
}

/** A request that failed. Judge by `failure`, never by the message. */
export class ClusterError extends Error {
	readonly failure: ClusterFailure;
	readonly verb: ClusterVerb;
	/** `pods`, `gpupolicies.gpupolicy.dev`, `gpupolicies.gpupolicy.dev/status`. */
	readonly resource: string;
	readonly object: ObjectName | null;
	/** HTTP status; `null` where no answer came. */
	readonly status: number | null;
	/** What the server asked to wait, in milliseconds. */
	readonly retryAfterMs: number | null;
	readonly causes: readonly FailureCause[];

	constructor(
		failure: ClusterFailure,
		message: string,
		at: {
			readonly verb: ClusterVerb;
			readonly resource: string;
			readonly object?: ObjectName | null;
			readonly status?: number | null;
			readonly retryAfterMs?: number | null;
			readonly causes?: readonly FailureCause[];
			readonly cause?: unknown;
		},
	) {
		super(message, at.cause === undefined ? {} : { cause: at.cause });
		this.name = 'ClusterError';
		this.failure = failure;
		this.verb = at.verb;
		this.resource = at.resource;
		this.object = at.object ?? null;
		this.status = at.status ?? null;
		this.retryAfterMs = at.retryAfterMs ?? null;
		this.causes = at.causes ?? [];
	}
}

export interface WriteOptions {
	/** Have the server do everything but store it. */
	readonly dryRun?: boolean;
	/** `status`, `ephemeralcontainers`. */
	readonly subresource?: string;
	/** Take over fields of others, in an apply: only for what nobody else has to write by design, as the report of a node. */
	readonly force?: boolean;
	readonly signal?: AbortSignal;
}

/** What a write came to, with the warnings that the server sent along. */
export interface Written {
	readonly object: ApiObject;
	/** Texts of the `Warning` headers, e.g. of a ValidatingAdmissionPolicy with action Warn. */
	readonly warnings: readonly string[];
}

export interface ListOptions {
	readonly namespace?: string;
	readonly labelSelector?: string;
	readonly fieldSelector?: string;
	readonly signal?: AbortSignal;
}

/**
 * Requests to one API server. Each rejects with a `ClusterError` only, within its time limit; none is retried here but what the
 * server puts off unread (429 with Retry-After of a second or so).
 */
export interface Cluster {
	/** `null` where there is no such object. */
	get(resource: Resource, object: ObjectName, options?: { readonly signal?: AbortSignal }): Promise<ApiObject | null>;
	/** All objects, page by page. */
	list(resource: Resource, options?: ListOptions): Promise<readonly ApiObject[]>;
	/** Server-side apply with our field manager. A foreign owner is a `FieldManagerConflict`, unless `force` says otherwise. */
	apply(resource: Resource, object: ApiObject, options?: WriteOptions): Promise<Written>;
	create(resource: Resource, object: ApiObject, options?: WriteOptions): Promise<Written>;
	/** Replaces; the object carries the resourceVersion that was read. */
	update(resource: Resource, object: ApiObject, options?: WriteOptions): Promise<Written>;
	/** A JSON merge patch; carry `metadata.resourceVersion` in it to make it conditional. */
	patch(resource: Resource, object: ObjectName, patch: unknown, options?: WriteOptions): Promise<Written>;
	/** False where the object was gone already. With `uid` only that very object is deleted. */
	delete(
		resource: Resource,
		object: ObjectName,
		options?: WriteOptions & { readonly uid?: string; readonly resourceVersion?: string },
	): Promise<boolean>;
	/** The Eviction API; `TooManyRequests` where a disruption budget allows none now. With `uid` only that very pod is evicted. */
	evict(pod: ObjectName, options?: WriteOptions & { readonly uid?: string }): Promise<void>;
	/** Whether the server serves a resource now (discovery, cached for a short while). */
	serves(resource: Resource): Promise<boolean>;
	/** A client of the same account over a new connection, so that another API server behind the same address may answer. */
	freshConnection(): Cluster;
}

/** A local copy of one kind, kept up to date by a watch. Objects are projected: only what `project` keeps is held. */
export interface ObjectCache<T> {
	/** True once the first full list is in, and as long as the copy is not known to be out of date. */
	readonly synced: boolean;
	/** Resolves when `synced` is true for the first time; rejects when the signal aborts. */
	whenSynced(signal?: AbortSignal): Promise<void>;
	get(object: ObjectName): T | undefined;
	readonly size: number;
	values(): Iterable<T>;
	/** Why the copy is out of date, with the time since when; `null` while it is fresh. `Forbidden` names verb and resource. */
	readonly trouble: { readonly error: ClusterError; readonly since: number } | null;
	stop(): Promise<void>;
}

export interface CacheOptions<T> {
	readonly namespace?: string;
	readonly labelSelector?: string;
	readonly fieldSelector?: string;
	/** Keeps what the caller needs of an object; must not keep the object itself. */
	project(object: ApiObject): T;
	/** Whether two projections differ for the caller; default: always. A change that does not is not told. */
	differs?(before: T, after: T): boolean;
	/** An object appeared, changed (`before` and `after`) or went away. Called after the cache changed; keys, not events, belong into queues. */
	onChange(object: ObjectName, before: T | undefined, after: T | undefined): void;
	/** The copy became fresh again, or stopped being fresh. */
	onTrouble?(trouble: ObjectCache<T>['trouble']): void;
}

/** Opens caches. Watch-list where the server has it, paged lists elsewhere. */
export interface Watcher {
	watch<T>(resource: Resource, options: CacheOptions<T>): ObjectCache<T>;
}
