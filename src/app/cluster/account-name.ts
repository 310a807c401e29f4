import { type Cluster, ClusterError, type Resource } from '../../core/ports/cluster.ts';

const selfSubjectReviews: Resource = {
	group: 'authentication.k8s.io',
	version: 'v1',
	resource: 'selfsubjectreviews',
	kind: 'SelfSubjectReview',
	namespaced: false,
};

/** Who we are to the server, as `kubectl auth whoami` asks; `otherwise` where it does not say. */
export async function accountName(cluster: Cluster, otherwise: string): Promise<string> {
	try {
		const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} };
		const { object } = await cluster.create(selfSubjectReviews, review as never);
		const { userInfo } = (object['status'] ?? {}) as { readonly userInfo?: { readonly username?: string } };
		return userInfo?.username ?? otherwise;
	} catch (error) {
		if (error instanceof ClusterError && ['Forbidden', 'NotServed', 'NotFound'].includes(error.failure)) return otherwise;
		throw error;
	}
}
