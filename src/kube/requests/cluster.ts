import {
	type ApiObject,
	type Cluster,
	ClusterError,
	type ListOptions,
	type ObjectName,
	type Resource,
	type WriteOptions,
	type Written,
} from '../../core/ports/cluster.ts';
import type { HttpRequest, Permission } from '../transport/transport.ts';
import { applyBody } from './apply-body.ts';
import type { Discovery } from './discovery.ts';
import type { RequestPlace } from './failure.ts';
import { query, resourceName, resourcePath } from './path.ts';
import type { Requester } from './requester.ts';
import { warningTexts } from './warnings.ts';

/** Who the fields belong to that the controller writes. */
const ownManager = 'gpupolicy';

/** Time limits in milliseconds. */
export interface RequestLimits {
	/** A request for one object. Below leaseDuration - renewDeadline, so that none outlives the leadership that it was sent under. */
	readonly objectMs: number;
	/** One page of a list. */
	readonly pageMs: number;
}

/** Objects of one page: large enough that 50,000 pods are a hundred requests, small enough that a page is a few MB. */
export const pageSize = 500;
/** A list that takes longer than etcd keeps its version (5 min by default) begins anew so many times. */
const listAttempts = 3;

/** `Cluster` over a connection. */
export class KubeCluster implements Cluster {
	readonly #requester: Requester;
	readonly #discovery: Discovery;
	readonly #limits: RequestLimits;
	readonly #manager: string;

	constructor(requester: Requester, discovery: Discovery, limits: RequestLimits, manager = ownManager) {
		this.#requester = requester;
		this.#discovery = discovery;
		this.#limits = limits;
		this.#manager = manager;
	}

	/** The same cluster, written to as another field manager. */
	as(manager: string): KubeCluster {
		return new KubeCluster(this.#requester, this.#discovery, this.#limits, manager);
	}

	/** The same cluster for as long as a permission lasts: afterwards every request is `Aborted`, those under way too. */
	under(permission: Permission): KubeCluster {
		return new KubeCluster(this.#requester.under(permission), this.#discovery, this.#limits, this.#manager);
	}

	/** Ends the connections of this client. */
	async close(): Promise<void> {
		await this.#requester.transport.destroy();
	}

	async get(resource: Resource, object: ObjectName, options: { readonly signal?: AbortSignal } = {}): Promise<ApiObject | null> {
		const place: RequestPlace = { verb: 'get', resource: resourceName(resource), object };
		try {
			const { value } = await this.#requester.json<ApiObject>({
				method: 'GET',
				path: resourcePath(resource, object),
				limitMs: this.#limits.objectMs,
				signal: options.signal,
				place,
			});
			return value;
		} catch (error) {
			if (error instanceof ClusterError && error.failure === 'NotFound') return null;
			throw error;
		}
	}

	async list(resource: Resource, options: ListOptions = {}): Promise<readonly ApiObject[]> {
		for (let attempt = 1; ; attempt++) {
			try {
				return await this.#listOnce(resource, options);
			} catch (error) {
				if (!(error instanceof ClusterError && error.failure === 'Gone') || attempt === listAttempts) throw error;
			}
		}
	}

	async #listOnce(resource: Resource, { namespace, labelSelector, fieldSelector, signal }: ListOptions): Promise<ApiObject[]> {
		const objects: ApiObject[] = [];
		const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
		let token: string | undefined;
		do {
			const path = `${resourcePath(resource, { namespace })}${query({ labelSelector, fieldSelector, limit: pageSize, continue: token })}`;
			const { value } = await this.#requester.json<{ items?: ApiObject[]; metadata?: { continue?: string } }>({
				method: 'GET',
				path,
				limitMs: this.#limits.pageMs,
				signal,
				place: { verb: 'list', resource: resourceName(resource) },
			});
			// Items of a list carry neither, other than what get and watch answer.
			for (const item of value.items ?? []) objects.push({ ...item, apiVersion, kind: resource.kind });
			token = value.metadata?.continue || undefined;
		} while (token !== undefined);
		return objects;
	}

	async apply(resource: Resource, object: ApiObject, options: WriteOptions = {}): Promise<Written> {
		const body = applyBody(object);
		const request = { method: 'PATCH', contentType: 'application/apply-patch+yaml', body, named: true } as const;
		return this.#write('apply', resource, object.metadata, options, request, options.force === true ? { force: 'true' } : {});
	}

	/** Has the server say what it would make of an applied object, unknown fields refused, whoever owns what. Stores nothing. */
	async tryApply(resource: Resource, object: ApiObject): Promise<Written> {
		const body = applyBody(object);
		const request = { method: 'PATCH', contentType: 'application/apply-patch+yaml', body, named: true } as const;
		return this.#write('apply', resource, object.metadata, { dryRun: true }, request, {
			force: 'true',
			fieldValidation: 'Strict',
		});
	}

	async create(resource: Resource, object: ApiObject, options: WriteOptions = {}): Promise<Written> {
		return this.#write('create', resource, object.metadata, options, {
			method: 'POST',
			body: JSON.stringify(object),
			named: options.subresource !== undefined,
		});
	}

	async update(resource: Resource, object: ApiObject, options: WriteOptions = {}): Promise<Written> {
		return this.#write('update', resource, object.metadata, options, {
			method: 'PUT',
			body: JSON.stringify(object),
			named: true,
		});
	}

	async patch(resource: Resource, object: ObjectName, patch: unknown, options: WriteOptions = {}): Promise<Written> {
		return this.#write('patch', resource, object, options, {
			method: 'PATCH',
			contentType: 'application/merge-patch+json',
			body: JSON.stringify(patch),
			named: true,
		});
	}

	async delete(
		resource: Resource,
		object: ObjectName,
		options: WriteOptions & { readonly uid?: string; readonly resourceVersion?: string } = {},
	): Promise<boolean> {
		const { uid, resourceVersion, dryRun } = options;
		const preconditions = uid === undefined && resourceVersion === undefined ? undefined : { uid, resourceVersion };
		try {
			await this.#requester.send({
				method: 'DELETE',
				path: resourcePath(resource, object),
				body: JSON.stringify({
					apiVersion: 'v1',
					kind: 'DeleteOptions',
					// Jobs and their like would otherwise leave their pods behind.
					propagationPolicy: 'Background',
					...(preconditions ? { preconditions } : {}),
					...(dryRun === true ? { dryRun: ['All'] } : {}),
				}),
				limitMs: this.#limits.objectMs,
				signal: options.signal,
				place: { verb: 'delete', resource: resourceName(resource), object },
			});
			return true;
		} catch (error) {
			if (error instanceof ClusterError && error.failure === 'NotFound') return false;
			throw error;
		}
	}

	async evict(pod: ObjectName, { dryRun, signal, uid }: WriteOptions & { readonly uid?: string } = {}): Promise<void> {
		await this.#requester.send({
			method: 'POST',
			path: `${resourcePath(pods, { ...pod, subresource: 'eviction' })}${query({ dryRun: dryRun === true ? 'All' : undefined })}`,
			body: JSON.stringify({
				apiVersion: 'policy/v1',
				kind: 'Eviction',
				metadata: { name: pod.name, namespace: pod.namespace },
				...(uid === undefined ? {} : { deleteOptions: { preconditions: { uid } } }),
			}),
			limitMs: this.#limits.objectMs,
			signal,
			place: { verb: 'evict', resource: 'pods/eviction', object: pod },
		});
	}

	async serves(resource: Resource): Promise<boolean> {
		return this.#discovery.serves(this.#requester, resource, this.#limits.objectMs);
	}

	/** What the server says of itself: `v1.36.3`. */
	async serverVersion(): Promise<string> {
		const place: RequestPlace = { verb: 'get', resource: '/version' };
		const request = { method: 'GET', path: '/version', limitMs: this.#limits.objectMs, place } as const;
		const { value } = await this.#requester.json<{ readonly gitVersion?: string }>(request);
		return value.gitVersion ?? 'unknown';
	}

	freshConnection(): KubeCluster {
		const transport = this.#requester.transport.fresh({ maxSockets: 1, idleMs: 2000 });
		return new KubeCluster(this.#requester.over(transport), this.#discovery, this.#limits, this.#manager);
	}

	async #write(
		verb: 'apply' | 'create' | 'update' | 'patch',
		resource: Resource,
		object: ObjectName,
		{ dryRun, subresource, signal }: WriteOptions,
		request: Pick<HttpRequest, 'method' | 'contentType' | 'body'> & { readonly named: boolean },
		choices: Readonly<Record<string, string>> = {},
	): Promise<Written> {
		const { named, ...http } = request;
		const { namespace, name } = object;
		const path = resourcePath(resource, named ? { namespace, name, subresource } : { namespace });
		const { value, answer } = await this.#requester.json<ApiObject>({
			...http,
			path: `${path}${query({ fieldManager: this.#manager, dryRun: dryRun === true ? 'All' : undefined, ...choices })}`,
			limitMs: this.#limits.objectMs,
			signal,
			place: {
				verb,
				resource: resourceName(resource, subresource),
				object: namespace === undefined ? { name } : { name, namespace },
			},
		});
		return { object: value, warnings: warningTexts(answer.message.headersDistinct.warning) };
	}
}

const pods: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
