import type { ClusterCheck, ClusterFinding } from '../../render/cluster/check.ts';
import { exitCodes } from '../../runtime/errors.ts';
import { type EffectivePolicy, effectivePolicies } from './effective-policies.ts';
import { type JudgedNode, judgeNodes } from './judge-nodes.ts';
import { judgeWorkloadPods } from './judge-pods.ts';
import { withNodes, withWorkloads } from './observe.ts';
import type { PlanRequest } from './plan.ts';
import { type ClusterRequest, withCluster } from './session.ts';

/** Judges pods and nodes of a cluster by its policies, and takes the word of the controller for admission. Writes nothing. */
export async function checkCluster(request: ClusterRequest, asked: PlanRequest): Promise<ClusterCheck> {
	return withCluster(request, async (connection) => {
		const { cluster, account } = connection;
		const all = await effectivePolicies(cluster, asked);
		const shown = all.filter(({ ofInterest }) => ofInterest);
		const usable = shown.filter(({ problems }) => problems.length === 0);
		const asksPods = usable.some(({ policy }) => policy.object.spec.workloads !== undefined);
		const pods = asksPods
			? await withWorkloads(
					connection,
					{ only: asked.namespace, policies: usable.map(({ policy }) => policy) },
					(observed, holdsOf) => usable.map(({ policy }) => judgeWorkloadPods(policy, observed, holdsOf(policy))),
				)
			: usable.map(() => null);
		const asksNodes = usable.some(({ policy }) => policy.object.spec.nodes !== undefined);
		const judged = asksNodes
			? await withNodes(connection, (view) =>
					judgeNodes(
						all.filter(({ problems }) => problems.length === 0).map(({ policy }) => policy),
						view,
					),
				)
			: [];
		const nodes = usable.map((one) => nodeFindings(one, judged));
		const findings = [
			...shown.flatMap(controllerFindings),
			...pods.flatMap((one) => one?.findings ?? []),
			...nodes.flatMap((one) => one?.findings ?? []),
		].sort((a, b) => (a.place === b.place ? (a.policy < b.policy ? -1 : 1) : a.place < b.place ? -1 : 1));
		const has = (severity: ClusterFinding['severity']): boolean => findings.some((one) => one.severity === severity);
		return {
			context: account.context,
			server: account.server.origin,
			policies: shown.map((one) => {
				const at = usable.indexOf(one);
				const { name, digest, object } = one.policy;
				return { name, mode: object.spec.mode, digest, pods: pods[at]?.counts ?? null, nodes: nodes[at]?.counts ?? null };
			}),
			findings,
			exitCode: has('finding') ? exitCodes.findings : has('unknown') ? exitCodes.unknown : exitCodes.ok,
		};
	});
}

/** What the status says that only the controller can tell, and what is wrong with the spec itself. */
function controllerFindings({ policy, problems, live, file, status }: EffectivePolicy): readonly ClusterFinding[] {
	const { name, generation, suspended } = policy;
	const finding = (rule: string, message: string, severity: ClusterFinding['severity'] = 'finding'): ClusterFinding => ({
		policy: name,
		rule,
		place: name,
		message,
		severity,
	});
	if (problems.length > 0) return problems.map((problem) => finding('policy/stalled', problem));
	if (file !== null || live === null || suspended) return [];
	if (status?.observedGeneration !== generation)
		return [finding('policy/unobserved', `the controller has not looked at generation ${generation} yet`, 'unknown')];
	const { conditions = [] } = status;
	const stalled = conditions.find((one) => one.type === 'Stalled' && one.status === 'True');
	const admission = conditions.find((one) => one.type === 'AdmissionProgrammed');
	return [
		...(stalled ? [finding('policy/stalled', `${stalled.reason}: ${stalled.message}`)] : []),
		...(admission?.status === 'False' ? [finding('admission', `${admission.reason}: ${admission.message}`)] : []),
		...(admission?.status === 'Unknown' && !stalled
			? [finding('admission', `${admission.reason}: ${admission.message}`, 'unknown')]
			: []),
	];
}

function nodeFindings({ policy: { name, object } }: EffectivePolicy, judged: readonly JudgedNode[]) {
	if (object.spec.nodes === undefined) return null;
	const found = judged.flatMap(({ node, verdicts }) =>
		verdicts.filter(({ policy }) => policy.name === name).map(({ verdict }) => ({ node: node.name, verdict })),
	);
	const findings = found.flatMap(({ node, verdict }): ClusterFinding[] => {
		if (verdict.verdict === 'Compliant') return [];
		if (verdict.verdict === 'Unknown')
			return [{ policy: name, rule: 'node/unknown', place: node, message: verdict.message, severity: 'unknown' }];
		return verdict.violations.map(({ place, rule, message }) => ({ policy: name, rule, place, message, severity: 'finding' }));
	});
	const count = (wanted: string): number => found.filter(({ verdict }) => verdict.verdict === wanted).length;
	return { findings, counts: { total: found.length, compliant: count('Compliant'), unknown: count('Unknown') } };
}
