import type { Labels } from '../workloads/label-selector.ts';

/** A taint as it stands on a node. Whatever else an entry holds (timeAdded) stays in it. */
export interface Taint {
	readonly key: string;
	readonly value?: string;
	readonly effect: string;
}

/** A node, as far as a policy looks at it. */
export interface ClusterNode {
	readonly name: string;
	readonly uid: string;
	readonly resourceVersion: string;
	readonly deleting: boolean;
	readonly labels: Labels;
	readonly taints: readonly Taint[];
	/** Value of our annotation that says which marks are ours; `null` where there is none. */
	readonly marks: string | null;
	/** Whole GPUs of NVIDIA's device plugin that the kubelet counts, shared ones as often as they are shared; `null` where it knows no such resource. */
	readonly gpus: {
		readonly capacity: number;
		readonly allocatable: number;
		/** NVIDIA's other resources that it counts some of: MIG devices, renamed ones, passed through ones. Absent: none. */
		readonly others?: readonly string[];
	} | null;
}
