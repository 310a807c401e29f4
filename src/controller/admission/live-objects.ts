import { type ApiObject, type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import { managedBy, managedByLabel, policyLabel, policyLabelValue } from './names.ts';
import { type AdmissionKind, type AdmissionObject, admissionKinds, admissionResource, type MutatingVersion } from './objects.ts';

/** The admission objects of one policy that the server holds, by kind and name. */
export class LiveObjects {
	readonly #objects = new Map<string, ApiObject>();

	constructor(objects: Iterable<ApiObject>) {
		for (const object of objects) this.#objects.set(key(object.kind as AdmissionKind, object.metadata.name), object);
	}

	get({ kind, metadata }: Pick<AdmissionObject, 'kind' | 'metadata'>): ApiObject | undefined {
		return this.#objects.get(key(kind, metadata.name));
	}

	all(): readonly ApiObject[] {
		return [...this.#objects.values()];
	}

	/** Those whose name passes. */
	where(passes: (name: string) => boolean): LiveObjects {
		return new LiveObjects(this.all().filter(({ metadata }) => passes(metadata.name)));
	}
}

/** Where admission objects of a policy may lie. */
export interface ListedAdmission {
	readonly mutating: MutatingVersion | null;
	/** Namespace of what our webhook demands; `null`: there never was a webhook. */
	readonly demandsIn: string | null;
}

/** Lists what carries our labels for a policy, left-overs of canaries too. A kind that is not served has no objects. */
export async function listLive(
	cluster: Cluster,
	policy: string,
	where: ListedAdmission,
	signal: AbortSignal,
): Promise<LiveObjects> {
	return new LiveObjects(await listManaged(cluster, `,${policyLabel}=${policyLabelValue(policy)}`, where, signal));
}

/** Values of the policy label of everything that we own here. */
export async function listOwners(cluster: Cluster, where: ListedAdmission, signal: AbortSignal): Promise<Set<string>> {
	const objects = await listManaged(cluster, '', where, signal);
	return new Set(objects.map(({ metadata }) => metadata.labels?.[policyLabel] ?? ''));
}

async function listManaged(
	cluster: Cluster,
	furtherLabels: string,
	{ mutating, demandsIn }: ListedAdmission,
	signal: AbortSignal,
): Promise<readonly ApiObject[]> {
	const labelSelector = `${managedByLabel}=${managedBy}${furtherLabels}`;
	const lists = await Promise.all(
		admissionKinds.map(async (kind) => {
			if (kind.startsWith('Mutating') && mutating === null) return [];
			if (kind === 'ConfigMap' && demandsIn === null) return [];
			const namespace = kind === 'ConfigMap' && demandsIn !== null ? { namespace: demandsIn } : {};
			try {
				return await cluster.list(admissionResource(kind, mutating ?? 'v1'), { ...namespace, labelSelector, signal });
			} catch (error) {
				if (error instanceof ClusterError && error.failure === 'NotServed') return [];
				throw error;
			}
		}),
	);
	// Labels can be copied; the names are ours alone.
	return lists.flat().filter(({ metadata }) => metadata.name.startsWith('gpupolicy-'));
}

function key(kind: AdmissionKind, name: string): string {
	return `${kind}/${name}`;
}
