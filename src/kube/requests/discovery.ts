import { ClusterError, type Resource } from '../../core/ports/cluster.ts';
import type { Requester } from './requester.ts';

/** Answers are kept this long: a CRD that was just installed is found soon, and a duty that asks often costs nothing. */
const keepMs = 10_000;

/** What the server serves. */
export class Discovery {
	readonly #kept = new Map<string, { readonly at: number; readonly resources: Promise<ReadonlySet<string>> }>();

	/** Whether `resource` is served in its version now. */
	async serves(requester: Requester, resource: Resource, limitMs: number): Promise<boolean> {
		const path = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
		const kept = this.#kept.get(path);
		if (kept && performance.now() - kept.at < keepMs) return (await kept.resources).has(resource.resource);
		const resources = this.#read(requester, path, limitMs);
		this.#kept.set(path, { at: performance.now(), resources });
		try {
			return (await resources).has(resource.resource);
		} catch (error) {
			this.#kept.delete(path);
			throw error;
		}
	}

	async #read(requester: Requester, path: string, limitMs: number): Promise<ReadonlySet<string>> {
		try {
			const place = { verb: 'get' as const, resource: path };
			const { value } = await requester.json<{ resources?: readonly { name: string }[] }>({
				method: 'GET',
				path,
				limitMs,
				place,
			});
			return new Set(value.resources?.map(({ name }) => name));
		} catch (error) {
			if (error instanceof ClusterError && (error.failure === 'NotServed' || error.failure === 'NotFound')) return new Set();
			throw error;
		}
	}
}
