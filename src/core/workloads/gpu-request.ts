import type { PodDemand } from './demand.ts';
import type { PodContainer } from './pod.ts';

/** Every extended resource of NVIDIA's device plugin has this prefix: shared, renamed and mixed MIG ones too. */
export const gpuResourcePrefix = 'nvidia.com/';

/**
 * Whether a container asks for a GPU: by a resource, or by a claim. A claim shows only its name in a pod, so that any claim
 * counts, of whatever driver.
 */
export function requestsGpu({ resources }: PodContainer): boolean {
	const names = [...Object.keys(resources?.limits ?? {}), ...Object.keys(resources?.requests ?? {})];
	return names.some((name) => name.startsWith(gpuResourcePrefix)) || (resources?.claims ?? []).length > 0;
}

/** Whether a policy demands its env of a container. */
export function inScope({ containers }: Pick<PodDemand, 'containers'>, container: PodContainer): boolean {
	return containers === 'All' || requestsGpu(container);
}
