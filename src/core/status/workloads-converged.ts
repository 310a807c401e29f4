import type { ConditionReason } from '../../api/conditions.ts';
import type { Violation, WorkloadsStatus } from '../../api/v1alpha1.generated.ts';
import type { PodDemand } from '../workloads/demand.ts';
import type { DeviationCause, PodVerdict } from '../workloads/judge-pod.ts';
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
	if (count(found, 'Predates') + count(found, 'Overridden') > 0) return because('RestartRequired');
	if (count(found, 'Static') > 0) return because('Unmanaged');
	if (found.selected === 0) return because('NoneSelected');
	return because('InSync');
}

/** `status.workloads`. */
export function workloadsStatus(found: WorkloadsTally): WorkloadsStatus {
	const violations = violationsOf(found);
	return {
		summary: `${found.compliant}/${found.selected}`,
		selected: found.selected,
		compliant: found.compliant,
		restartRequired: count(found, 'Predates'),
		unmanaged: count(found, 'Static'),
		...(violations.length > 0 ? { violations } : {}),
	};
}

function count({ deviating }: WorkloadsTally, cause: DeviationCause): number {
	return deviating.filter(({ verdict }) => verdict.cause === cause).length;
}

function evidenceOf(demand: PodDemand, found: WorkloadsTally, owners: (pod: RunningPod) => string): string[] {
	const { selected, compliant } = found;
	const texts: Readonly<Record<DeviationCause, string>> = {
		Predates: 'came up without it',
		Overridden: 'got it from admission and were changed afterwards',
		Static: 'are static pods, which admission never sees',
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
					`${found.bypassing.length} pods reach GPUs around the device plugin: ${byOwner(
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
	const counts = new Map<string, number>();
	for (const pod of pods) {
		const owner = owners(pod);
		counts.set(owner, (counts.get(owner) ?? 0) + 1);
	}
	const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
	const named = sorted.slice(0, maxNamed).map(([owner, pods]) => `${owner} (${pods})`);
	return named.join(', ') + (sorted.length > maxNamed ? ` and ${sorted.length - maxNamed} more owners` : '');
}

/** The first violations by place, so that the same pods give the same bytes. */
function violationsOf({ deviating, bypassing }: WorkloadsTally): Violation[] {
	const place = ({ namespace, name }: RunningPod, container: string): string => `${namespace}/${name}/${container}`;
	const all = [
		...firstPods(deviating).flatMap(({ pod, verdict }) =>
			verdict.deviations.map((deviation) => ({
				place: place(pod, deviation.container),
				rule: verdict.cause === 'Static' ? 'pod/static' : 'pod/env',
				message: describeDeviation(deviation),
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

/** The pods that can be among the first violations: each has at least one. */
function firstPods<T extends { readonly pod: RunningPod }>(judged: readonly T[]): T[] {
	const key = ({ pod }: T): string => `${pod.namespace}/${pod.name}`;
	return judged.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, maxViolations);
}
