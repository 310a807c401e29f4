import type { GpuNodeReportStatus } from '../../api/v1alpha1.generated.ts';
import type { ClusterPolicy } from '../../controller/duty.ts';
import { gpuNodeReports } from '../../controller/nodes/resources.ts';
import { PodProjection } from '../../controller/workloads/project-pod.ts';
import { namespaces, pods } from '../../controller/workloads/resources.ts';
import { deviceVerdicts } from '../../core/nodes/judge-node.ts';
import { compliantLabel } from '../../core/nodes/node-marks.ts';
import { type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import { podDeviations } from '../../core/workloads/admit-pod.ts';
import { podDemand } from '../../core/workloads/demand.ts';
import { podJudge } from '../../core/workloads/judge-pod.ts';
import { describeDeviation } from '../../core/workloads/messages.ts';
import type { PodNamespace } from '../../core/workloads/pod.ts';
import type { DescribedPod, NodeDescription } from '../../render/cluster/node.ts';
import { noSuch } from '../no-such.ts';
import { reportedProcesses } from '../reported-processes.ts';
import { effectivePolicies } from './effective-policies.ts';
import { oneLine } from './failures.ts';
import { type JudgedNode, judgeNodes } from './judge-nodes.ts';
import { withNodes } from './observe.ts';
import { type ClusterRequest, withCluster } from './session.ts';

/** One node: its devices, what every policy says of them, and the pods on it. */
export async function describeNode(request: ClusterRequest, name: string): Promise<NodeDescription> {
	return withCluster(request, async (connection) => {
		const { cluster } = connection;
		const policies = (await effectivePolicies(cluster, {}))
			.filter(({ problems }) => problems.length === 0)
			.map(({ policy }) => policy);
		const judged = await withNodes(connection, (view) => {
			const all = judgeNodes(policies, view);
			const found = all.find(({ node }) => node.name === name);
			if (found) return found;
			throw noSuch(
				'nodes',
				name,
				all.map(({ node }) => ({ metadata: { name: node.name } })),
			);
		});
		const report = await cluster.get(gpuNodeReports, { name });
		const status = report?.['status'] as GpuNodeReportStatus | undefined;
		const unread: string[] = [];
		const onIt = await podsOn(cluster, name, policies).catch((error: unknown) => {
			if (!(error instanceof ClusterError) || error.failure !== 'Forbidden') throw error;
			unread.push(oneLine(error.message));
			return [];
		});
		return { ...describedNode(judged), ...reported(status), pods: onIt, unread: [...unread, ...(status?.unread ?? [])] };
	});
}

function describedNode({
	node,
	facts,
	verdicts,
	conflict,
}: JudgedNode): Omit<NodeDescription, 'agent' | 'processes' | 'pods' | 'unread'> {
	return {
		node: node.name,
		source: facts.source,
		facts: facts.state === 'known' ? facts.through : facts.message,
		devices:
			facts.state === 'missing'
				? []
				: facts.devices.map(({ device: { index, uuid, productName, memoryBytes }, exposure }) => ({
						index,
						uuid,
						productName,
						memoryBytes,
						exposure,
					})),
		verdicts: verdicts.map(({ policy, verdict }) => ({
			policy: policy.name,
			mode: policy.enforced ? 'Enforce' : 'Audit',
			verdict: verdict.verdict,
			reason: verdict.reason,
			message: verdict.message,
			devices: facts.state === 'missing' ? [] : deviceVerdicts(policy, facts).map(deviceText),
		})),
		conflict,
		label: node.labels[compliantLabel] ?? null,
		taints: node.taints.map(({ key, value = '', effect }) => `${key}${value === '' ? '' : `=${value}`}:${effect}`),
	};
}

function reported(status: GpuNodeReportStatus | undefined): Pick<NodeDescription, 'agent' | 'processes'> {
	if (status?.observedAt === undefined) return { agent: null, processes: [] };
	const agent = { version: status.agentVersion ?? null, observedAt: status.observedAt };
	return { agent, processes: reportedProcesses(status) };
}

/** The pods of a node that have to do with GPUs, with what each policy that selects one says of it. */
async function podsOn(cluster: Cluster, node: string, policies: readonly ClusterPolicy[]): Promise<readonly DescribedPod[]> {
	const projection = new PodProjection();
	const found = (await cluster.list(pods, { fieldSelector: `spec.nodeName=${node}` })).map((object) =>
		projection.project(object),
	);
	const judges = policies.flatMap(({ object, digest }) => {
		const demand = podDemand(object, digest);
		return demand ? [{ demand, judge: podJudge(demand) }] : [];
	});
	const known = new Map<string, PodNamespace>();
	const described: DescribedPod[] = [];
	for (const pod of found.sort((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1))) {
		const { shape } = pod;
		if (pod.finished || (!shape.requestsGpu && shape.routes.length === 0)) continue;
		const namespace = known.get(pod.namespace) ?? (await namespaceOf(cluster, pod.namespace));
		known.set(pod.namespace, namespace);
		const says = judges.flatMap(({ demand, judge }) => {
			const verdict = judge(pod, namespace);
			if (verdict.state === 'Exempt') return [`${demand.policy}: exempt (${verdict.reason})`];
			if (verdict.state !== 'Deviating') return [];
			return podDeviations(demand, shape).map((one) => `${demand.policy}: ${describeDeviation(one)}`);
		});
		const routes = shape.routes.map(({ container, does }) => `container ${container} ${does}`);
		described.push({ pod: `${pod.namespace}/${pod.name}`, says: [...says, ...routes] });
	}
	return described;
}

async function namespaceOf(cluster: Cluster, name: string): Promise<PodNamespace> {
	const object = await cluster.get(namespaces, { name });
	return { name, labels: object?.metadata.labels ?? {} };
}

function deviceText({ verdict, reason }: ReturnType<typeof deviceVerdicts>[number]): string {
	return reason.startsWith(verdict) ? reason : `${verdict}: ${reason}`;
}
