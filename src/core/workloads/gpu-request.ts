import type { PodDemand } from './demand.ts';
import type { PodContainer } from './pod.ts';

/** Every extended resource of NVIDIA's device plugin has this prefix: shared, renamed and mixed MIG ones too. */
export const gpuResourcePrefix = 'nvidia.com/';

/** A resource of this prefix stands for a claim: the scheduler makes one for the DeviceClass that it names. */
export const deviceClassPrefix = 'deviceclass.resource.kubernetes.io/';

/** What the name of a resource begins with by which a container asks for a GPU. */
export const requestPrefixes = [gpuResourcePrefix, deviceClassPrefix] as const;

/**
 * Whether a container asks for a GPU: by a resource, or by a claim. A claim shows only its name in a pod, and a class only its own, so that
 * any counts, of whatever driver.
 */
export function requestsGpu({ resources }: PodContainer): boolean {
	const names = [...Object.keys(resources?.limits ?? {}), ...Object.keys(resources?.requests ?? {})];
	return names.some((name) => requestPrefixes.some((prefix) => name.startsWith(prefix))) || (resources?.claims ?? []).length > 0;
}

/** Whether a policy demands its env of a container. */
export function inScope({ containers }: Pick<PodDemand, 'containers'>, container: PodContainer): boolean {
	return containers === 'All' || requestsGpu(container);
}
