/** How large the cluster of the benchmark is. */
export interface Size {
	readonly nodes: number;
	readonly pods: number;
	readonly policies: number;
}

/** What the goals of the project speak of. */
export const fullSize: Size = { nodes: 5_000, pods: 50_000, policies: 100 };

/** Pods of one ReplicaSet. */
export const podsPerOwner = 50;
/** ReplicaSets of one namespace. */
export const ownersPerNamespace = 10;
