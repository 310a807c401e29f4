import type { ClusterNode, Taint } from '../../core/nodes/node.ts';
import { marksAnnotation } from '../../core/nodes/node-marks.ts';
import type { ApiObject } from '../../core/ports/cluster.ts';
import { sameJson } from '../../core/same-json.ts';

interface NodeObject extends ApiObject {
	readonly spec?: { readonly taints?: readonly Taint[] };
	readonly status?: {
		readonly capacity?: Readonly<Record<string, string>>;
		readonly allocatable?: Readonly<Record<string, string>>;
	};
}

/** What is kept of a Node. */
export function readNode(object: ApiObject): ClusterNode {
	const { metadata, spec, status } = object as NodeObject;
	return {
		name: metadata.name,
		uid: metadata.uid ?? '',
		resourceVersion: metadata.resourceVersion ?? '',
		deleting: metadata.deletionTimestamp !== undefined,
		labels: metadata.labels ?? {},
		taints: spec?.taints ?? [],
		marks: metadata.annotations?.[marksAnnotation] ?? null,
		gpus: gpusOf(status?.capacity, status?.allocatable),
	};
}

/** Whole GPUs under the name of the plugin and under that of shared ones; MIG resources are parts of a GPU. */
function gpusOf(
	capacity: Readonly<Record<string, string>> = {},
	allocatable: Readonly<Record<string, string>> = {},
): ClusterNode['gpus'] {
	const names = Object.keys(capacity).filter((name) => name === 'nvidia.com/gpu' || name === 'nvidia.com/gpu.shared');
	if (names.length === 0) return null;
	const sum = (of: Readonly<Record<string, string>>): number =>
		names.reduce((total, name) => total + (Number.parseInt(of[name] ?? '0', 10) || 0), 0);
	return { capacity: sum(capacity), allocatable: sum(allocatable) };
}

/** Whether two states of a node differ for a policy: every kubelet writes its node's status again and again. */
export function nodeDiffers(before: ClusterNode, after: ClusterNode): boolean {
	const { resourceVersion: _, ...old } = before;
	const { resourceVersion: __, ...now } = after;
	return !sameJson(old, now);
}
