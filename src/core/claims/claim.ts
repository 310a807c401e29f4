/** A ResourceClaim as far as admission reads it, in the layout of `resource.k8s.io/v1`. */
export interface Claim {
	readonly metadata?: {
		readonly name?: string;
		readonly labels?: Readonly<Record<string, string>>;
		readonly annotations?: Readonly<Record<string, string>>;
	};
	readonly spec: { readonly devices?: { readonly requests?: readonly ClaimRequest[] } };
}

/** One request: for devices that meet it, or for the first of several alternatives that can be had. */
export interface ClaimRequest {
	readonly name: string;
	readonly exactly?: DeviceRequest & {
		/** Looks at devices that others hold; only in namespaces of administrators. */
		readonly adminAccess?: boolean;
	};
	readonly firstAvailable?: readonly (DeviceRequest & { readonly name: string })[];
}

export interface DeviceRequest {
	readonly deviceClassName: string;
	readonly allocationMode?: string;
	readonly count?: number;
	/** All must hold of a device. */
	readonly selectors?: readonly DeviceSelectorTerm[];
}

export interface DeviceSelectorTerm {
	readonly cel?: { readonly expression: string };
}

/** On a claim that the scheduler made for an extended resource: what it gives was chosen before the claim was created. */
export const extendedResourceAnnotation = 'resource.kubernetes.io/extended-resource-claim';

/** Selectors that a request takes (resource.k8s.io, DeviceSelectorsMaxSize). */
export const mostSelectors = 32;
