import type { GpuNodeReportStatus } from '../../api/v1alpha1.generated.ts';
import { gpuNodeReports } from '../../controller/nodes/resources.ts';
import { workloadResources } from '../../controller/workloads/resources.ts';
import { type Cluster, ClusterError, type Resource } from '../../core/ports/cluster.ts';
import type { ClusterVersions, ControllerVersion } from '../../render/cluster/version.ts';
import { leaseName } from '../controller/lease-name.ts';
import { oneLine } from './failures.ts';
import { type ClusterRequest, withCluster } from './session.ts';

const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases', kind: 'Lease', namespaced: true };

/** What the chart and the manifests call the Deployment of the controller. */
const controllerLabels = 'app.kubernetes.io/name=gpupolicy,app.kubernetes.io/component=controller';

/** Versions of the API server, the controller and the agents. What may not be read is told and left out. */
export async function versionsInCluster(request: ClusterRequest, namespace: string): Promise<ClusterVersions> {
	return withCluster(request, async ({ cluster, account }) => {
		const unread: string[] = [];
		const tolerant = async <T>(read: () => Promise<T>, otherwise: T): Promise<T> => {
			try {
				return await read();
			} catch (error) {
				if (!(error instanceof ClusterError) || !['Forbidden', 'NotServed'].includes(error.failure)) throw error;
				unread.push(oneLine(error.message));
				return otherwise;
			}
		};
		return {
			context: account.context,
			server: account.server.origin,
			kubernetes: await cluster.serverVersion(),
			controller: await tolerant(() => controllerIn(cluster, namespace), null),
			agents: await tolerant(() => agentsIn(cluster), []),
			unread,
		};
	});
}

interface DeploymentParts {
	readonly spec?: {
		readonly replicas?: number;
		readonly template?: { readonly spec?: { readonly containers?: readonly { readonly image?: string }[] } };
	};
	readonly status?: { readonly readyReplicas?: number };
}

async function controllerIn(cluster: Cluster, namespace: string): Promise<ControllerVersion | null> {
	const [deployment] = await cluster.list(workloadResources.Deployment, { namespace, labelSelector: controllerLabels });
	const lease = await cluster.get(leases, { namespace, name: leaseName });
	const { holderIdentity } = (lease?.['spec'] ?? {}) as { readonly holderIdentity?: string };
	const leader = holderIdentity || null;
	if (!deployment) return leader === null ? null : { version: null, deployment: null, ready: 0, replicas: 0, leader };
	const { metadata, spec, status } = deployment as typeof deployment & DeploymentParts;
	const image = spec?.template?.spec?.containers?.[0]?.image ?? '';
	// A tag says more than the label, which is the chart's: values may name another image. One that is pinned by digest has none.
	const [, tag = null] = /:([\w][\w.-]*)$/.exec(image.replace(/@.*$/, '')) ?? [];
	return {
		version: tag ?? metadata.labels?.['app.kubernetes.io/version'] ?? null,
		deployment: `${namespace}/${metadata.name}`,
		ready: status?.readyReplicas ?? 0,
		replicas: spec?.replicas ?? 1,
		leader,
	};
}

async function agentsIn(cluster: Cluster): Promise<ClusterVersions['agents']> {
	const counts = new Map<string, number>();
	for (const report of await cluster.list(gpuNodeReports)) {
		const { agentVersion } = (report['status'] ?? {}) as GpuNodeReportStatus;
		if (agentVersion !== undefined) counts.set(agentVersion, (counts.get(agentVersion) ?? 0) + 1);
	}
	return [...counts]
		.map(([version, nodes]) => ({ version, nodes }))
		.sort((a, b) => b.nodes - a.nodes || (a.version < b.version ? -1 : 1));
}
