import type { ApiObject, Cluster, ObjectName, Resource, WriteOptions, Written } from '../../core/ports/cluster.ts';

/** A write that was not sent. */
export interface UnsentWrite {
	readonly verb: 'apply' | 'create' | 'update' | 'patch' | 'delete' | 'evict';
	readonly resource: Resource;
	readonly subresource?: string;
	readonly object: ObjectName;
	/** What would be sent; `null` where there is nothing but the name. */
	readonly body: unknown;
}

/** A cluster that is read as it is and written to never: what would be sent is told instead. Dry runs of the server store nothing and are sent. */
export class PrintingCluster implements Cluster {
	readonly #cluster: Cluster;
	readonly #tell: (write: UnsentWrite) => void;

	constructor(cluster: Cluster, tell: (write: UnsentWrite) => void) {
		this.#cluster = cluster;
		this.#tell = tell;
	}

	get(...args: Parameters<Cluster['get']>): ReturnType<Cluster['get']> {
		return this.#cluster.get(...args);
	}

	list(...args: Parameters<Cluster['list']>): ReturnType<Cluster['list']> {
		return this.#cluster.list(...args);
	}

	serves(resource: Resource): Promise<boolean> {
		return this.#cluster.serves(resource);
	}

	freshConnection(): Cluster {
		return new PrintingCluster(this.#cluster.freshConnection(), this.#tell);
	}

	async apply(resource: Resource, object: ApiObject, options: WriteOptions = {}): Promise<Written> {
		return options.dryRun ? this.#cluster.apply(resource, object, options) : this.#unsent('apply', resource, object, options);
	}

	async create(resource: Resource, object: ApiObject, options: WriteOptions = {}): Promise<Written> {
		return options.dryRun ? this.#cluster.create(resource, object, options) : this.#unsent('create', resource, object, options);
	}

	async update(resource: Resource, object: ApiObject, options: WriteOptions = {}): Promise<Written> {
		return options.dryRun ? this.#cluster.update(resource, object, options) : this.#unsent('update', resource, object, options);
	}

	async patch(resource: Resource, object: ObjectName, patch: unknown, options: WriteOptions = {}): Promise<Written> {
		if (options.dryRun) return this.#cluster.patch(resource, object, patch, options);
		this.#tell({ verb: 'patch', resource, object, body: patch, ...subresourceOf(options) });
		const { signal } = options;
		const live = await this.#cluster.get(resource, object, signal === undefined ? {} : { signal });
		const { group, version, kind } = resource;
		const bare: ApiObject = { apiVersion: group === '' ? version : `${group}/${version}`, kind, metadata: object };
		return { object: merged(live ?? bare, patch) as ApiObject, warnings: [] };
	}

	async delete(resource: Resource, object: ObjectName, options: Parameters<Cluster['delete']>[2] = {}): Promise<boolean> {
		if (options.dryRun) return this.#cluster.delete(resource, object, options);
		this.#tell({ verb: 'delete', resource, object, body: null });
		return true;
	}

	async evict(pod: ObjectName, options: WriteOptions = {}): Promise<void> {
		if (options.dryRun) return this.#cluster.evict(pod, options);
		const pods: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
		this.#tell({ verb: 'evict', resource: pods, object: pod, body: null });
	}

	#unsent(verb: 'apply' | 'create' | 'update', resource: Resource, object: ApiObject, options: WriteOptions): Written {
		const { name, namespace } = object.metadata;
		this.#tell({
			verb,
			resource,
			object: namespace === undefined ? { name } : { name, namespace },
			body: object,
			...subresourceOf(options),
		});
		return { object, warnings: [] };
	}
}

/** What a JSON merge patch makes of a value (RFC 7396). */
function merged(value: unknown, patch: unknown): unknown {
	if (!isRecord(patch)) return patch;
	const result: Record<string, unknown> = isRecord(value) ? { ...value } : {};
	for (const [name, change] of Object.entries(patch)) {
		if (change === null) delete result[name];
		else result[name] = merged(result[name], change);
	}
	return result;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function subresourceOf({ subresource }: WriteOptions): { readonly subresource?: string } {
	return subresource === undefined ? {} : { subresource };
}
