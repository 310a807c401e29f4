import type { GpuPolicy } from '../../api/v1alpha1.generated.ts';
import { type PolicyQuery, readPolicyObjects, shown } from './policies.ts';
import { type ClusterRequest, withCluster } from './session.ts';

/** Policies of a cluster with the status that its controller wrote, by name. */
export async function getFromCluster(request: ClusterRequest, query: PolicyQuery): Promise<readonly GpuPolicy[]> {
	return withCluster(request, async ({ cluster }) => (await readPolicyObjects(cluster, query)).map(shown));
}
