import { digestAnnotation, keptSpecs, revisionOf } from '../../controller/history/revisions.ts';
import { changedFields } from '../../core/changed-fields.ts';
import type { ApiObject, Cluster } from '../../core/ports/cluster.ts';
import { examinePolicy } from '../../manifest/index.ts';
import type { PolicyRevision } from '../../render/cluster/history.ts';
import { type PolicyQuery, readPolicyObjects } from './policies.ts';
import { type ClusterRequest, withCluster } from './session.ts';

/** The past specs of the policies, newest first. */
export async function policyHistory(
	request: ClusterRequest,
	query: PolicyQuery,
	namespace: string,
): Promise<readonly PolicyRevision[]> {
	return withCluster(request, async ({ cluster }) => {
		const histories: PolicyRevision[] = [];
		for (const object of await readPolicyObjects(cluster, query))
			histories.push(...(await revisionsOf(cluster, object, namespace)));
		return histories;
	});
}

/** The past specs of one policy, newest first. */
export async function revisionsOf(cluster: Cluster, object: ApiObject, namespace: string): Promise<readonly PolicyRevision[]> {
	const { name, uid = '', generation } = object.metadata;
	const kept = (await keptSpecs(cluster, namespace, { name, uid })).toSorted((a, b) => revisionOf(b) - revisionOf(a));
	return kept.map((revision, index) => {
		const older = kept[index + 1];
		const at = revision.metadata.creationTimestamp ?? null;
		return {
			policy: name,
			generation: revisionOf(revision),
			digest: revision.metadata.annotations?.[digestAnnotation] ?? '',
			at,
			current: revisionOf(revision) === generation,
			changed: older ? changedFields(specOf(older), specOf(revision)).map(({ path }) => path) : null,
			spec: specOf(revision),
		};
	});
}

/** The spec that a revision holds, with the defaults of this version, so that a default that came later is no change. */
function specOf(revision: ApiObject): unknown {
	const { spec } = (revision['data'] ?? {}) as { readonly spec?: unknown };
	return withDefaults(spec);
}

/** A spec with every default spelled out. */
export function withDefaults(spec: unknown): unknown {
	return examinePolicy({ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: 'spec' }, spec }).policy.spec;
}
