import type { GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';
import type { WebhookChoice } from '../../controller/admission/mutator.ts';
import { servedAdmission } from '../../controller/admission/served.ts';
import type { ClusterPlan, PolicyPlan } from '../../render/cluster/plan.ts';
import { type EffectivePolicy, effectivePolicies, type PolicyProposal } from './effective-policies.ts';
import { judgeNodes } from './judge-nodes.ts';
import { withNodes, withWorkloads } from './observe.ts';
import { planAdmission } from './plan-admission.ts';
import { planMarks, planNodes } from './plan-nodes.ts';
import { planWorkloads } from './plan-workloads.ts';
import { type ClusterRequest, withCluster } from './session.ts';

export interface PlanRequest extends PolicyProposal {
	/** Pods of this namespace only; default: all. */
	readonly namespace?: string | undefined;
}

/**
 * What the controller would do to a cluster, by the same rules: pods by owner, nodes, admission objects. Writes nothing.
 *
 * @param controllerNamespace where the controller keeps what its webhook demands
 */
export async function planCluster(
	request: ClusterRequest,
	asked: PlanRequest,
	controllerNamespace: string,
): Promise<ClusterPlan> {
	return withCluster(request, async (connection) => {
		const { cluster, account } = connection;
		const all = await effectivePolicies(cluster, asked);
		const usable = all.filter(({ problems }) => problems.length === 0);
		const shown = all.filter(({ ofInterest }) => ofInterest);
		const served = await servedAdmission(cluster);
		const webhook = webhookOf(all, controllerNamespace);
		const asksPods = shown.some(({ policy }) => policy.object.spec?.workloads !== undefined);
		const workloads = asksPods
			? await withWorkloads(
					connection,
					{ only: asked.namespace, policies: usable.filter(({ ofInterest }) => ofInterest).map(({ policy }) => policy) },
					(observed, holdsOf) =>
						shown.map((one) => (one.problems.length > 0 ? null : planWorkloads(one.policy, observed, holdsOf(one.policy)))),
				)
			: shown.map(() => null);
		const asksNodes = shown.some(({ policy }) => policy.object.spec?.nodes !== undefined);
		const judged = asksNodes
			? await withNodes(connection, (view) =>
					judgeNodes(
						usable.map(({ policy }) => policy),
						view,
					),
				)
			: [];
		const names = new Set(shown.map(({ policy }) => policy.name));
		const marks = planMarks(judged, usable).filter(
			// A mark that no policy speaks for any more goes, whichever is asked about.
			({ policies }) => policies.length === 0 || policies.some((name) => names.has(name)),
		);
		const policies: PolicyPlan[] = [];
		for (const [index, one] of shown.entries()) {
			const { policy, problems } = one;
			const pods = workloads[index] ?? null;
			const nodes = problems.length > 0 ? null : planNodes(one, judged, marks);
			const admission =
				problems.length > 0 ? { objects: [], problems: [], notes: [] } : await planAdmission(cluster, one, all, served, webhook);
			const { mode } = policy.object.spec;
			const stated = one.file === null ? (one.live?.['spec'] as { readonly mode?: typeof mode } | undefined)?.mode : undefined;
			policies.push({
				name: policy.name,
				origin: one.file ?? 'cluster',
				mode,
				insteadOf: stated !== undefined && stated !== mode ? stated : null,
				suspended: policy.suspended,
				digest: policy.digest,
				problems: [...problems, ...admission.problems],
				notes: [...(pods?.notes ?? []), ...(nodes?.notes ?? []), ...admission.notes],
				admission: admission.objects,
				pods: pods?.pods ?? null,
				nodes: nodes?.nodes ?? null,
			});
		}
		return { context: account.context, server: account.server.origin, mutating: served.mutating, policies, nodes: marks };
	});
}

/** Whether a webhook changes pods: as the controller says of the policies that it carries out; where it has said nothing yet, as it would by default. */
function webhookOf(policies: readonly EffectivePolicy[], demandsIn: string): WebhookChoice {
	const statuses = policies.map(({ live }) => live?.['status'] as GpuPolicyStatus | undefined);
	const modes = statuses.map((status) => status?.admission?.mode);
	return { when: modes.includes('Webhook') ? 'Always' : modes.includes('AdmissionPolicy') ? 'Never' : 'NotServed', demandsIn };
}
