import type { GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';
import { gpuPolicies } from '../../controller/gpupolicy/resource.ts';
import { resumeTaintsPatch } from '../../core/nodes/taint-halt.ts';
import { resumePatch } from '../../core/workloads/remediation-state.ts';
import type { ResumeResult } from '../../render/cluster/resume.ts';
import { accountName } from './account-name.ts';
import { readPolicyObject } from './policies.ts';
import { type ClusterRequest, withCluster } from './session.ts';

/** Lets the remediation of a policy go on that the circuit breaker stopped. Whoever asks is named in an Event. */
export async function resumePolicy(request: ClusterRequest, name: string): Promise<ResumeResult> {
	return withCluster(request, async ({ cluster, account }) => {
		const object = await readPolicyObject(cluster, name);
		const who = await accountName(cluster, `the account of ${account.context}`);
		const { conditions = [] } = (object['status'] ?? {}) as GpuPolicyStatus;
		const stalled = conditions.find(({ type, reason }) => type === 'Stalled' && reason === 'RemediationHalted');
		const annotations = object.metadata.annotations ?? {};
		const patch = { ...resumePatch(annotations, who), ...resumeTaintsPatch(annotations, who) };
		if (Object.keys(patch).length === 0) return { policy: name, resumed: false, who, halted: null };
		// The token says which halt is answered: that the status was written meanwhile does not matter.
		const { uid } = object.metadata;
		await cluster.patch(gpuPolicies, { name }, { metadata: { uid, annotations: patch } });
		return { policy: name, resumed: true, who, halted: stalled?.message ?? null };
	});
}
