import type { ClusterPolicy } from '../../controller/duty.ts';
import type { ObservedWorkloads } from '../../controller/workloads/observed-workloads.ts';
import { violationRules } from '../../core/status/workloads-converged.ts';
import { podDeviations } from '../../core/workloads/admit-pod.ts';
import { podDemand } from '../../core/workloads/demand.ts';
import { describeHeldDevice, type HeldDevice } from '../../core/workloads/held-device.ts';
import { podJudge } from '../../core/workloads/judge-pod.ts';
import { describeDeviation } from '../../core/workloads/messages.ts';
import type { ClusterFinding } from '../../render/cluster/check.ts';

/** Every running pod that is not as a policy demands, container by container; `null` where it asks nothing of pods. */
export function judgeWorkloadPods(
	policy: ClusterPolicy,
	observed: ObservedWorkloads,
	holds: (uid: string) => readonly HeldDevice[] | undefined,
): {
	readonly findings: readonly ClusterFinding[];
	readonly counts: { readonly selected: number; readonly compliant: number };
} | null {
	const demand = podDemand(policy.object, policy.digest);
	if (!demand) return null;
	const judge = podJudge(demand);
	const findings: ClusterFinding[] = [];
	let [selected, compliant] = [0, 0];
	for (const pod of observed.pods()) {
		const namespace = observed.namespace(pod.namespace);
		const verdict = namespace && judge(pod, namespace, holds(pod.uid));
		if (!verdict || verdict.state === 'NotSelected' || verdict.state === 'Exempt') continue;
		if (verdict.state !== 'OutOfScope') selected++;
		if (verdict.state === 'Compliant') compliant++;
		const of = (container: string) => ({ policy: policy.name, place: `${pod.namespace}/${pod.name}/${container}` });
		if (verdict.state === 'Deviating') {
			const rule = violationRules[verdict.cause];
			for (const deviation of podDeviations(demand, pod.shape))
				findings.push({ ...of(deviation.container), rule, message: describeDeviation(deviation), severity: 'finding' });
		}
		if (verdict.state === 'Deviating')
			for (const held of verdict.holds ?? [])
				findings.push({ ...of(held.place), rule: 'pod/device', message: describeHeldDevice(held), severity: 'finding' });
		// A way around the device plugin is what system pods take too: it fails a check only where the policy refuses it.
		const severity = demand.bypass === 'Deny' ? 'finding' : 'warning';
		for (const { container, does } of verdict.routes)
			findings.push({ ...of(container), rule: 'pod/bypass', message: `container ${container} ${does}`, severity });
	}
	return { findings, counts: { selected, compliant } };
}
