import type { GpuPolicy, GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';
import type { ApiObject } from '../../core/ports/cluster.ts';
import type { ClusterPolicy } from '../duty.ts';
import { cleanupFinalizer, resumeAnnotations } from './resource.ts';

/** What a second look at a policy gave that no schema of a server can tell. */
export interface Examined {
	/** With defaults. */
	readonly policy: GpuPolicy;
	/** Digest of the spec, 64 hex digits. */
	readonly digest: string;
	/** `spec.interval` in milliseconds; `NaN` where it is wrong. */
	readonly intervalMs: number;
	/** Why the spec cannot be carried out; empty where it can. */
	readonly problems: readonly string[];
}

/** A policy as the cache keeps it. */
export interface StoredPolicy {
	readonly policy: ClusterPolicy;
	readonly resourceVersion: string;
	readonly finalizers: readonly string[];
	readonly status: GpuPolicyStatus | undefined;
	readonly intervalMs: number;
	readonly problems: readonly string[];
}

/** Projects objects of the API; a spec is examined once for each generation of it. */
export class PolicyReader {
	readonly #examine: (object: unknown) => Examined;
	readonly #examined = new Map<string, { readonly uid: string; readonly generation: number; readonly result: Examined }>();

	constructor(examine: (object: unknown) => Examined) {
		this.#examine = examine;
	}

	read({ apiVersion, kind, metadata, spec, status }: ApiObject): StoredPolicy {
		const { name, uid = '', generation = 0, labels, annotations } = metadata;
		const kept = this.#examined.get(name);
		const result =
			kept?.uid === uid && kept.generation === generation
				? kept.result
				: this.#examine({ apiVersion, kind, metadata: { name }, spec });
		this.#examined.set(name, { uid, generation, result });
		const object: GpuPolicy = {
			...result.policy,
			metadata: { name, uid, generation, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) },
		};
		return {
			policy: {
				name,
				uid,
				generation,
				digest: result.digest,
				object,
				suspended: result.policy.spec?.suspend === true,
				deleting: metadata.deletionTimestamp !== undefined,
			},
			resourceVersion: metadata.resourceVersion ?? '',
			finalizers: metadata.finalizers ?? [],
			status: status as GpuPolicyStatus | undefined,
			intervalMs: result.intervalMs,
			problems: result.problems,
		};
	}

	forget(name: string): void {
		this.#examined.delete(name);
	}
}

export function hasFinalizer({ finalizers }: StoredPolicy): boolean {
	return finalizers.includes(cleanupFinalizer);
}

/** Whether the duties have to look again: anything but the status changed. */
export function concernsDuties(before: StoredPolicy | undefined, after: StoredPolicy): boolean {
	if (!before) return true;
	const [was, is] = [before.policy, after.policy];
	return (
		was.uid !== is.uid ||
		was.generation !== is.generation ||
		was.deleting !== is.deleting ||
		hasFinalizer(before) !== hasFinalizer(after) ||
		resumeAnnotations.some((name) => was.object.metadata.annotations?.[name] !== is.object.metadata.annotations?.[name])
	);
}
