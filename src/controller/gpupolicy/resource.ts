import type { Resource } from '../../core/ports/cluster.ts';

export const gpuPolicies: Resource = {
	group: 'gpupolicy.dev',
	version: 'v1alpha1',
	resource: 'gpupolicies',
	kind: 'GpuPolicy',
	namespaced: false,
};

/** Holds a policy back until every duty took back what it put in place. */
export const cleanupFinalizer = 'gpupolicy.dev/cleanup';

// With a new token each time: the duties look again.
export { resumeAnnotation } from '../../core/workloads/remediation-state.ts';
