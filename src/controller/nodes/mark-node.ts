import type { ClusterNode } from '../../core/nodes/node.ts';
import { compliantLabel, type MarkChange, marksAnnotation } from '../../core/nodes/node-marks.ts';
import { type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import { readNode } from './read-node.ts';
import { nodes } from './resources.ts';

/**
 * Writes our label, taints and annotation on a node, on the very version that they were decided on. `Conflict`: somebody else wrote
 * meanwhile, so decide anew; `Gone`: the node is deleted.
 */
export async function markNode(
	cluster: Cluster,
	node: ClusterNode,
	change: MarkChange,
	signal: AbortSignal,
): Promise<ClusterNode | 'Conflict' | 'Gone'> {
	const patch = {
		metadata: {
			resourceVersion: node.resourceVersion,
			...('label' in change ? { labels: { [compliantLabel]: change.label } } : {}),
			...('marks' in change ? { annotations: { [marksAnnotation]: change.marks } } : {}),
		},
		// A list is replaced whole, which the version makes safe.
		...(change.taints ? { spec: { taints: change.taints } } : {}),
	};
	try {
		return readNode((await cluster.patch(nodes, { name: node.name }, patch, { signal })).object);
	} catch (error) {
		if (error instanceof ClusterError && error.failure === 'Conflict') return 'Conflict';
		if (error instanceof ClusterError && error.failure === 'NotFound') return 'Gone';
		throw error;
	}
}
