/** One entry of `env` in a container, as the API server serves it. */
export interface PodEnv {
	readonly name: string;
	/** Absent is the empty string, unless `valueFrom` is there. */
	readonly value?: string;
	readonly valueFrom?: unknown;
}

/** A container of a pod, as far as a policy reads it. What else stands in it is kept. */
export interface PodContainer {
	readonly name: string;
	readonly env?: readonly PodEnv[] | null;
	readonly resources?: {
		readonly limits?: Readonly<Record<string, unknown>> | null;
		readonly requests?: Readonly<Record<string, unknown>> | null;
		readonly claims?: readonly unknown[] | null;
	} | null;
	readonly securityContext?: { readonly privileged?: boolean | null } | null;
	readonly volumeMounts?: readonly PodVolumeMount[] | null;
	readonly [field: string]: unknown;
}

export interface PodVolumeMount {
	readonly name: string;
	readonly mountPath?: string;
	readonly subPath?: string;
}

/** A pod as JSON, as far as a policy reads it: one that is about to be created, or one that runs. */
export interface Pod {
	readonly metadata?: {
		readonly name?: string;
		readonly namespace?: string;
		readonly labels?: Readonly<Record<string, string>> | null;
		readonly annotations?: Readonly<Record<string, string>> | null;
		readonly [field: string]: unknown;
	};
	readonly spec: {
		readonly containers: readonly PodContainer[];
		readonly initContainers?: readonly PodContainer[] | null;
		readonly ephemeralContainers?: readonly PodContainer[] | null;
		readonly volumes?: readonly { readonly name: string; readonly hostPath?: { readonly path?: string } | null }[] | null;
		readonly [field: string]: unknown;
	};
}

/** The lists of containers that a pod has. Sidecars are init containers with a restart policy. */
export const containerLists = ['containers', 'initContainers', 'ephemeralContainers'] as const;

export type ContainerList = (typeof containerLists)[number];

/** Labels of the namespace that a pod lives in; its name stands in `kubernetes.io/metadata.name`, which the API server sets. */
export interface PodNamespace {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	/** It is being deleted, and its pods with it. */
	readonly terminating?: boolean;
}

/** What the API server does to a pod: it is created, or ephemeral containers join it. */
export type PodOperation = { readonly type: 'Create' } | { readonly type: 'AddEphemeralContainers'; readonly before: Pod };
