import { resumeTaintsAnnotation } from '../../core/nodes/taint-halt.ts';
import type { Resource } from '../../core/ports/cluster.ts';
import { resumeAnnotation } from '../../core/workloads/remediation-state.ts';

export const gpuPolicies: Resource = {
	group: 'gpupolicy.dev',
	version: 'v1alpha1',
	resource: 'gpupolicies',
	kind: 'GpuPolicy',
	namespaced: false,
};

/** Holds a policy back until every duty took back what it put in place. */
export const cleanupFinalizer = 'gpupolicy.dev/cleanup';

/** Written by a person to have the duties look again. */
export const resumeAnnotations = [resumeAnnotation, resumeTaintsAnnotation] as const;
