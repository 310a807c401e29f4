import type { ClusterPolicy } from '../../controller/duty.ts';
import type { ObservedWorkloads } from '../../controller/workloads/observed-workloads.ts';
import { admitPod, podDeviations } from '../../core/workloads/admit-pod.ts';
import { breakerFloor } from '../../core/workloads/breaker.ts';
import { type PodDemand, podDemand } from '../../core/workloads/demand.ts';
import { describeHeldDevice, type HeldDevice } from '../../core/workloads/held-device.ts';
import { type DeviationCause, isMended, isUnmanaged, type PodVerdict, podJudge } from '../../core/workloads/judge-pod.ts';
import { describeDeviation } from '../../core/workloads/messages.ts';
import { ownerKey } from '../../core/workloads/owner.ts';
import type { PodNamespace } from '../../core/workloads/pod.ts';
import { leftAlone } from '../../core/workloads/remediation-plan.ts';
import { readRemediationState } from '../../core/workloads/remediation-state.ts';
import type { RunningPod } from '../../core/workloads/running-pod.ts';
import type { OwnerPlan, PodsPlan } from '../../render/cluster/plan.ts';

interface Judged {
	readonly pod: RunningPod;
	readonly namespace: PodNamespace;
	readonly verdict: Exclude<PodVerdict, { readonly state: 'NotSelected' | 'Exempt' }>;
}

/** What a policy finds of the running pods and would do about them; `null` where it asks nothing of pods. */
export function planWorkloads(
	policy: ClusterPolicy,
	observed: ObservedWorkloads,
	holds: (uid: string) => readonly HeldDevice[] | undefined,
): { readonly pods: PodsPlan; readonly notes: readonly string[] } | null {
	const demand = podDemand(policy.object, policy.digest);
	if (!demand) return null;
	const judge = podJudge(demand);
	let [selected, compliant, exempt] = [0, 0, 0];
	const byOwner = new Map<string, Judged[]>();
	for (const pod of observed.pods()) {
		const namespace = observed.namespace(pod.namespace);
		const verdict = namespace && judge(pod, namespace, holds(pod.uid));
		if (!verdict || verdict.state === 'NotSelected') continue;
		if (verdict.state === 'Exempt') {
			exempt++;
			continue;
		}
		if (verdict.state !== 'OutOfScope') selected++;
		if (verdict.state === 'Compliant') compliant++;
		if (verdict.state !== 'Deviating' && verdict.routes.length === 0) continue;
		const key = nameOfOwner(observed, pod);
		const pods = byOwner.get(key) ?? [];
		pods.push({ pod, namespace, verdict });
		byOwner.set(key, pods);
	}
	const owners = [...byOwner]
		.map(([owner, pods]) => planOwner(policy, demand, observed, owner, pods))
		.sort((a, b) => (a.owner < b.owner ? -1 : 1));
	return { pods: { selected, compliant, exempt, owners }, notes: notesOf(policy, selected, owners) };
}

function planOwner(
	policy: ClusterPolicy,
	demand: PodDemand,
	observed: ObservedWorkloads,
	owner: string,
	judged: readonly Judged[],
): OwnerPlan {
	const { action, because } = actionFor(policy, observed, judged);
	const messages = new Set<string>();
	let admission: OwnerPlan['admission'] = 'Unchanged';
	for (const { pod, namespace, verdict } of judged) {
		if (verdict.state === 'Deviating') for (const one of podDeviations(demand, pod.shape)) messages.add(describeDeviation(one));
		if (verdict.state === 'Deviating') for (const held of verdict.holds ?? []) messages.add(describeHeldDevice(held));
		for (const { container, does } of verdict.routes) messages.add(`container ${container} ${does}`);
		// A static pod passes no admission.
		if (pod.mirror) continue;
		const asCreated = { metadata: { labels: pod.labels }, spec: pod.shape.spec };
		const answer = admitPod(demand, asCreated, namespace);
		const one =
			answer.denials.length > 0
				? 'Denied'
				: answer.warnings.length > 0
					? 'Warned'
					: answer.pod === asCreated || verdict.state !== 'Deviating'
						? 'Unchanged'
						: 'Mutated';
		if (severity.indexOf(one) > severity.indexOf(admission)) admission = one;
	}
	const pods = judged.map(({ pod }) => `${pod.namespace}/${pod.name}`).sort();
	return { owner, pods, action, because, admission, messages: [...messages] };
}

const severity: readonly OwnerPlan['admission'][] = ['Unchanged', 'Mutated', 'Warned', 'Denied'];

/** Why replacing a pod is no way, by the cause of its deviation. */
const unmanagedBecause: Partial<Record<DeviationCause, string>> = {
	Static: 'a static pod: the kubelet makes it of a file of its node',
	Ephemeral: 'only an ephemeral container deviates, which nobody can change',
	ForbiddenForGood:
		'it holds the device by a claim that outlives it or that admission does not govern, or around the device plugin',
};

/** What the controller would do about the pods of one owner that deviate. */
function actionFor(
	policy: ClusterPolicy,
	observed: ObservedWorkloads,
	judged: readonly Judged[],
): Pick<OwnerPlan, 'action' | 'because'> {
	const deviating = judged.flatMap(({ pod, verdict }) => (verdict.state === 'Deviating' ? [{ pod, verdict }] : []));
	const [first] = deviating;
	if (!first) return { action: 'Keep', because: null };
	const report = (because: string) => ({ action: 'Report', because }) as const;
	const { workloads, mode } = policy.object.spec;
	const type = workloads?.remediation.type ?? 'Report';
	if (deviating.every(({ verdict }) => isUnmanaged(verdict.cause)))
		return report(unmanagedBecause[first.verdict.cause] ?? 'nobody can change it');
	if (mode === 'Audit') return report('Audit changes nothing');
	if (policy.suspended) return report('the policy is suspended');
	if (type === 'Report') return report('remediation.type is Report');
	const owner = observed.owner(first.pod);
	const workload = owner && observed.workload(owner);
	if (!workload) return report('nothing replaces it');
	if (deviating.every(({ verdict }) => !isMended(verdict.cause)))
		return report('something changes its pods after admission, so that replacing them is of no use');
	const refusesBypass = workloads?.bypass === 'Deny';
	const alone = leftAlone(type, {
		workload,
		ready: 0,
		deviating: deviating.map(({ pod: { name, uid, created, restarted }, verdict }) => {
			const refused = refusesBypass && verdict.routes.length > 0;
			return { name, uid, created, restarted, predates: isMended(verdict.cause), refused, ofOtherSpec: false };
		}),
	});
	return alone === null ? { action: type, because: null } : report(alone);
}

/** What a person should know before remediation begins. */
function notesOf({ name, object }: ClusterPolicy, selected: number, owners: readonly OwnerPlan[]): readonly string[] {
	const notes: string[] = [];
	const { remediation } = object.spec.workloads ?? {};
	if (readRemediationState(object.metadata.annotations ?? {}).halted !== null)
		notes.push(`remediation is stopped by the circuit breaker; gpupolicy resume ${name} lets it go on`);
	const touched = owners.flatMap(({ action, pods }) => (action === 'Restart' || action === 'Evict' ? pods : [])).length;
	if (touched > 0 && remediation) {
		const { maxUnavailable, pause } = remediation;
		notes.push(`${touched} pods would be replaced, ${maxUnavailable} at once, with a pause of ${pause} between two owners`);
		if (touched >= breakerFloor && touched * 2 > selected)
			notes.push(
				`that is over half of the ${selected} selected pods: where so many come within five minutes the circuit breaker stops it until gpupolicy resume ${name}`,
			);
	}
	return notes;
}

/** As messages of the controller name it. */
function nameOfOwner(observed: ObservedWorkloads, pod: RunningPod): string {
	const owner = observed.owner(pod);
	if (owner === null) return `Pod ${pod.namespace}/${pod.name}`;
	return owner.kind === 'Node' ? `Node ${owner.name}` : ownerKey(owner);
}
