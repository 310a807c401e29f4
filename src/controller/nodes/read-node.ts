import type { ClusterNode, Taint } from '../../core/nodes/node.ts';
import { marksAnnotation } from '../../core/nodes/node-marks.ts';
import type { ApiObject } from '../../core/ports/cluster.ts';
import { sameJson } from '../../core/same-json.ts';
import { gpuResourcePrefix } from '../../core/workloads/gpu-request.ts';

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

/** Whole GPUs under the name of the plugin and under that of shared ones; of what is counted under other names by name only. */
function gpusOf(
	capacity: Readonly<Record<string, string>> = {},
	allocatable: Readonly<Record<string, string>> = {},
): ClusterNode['gpus'] {
	const count = (of: Readonly<Record<string, string>>, name: string): number => Number.parseInt(of[name] ?? '0', 10) || 0;
	const ours = Object.keys(capacity).filter((name) => name.startsWith(gpuResourcePrefix));
	const isWhole = (name: string): boolean => name === 'nvidia.com/gpu' || name === 'nvidia.com/gpu.shared';
	const names = ours.filter(isWhole);
	const others = ours.filter((name) => !isWhole(name) && count(capacity, name) > 0).sort();
	if (names.length + others.length === 0) return null;
	const sum = (of: Readonly<Record<string, string>>): number => names.reduce((total, name) => total + count(of, name), 0);
	return { capacity: sum(capacity), allocatable: sum(allocatable), ...(others.length > 0 ? { others } : {}) };
}

/** Whether two states of a node differ for a policy: every kubelet writes its node's status again and again. */
export function nodeDiffers(before: ClusterNode, after: ClusterNode): boolean {
	const { resourceVersion: _, ...old } = before;
	const { resourceVersion: __, ...now } = after;
	return !sameJson(old, now);
}
