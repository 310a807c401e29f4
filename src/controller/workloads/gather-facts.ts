import type { JudgedPod } from '../../core/status/workloads-converged.ts';
import { digestIn } from '../../core/workloads/applied-annotation.ts';
import { isMended, isUnmanaged } from '../../core/workloads/judge-pod.ts';
import { ownerKey } from '../../core/workloads/owner.ts';
import type { DeviatingPod, OwnerFacts } from '../../core/workloads/remediation-plan.ts';
import type { Eviction, RemediationState } from '../../core/workloads/remediation-state.ts';
import type { RunningPod } from '../../core/workloads/running-pod.ts';
import type { Workload } from '../../core/workloads/workload.ts';
import type { Memory } from './memory.ts';
import type { ObservedWorkloads } from './observed-workloads.ts';

/** What remediation decides on. */
export interface Facts {
	readonly owners: readonly OwnerFacts[];
	/** Evictions that took place. */
	readonly evicted: readonly Eviction[];
	/** Pods that nothing would replace, and those whose owner is not known: they are only reported. */
	readonly reportedOnly: readonly RunningPod[];
}

/** Which of the deviating pods can be remediated through whom, and how those owners stand. */
export function gatherFacts(
	observed: ObservedWorkloads,
	memory: Memory,
	policy: { readonly name: string; readonly digest: string; readonly refusesBypass: boolean },
	deviating: readonly JudgedPod[],
	{ evictions }: Pick<RemediationState, 'evictions'>,
): Facts {
	const workloadOf = workloadsByPod(observed);
	const workloads = new Map<string, Workload>();
	const pods = new Map<string, DeviatingPod[]>();
	const reportedOnly: RunningPod[] = [];
	for (const { pod, verdict } of deviating) {
		if (isUnmanaged(verdict.cause)) continue;
		const { key, workload } = workloadOf(pod);
		if (!workload) {
			reportedOnly.push(pod);
			continue;
		}
		workloads.set(key, workload);
		const list = pods.get(key) ?? [];
		pods.set(key, list);
		if (memory.isGone(pod.uid)) continue;
		const { name, uid, created, restarted } = pod;
		const predates = isMended(verdict.cause);
		const refused = policy.refusesBypass && verdict.routes.length > 0;
		const ofOtherSpec = ![null, policy.digest].includes(digestIn(policy.name, pod.applied));
		list.push({ name, uid, created, restarted, predates, refused, ofOtherSpec });
	}
	const evictedOf = new Set(evictions.map(({ owner }) => owner));
	for (const workload of observed.workloads()) {
		const key = ownerKey(workload);
		if (evictedOf.has(key) || memory.ahead(workload).restarted?.policy === policy.name) workloads.set(key, workload);
	}

	const { ready, alive } = count(observed, workloadOf, memory, workloads, new Set(evictions.map(({ uid }) => uid)));
	const evicted = evictions.filter(({ uid }) => !alive.has(uid));
	for (const { uid, owner } of evicted) {
		const workload = workloads.get(owner);
		if (!workload || (workload.available && (ready.get(owner) ?? 0) >= workload.desired)) memory.cameBack(uid);
	}
	memory.keepEvictions(new Set(evictions.map(({ uid }) => uid)));
	const owners = [...workloads].map(([key, workload]) => ({
		workload: inNamespace(observed, memory.ahead(workload)),
		ready: ready.get(key) ?? 0,
		deviating: pods.get(key) ?? [],
	}));
	return { owners, evicted, reportedOnly };
}

/** Where a namespace is being deleted, nothing would replace the pods. */
function inNamespace(observed: ObservedWorkloads, workload: Workload): Workload {
	if (observed.namespace(workload.namespace)?.terminating !== true) return workload;
	const why = 'its namespace is being deleted';
	return { ...workload, noRestart: why, noEviction: why, leaving: true };
}

/** Ready pods by owner, and which of the evicted ones are still there. */
function count(
	observed: ObservedWorkloads,
	workloadOf: ReturnType<typeof workloadsByPod>,
	memory: Memory,
	workloads: ReadonlyMap<string, Workload>,
	evicted: ReadonlySet<string>,
): { readonly ready: ReadonlyMap<string, number>; readonly alive: ReadonlySet<string> } {
	const namespaces = new Set([...workloads.values()].map(({ namespace }) => namespace));
	const ready = new Map<string, number>();
	const alive = new Set<string>();
	for (const pod of observed.pods()) {
		if (pod.terminating || pod.finished || memory.isGone(pod.uid)) continue;
		if (evicted.has(pod.uid)) alive.add(pod.uid);
		if (!pod.ready || !namespaces.has(pod.namespace)) continue;
		const { key } = workloadOf(pod);
		if (workloads.has(key)) ready.set(key, (ready.get(key) ?? 0) + 1);
	}
	return { ready, alive };
}

interface Found {
	/** Empty where there is none. */
	readonly key: string;
	readonly workload: Workload | undefined;
}

/** The owner that replaces a pod, looked for once for all pods of one controller: there may be very many. */
function workloadsByPod(observed: ObservedWorkloads): (pod: RunningPod) => Found {
	const known = new Map<string, Found>();
	return (pod) => {
		const by = pod.owner?.uid ?? pod.uid;
		let found = known.get(by);
		if (found === undefined) {
			const owner = observed.owner(pod);
			const workload = owner === null ? undefined : observed.workload(owner);
			found = { key: workload ? ownerKey(workload) : '', workload };
			known.set(by, found);
		}
		return found;
	};
}
