import type { OwnerReference } from '../ports/cluster.ts';
import { type BypassRoute, bypassRoutes } from './bypass-routes.ts';
import { requestsGpu } from './gpu-request.ts';
import { containerLists, type Pod } from './pod.ts';

/** What a policy reads of the spec of a pod. Pods of one template share one. */
export interface PodShape {
	readonly spec: Pod['spec'];
	/** Some container asks for a GPU. */
	readonly requestsGpu: boolean;
	readonly routes: readonly BypassRoute[];
}

/** A pod of the cluster, as far as any policy reads it. */
export interface RunningPod {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	/** `creationTimestamp`, by the clock of the API server: RFC 3339 in UTC, to the second. */
	readonly created: string;
	readonly labels: Readonly<Record<string, string>>;
	/** Annotation `gpupolicy.dev/applied`; empty where there is none. */
	readonly applied: string;
	/** Annotation `gpupolicy.dev/restartedAt`, which the template of its owner handed on; empty where there is none. */
	readonly restarted: string;
	/** Made by a kubelet of a static manifest. */
	readonly mirror: boolean;
	/** The reference to its controller, as far as it names one. */
	readonly owner: Pick<OwnerReference, 'apiVersion' | 'kind' | 'name' | 'uid'> | null;
	/** Empty where it is not placed yet. */
	readonly node: string;
	/** Succeeded or Failed: nothing of it runs any more. */
	readonly finished: boolean;
	readonly ready: boolean;
	/** It was deleted or evicted, and is on its way out. */
	readonly terminating: boolean;
	readonly shape: PodShape;
}

/** What a policy reads of a spec, judged as far as no policy is needed for it. */
export function podShape(spec: Pod['spec']): PodShape {
	return {
		spec,
		requestsGpu: containerLists.some((list) => (spec[list] ?? []).some(requestsGpu)),
		routes: bypassRoutes({ spec }),
	};
}
