import type { Resource } from '../../core/ports/cluster.ts';

export const pods: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
export const namespaces: Resource = { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', namespaced: false };
export const jobs: Resource = { group: 'batch', version: 'v1', resource: 'jobs', kind: 'Job', namespaced: true };

const apps = { group: 'apps', version: 'v1', namespaced: true } as const;

/** The owners that replace pods which go away. */
export const workloadResources = {
	Deployment: { ...apps, resource: 'deployments', kind: 'Deployment' },
	StatefulSet: { ...apps, resource: 'statefulsets', kind: 'StatefulSet' },
	DaemonSet: { ...apps, resource: 'daemonsets', kind: 'DaemonSet' },
	ReplicaSet: { ...apps, resource: 'replicasets', kind: 'ReplicaSet' },
} as const satisfies Readonly<Record<string, Resource>>;
