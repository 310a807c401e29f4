import { WireMessage } from '../wire/index.ts';

/** A container, as the kubelet names it. */
export interface PodContainerName {
	readonly namespace: string;
	readonly pod: string;
	readonly container: string;
}

/** Devices of one resource of a plugin. */
export interface ListedDevices {
	/** `nvidia.com/gpu`. */
	readonly resource: string;
	/** As the plugin names them. */
	readonly ids: readonly string[];
}

/** A device that a container holds by a claim, as its DRA driver names it. */
export interface ListedClaim {
	readonly driver: string;
	readonly pool: string;
	readonly device: string;
}

/** What a container was given. */
export interface ContainerAllocation extends PodContainerName {
	readonly devices: readonly ListedDevices[];
	readonly claims: readonly ListedClaim[];
}

/** `v1.ListPodResourcesResponse` (k8s.io/kubelet/pkg/apis/podresources/v1/api.proto). Throws a WireError. */
export function readList(bytes: Uint8Array): readonly ContainerAllocation[] {
	return new WireMessage(bytes).messages(1).flatMap((pod) =>
		pod.messages(3).map((container) => ({
			namespace: pod.string(2),
			pod: pod.string(1),
			container: container.string(1),
			devices: container.messages(2).map(readDevices),
			claims: container
				.messages(5)
				.flatMap((dynamic) =>
					dynamic.messages(4).map((claim) => ({ driver: claim.string(2), pool: claim.string(3), device: claim.string(4) })),
				),
		})),
	);
}

/** `v1.AllocatableResourcesResponse`: devices of plugins that are healthy. Throws a WireError. */
export function readAllocatable(bytes: Uint8Array): readonly ListedDevices[] {
	return new WireMessage(bytes).messages(1).map(readDevices);
}

/** `v1.ContainerDevices` */
function readDevices(message: WireMessage): ListedDevices {
	return { resource: message.string(1), ids: message.strings(2) };
}
