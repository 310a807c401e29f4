import type { ConditionReason } from '../../api/conditions.ts';
import type { Violation, WorkloadsStatus } from '../../api/v1alpha1.generated.ts';
import { podDeviations } from '../workloads/admit-pod.ts';
import type { PodDemand } from '../workloads/demand.ts';
import { describeHeldDevice } from '../workloads/held-device.ts';
import { type DeviationCause, isUnmanaged, type PodVerdict } from '../workloads/judge-pod.ts';
import { describeDeviation, shownDigestLength } from '../workloads/messages.ts';
import type { RunningPod } from '../workloads/running-pod.ts';
import { type ConditionVerdict, verdict } from './verdict.ts';

const maxViolations = 20;
const maxNamed = 5;

/** A pod that is not as the policy demands, with its verdict. */
export interface JudgedPod {
	readonly pod: RunningPod;
	readonly verdict: Extract<PodVerdict, { readonly state: 'Deviating' }>;
}

/** What a policy found among all running pods. */
export interface WorkloadsTally {
	selected: number;
	compliant: number;
	readonly deviating: JudgedPod[];
	/** Exempt pods by reason. */
	readonly exempt: Map<string, number>;
	/** Pods that reach GPUs around every device plugin, whether their env is in order or not. */
	readonly bypassing: { readonly pod: RunningPod; readonly routes: RunningPod['shape']['routes'] }[];
}

/** Judges every pod. */
export function tally(judged: Iterable<readonly [RunningPod, PodVerdict]>): WorkloadsTally {
	const result: WorkloadsTally = { selected: 0, compliant: 0, deviating: [], exempt: new Map(), bypassing: [] };
	for (const [pod, verdict] of judged) {
		if (verdict.state === 'NotSelected') continue;
		if (verdict.state === 'Exempt') {
			result.exempt.set(verdict.reason, (result.exempt.get(verdict.reason) ?? 0) + 1);
			continue;
		}
		if (verdict.routes.length > 0) result.bypassing.push({ pod, routes: verdict.routes });
		if (verdict.state === 'OutOfScope') continue;
		result.selected++;
		if (verdict.state === 'Compliant') result.compliant++;
		else result.deviating.push({ pod, verdict });
	}
	return result;
}

/** What remediation came to, as far as the condition tells of it. */
export interface RemediationNote {
	/** An owner did not come back, or a write was refused. */
	readonly failed: string | null;
	/** `restarted Deployment ml/train`, `waiting for …`. */
	readonly notes: readonly string[];
}

/** Does the policy hold for the running pods? A chain from what needs a person most to what is in order. */
export function judgeWorkloads(
	demand: PodDemand,
	found: WorkloadsTally,
	owners: (pod: RunningPod) => string,
	remediation: RemediationNote,
): ConditionVerdict<'WorkloadsConverged'> {
	const evidence = evidenceOf(demand, found, owners);
	const because = (reason: ConditionReason<'WorkloadsConverged'>, ...why: readonly string[]) =>
		verdict('WorkloadsConverged', reason, [...why, ...evidence, ...remediation.notes].join('; '));
	if (remediation.failed !== null) return because('RemediationFailed', remediation.failed);
	if (found.deviating.some(({ verdict }) => !isUnmanaged(verdict.cause))) return because('RestartRequired');
	// Of what is denied to new pods those that run are not in order either, and admission would refuse their successors.
	if (found.deviating.length > 0 || (demand.bypass === 'Deny' && found.bypassing.length > 0)) return because('Unmanaged');
	if (found.selected === 0) return because('NoneSelected');
	return because('InSync');
}

/** `status.workloads`. */
export function workloadsStatus(demand: PodDemand, found: WorkloadsTally): WorkloadsStatus {
	const violations = violationsOf(demand, found);
	return {
		summary: `${found.compliant}/${found.selected}`,
		selected: found.selected,
		compliant: found.compliant,
		restartRequired: count(found, 'Predates') + count(found, 'ForbiddenDevice'),
		unmanaged: count(found, 'Static') + count(found, 'Ephemeral') + count(found, 'ForbiddenForGood'),
		...(violations.length > 0 ? { violations } : {}),
	};
}

function count({ deviating }: WorkloadsTally, cause: DeviationCause): number {
	let count = 0;
	for (const { verdict } of deviating) if (verdict.cause === cause) count++;
	return count;
}

function evidenceOf(demand: PodDemand, found: WorkloadsTally, owners: (pod: RunningPod) => string): string[] {
	const { selected, compliant } = found;
	const texts: Readonly<Record<DeviationCause, string>> = {
		Predates: 'came up without it',
		Overridden: 'got it from admission and were changed afterwards',
		Ephemeral: 'carry it but for an ephemeral container, which nobody can change',
		Static: 'are static pods, which admission never sees',
		ForbiddenDevice: 'hold a forbidden device that their successors would not get',
		ForbiddenForGood:
			'hold a forbidden device that their successors would get too: by a resource claim that outlives them or that the policy does not govern, or around the device plugin',
	};
	const deviating = (Object.keys(texts) as DeviationCause[]).flatMap((cause) => {
		const pods = found.deviating.filter(({ verdict }) => verdict.cause === cause).map(({ pod }) => pod);
		return pods.length === 0 ? [] : [`${pods.length} ${texts[cause]}: ${byOwner(pods, owners)}`];
	});
	const exempt = [...found.exempt].sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, pods]) => `${pods} exempt (${reason})`);
	return [
		selected === 0
			? '0 pods selected'
			: `${compliant} of ${selected} selected pods carry the env of digest ${demand.digest.slice(0, shownDigestLength)}`,
		...deviating,
		...(found.bypassing.length > 0
			? [
					`${found.bypassing.length} ${found.bypassing.length === 1 ? 'pod reaches' : 'pods reach'} GPUs around the device plugin: ${byOwner(
						found.bypassing.map(({ pod }) => pod),
						owners,
					)}`,
				]
			: []),
		...exempt.slice(0, maxNamed),
		...(exempt.length > maxNamed ? [`${exempt.length - maxNamed} more exemptions`] : []),
	];
}

/** `Deployment ml/train (3), Pod ml/probe (1)`: those with the most pods first. */
function byOwner(pods: readonly RunningPod[], owners: (pod: RunningPod) => string): string {
	// Pods of one controller have one owner: it is looked for once.
	const groups = new Map<string, { readonly pod: RunningPod; pods: number }>();
	for (const pod of pods) {
		const key = pod.mirror ? pod.node : (pod.owner?.uid ?? pod.uid);
		const group = groups.get(key);
		if (group) group.pods++;
		else groups.set(key, { pod, pods: 1 });
	}
	const counts = new Map<string, number>();
	for (const { pod, pods } of groups.values()) {
		const owner = owners(pod);
		counts.set(owner, (counts.get(owner) ?? 0) + pods);
	}
	const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
	const named = sorted.slice(0, maxNamed).map(([owner, pods]) => `${owner} (${pods})`);
	return named.join(', ') + (sorted.length > maxNamed ? ` and ${sorted.length - maxNamed} more owners` : '');
}

/** The first violations by place, so that the same pods give the same bytes. */
function violationsOf(demand: PodDemand, { deviating, bypassing }: WorkloadsTally): Violation[] {
	const place = ({ namespace, name }: RunningPod, container: string): string => `${namespace}/${name}/${container}`;
	const all = [
		...firstPods(deviating).flatMap(({ pod, verdict }) =>
			podDeviations(demand, pod.shape).map((deviation) => ({
				place: place(pod, deviation.container),
				rule: violationRules[verdict.cause],
				message: describeDeviation(deviation),
			})),
		),
		...firstPods(deviating).flatMap(({ pod, verdict }) =>
			(verdict.holds ?? []).map((held) => ({
				place: place(pod, held.place),
				rule: 'pod/device',
				message: describeHeldDevice(held),
			})),
		),
		...firstPods(bypassing).flatMap(({ pod, routes }) =>
			routes.map(({ container, does }) => ({
				place: place(pod, container),
				rule: 'pod/bypass',
				message: `container ${container} ${does}`,
			})),
		),
	];
	return all.slice(0, maxViolations);
}

/** Rule of a violation, by why the pod deviates. */
export const violationRules: Readonly<Record<DeviationCause, string>> = {
	Predates: 'pod/env',
	Overridden: 'pod/env',
	Ephemeral: 'pod/ephemeral',
	Static: 'pod/static',
	ForbiddenDevice: 'pod/env',
	ForbiddenForGood: 'pod/env',
};

/** The pods that can be among the first violations: each has at least one. One pass, since there may be very many. */
function firstPods<T extends { readonly pod: RunningPod }>(judged: readonly T[]): readonly T[] {
	const first: T[] = [];
	for (const one of judged) {
		const last = first.at(-1);
		if (first.length === maxViolations && last && !isBefore(one.pod, last.pod)) continue;
		const at = first.findIndex(({ pod }) => isBefore(one.pod, pod));
		first.splice(at < 0 ? first.length : at, 0, one);
		if (first.length > maxViolations) first.pop();
	}
	return first;
}

function isBefore(a: RunningPod, b: RunningPod): boolean {
	return a.namespace === b.namespace ? a.name < b.name : a.namespace < b.namespace;
}
