import type { Cluster, Resource } from '../../core/ports/cluster.ts';

export const nodes: Resource = { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false };

export const gpuNodeReports: Resource = {
	group: 'gpupolicy.dev',
	version: 'v1alpha1',
	resource: 'gpunodereports',
	kind: 'GpuNodeReport',
	namespaced: false,
};

function dra(version: string, resource: string, kind: string, namespaced = false): Resource {
	return { group: 'resource.k8s.io', version, resource, kind, namespaced };
}

/** The kinds of dynamic resource allocation in the newest versions that a server serves. */
export interface DraResources {
	readonly slices: Resource;
	readonly claims: Resource;
	readonly classes: Resource;
	/** `null` where it serves none: so does a default 1.36. */
	readonly taintRules: Resource | null;
}

/** `null` where the server has no dynamic resource allocation that we can read. */
export async function servedDra(cluster: Cluster): Promise<DraResources | null> {
	for (const version of ['v1', 'v1beta2', 'v1beta1']) {
		const slices = dra(version, 'resourceslices', 'ResourceSlice');
		if (!(await cluster.serves(slices))) continue;
		return {
			slices,
			claims: dra(version, 'resourceclaims', 'ResourceClaim', true),
			classes: dra(version, 'deviceclasses', 'DeviceClass'),
			taintRules: await servedTaintRules(cluster),
		};
	}
	return null;
}

async function servedTaintRules(cluster: Cluster): Promise<Resource | null> {
	for (const version of ['v1', 'v1beta2', 'v1alpha3']) {
		const rules = dra(version, 'devicetaintrules', 'DeviceTaintRule');
		if (await cluster.serves(rules)) return rules;
	}
	return null;
}
