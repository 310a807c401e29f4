import type { Cluster, Resource } from '../../../core/ports/cluster.ts';

/** Versions of resource.k8s.io in which requests have the layout that we write, best first: v1 from Kubernetes 1.34, v1beta2 on 1.33. */
const versions = ['v1', 'v1beta2'] as const;

/** What the server serves of ResourceClaims: `None` without dynamic resource allocation, `TooOld` where only an earlier layout is. */
export type ServedClaims =
	| { readonly state: 'Served'; readonly claims: Resource }
	| { readonly state: 'TooOld' }
	| { readonly state: 'None' };

/** Asks discovery, which the client caches for a short while. */
export async function servedClaims(cluster: Cluster): Promise<ServedClaims> {
	for (const version of versions) {
		const claims = resource(version);
		if (await cluster.serves(claims)) return { state: 'Served', claims };
	}
	return { state: (await cluster.serves(resource('v1beta1'))) ? 'TooOld' : 'None' };
}

function resource(version: string): Resource {
	return { group: 'resource.k8s.io', version, resource: 'resourceclaims', kind: 'ResourceClaim', namespaced: true };
}
