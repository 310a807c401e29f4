import type { ClusterNode } from '../../core/nodes/node.ts';
import { type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import { managedBy, managedByLabel } from '../admission/names.ts';
import type { StoredReport } from './read-report.ts';
import { gpuNodeReports } from './resources.ts';

/** Makes the empty report of a node, which its agent fills. It goes with the node. False where there is one already. */
export async function createReport(cluster: Cluster, node: ClusterNode, signal: AbortSignal): Promise<boolean> {
	try {
		await cluster.create(
			gpuNodeReports,
			{
				apiVersion: 'gpupolicy.dev/v1alpha1',
				kind: 'GpuNodeReport',
				metadata: {
					name: node.name,
					labels: { [managedByLabel]: managedBy },
					// Never blockOwnerDeletion: nothing of ours keeps a node from being deleted.
					ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid }],
				},
			},
			{ signal },
		);
		return true;
	} catch (error) {
		// Somebody was faster, or it is that of an older node, which the garbage collector has not reached yet.
		if (error instanceof ClusterError && error.failure === 'AlreadyExists') return false;
		throw error;
	}
}

/** Removes a report that no policy asks for any more; only that very one. */
export async function deleteReport(cluster: Cluster, { name, uid }: StoredReport, signal: AbortSignal): Promise<void> {
	try {
		await cluster.delete(gpuNodeReports, { name }, { uid, signal });
	} catch (error) {
		if (!(error instanceof ClusterError && error.failure === 'Conflict')) throw error;
	}
}
