import { type ApiObject, type Cluster, ClusterError } from '../../core/ports/cluster.ts';
import type { DeviatingPod } from '../../core/workloads/remediation-plan.ts';
import type { AnnotationPatch } from '../../core/workloads/remediation-state.ts';
import { type Restart, restartedAnnotation, restartText } from '../../core/workloads/restart-annotation.ts';
import type { Workload } from '../../core/workloads/workload.ts';
import { gpuPolicies } from '../gpupolicy/resource.ts';
import { projectWorkload } from './project-owner.ts';
import { pods, workloadResources } from './resources.ts';

/**
 * What a step came to:
 * - `Done`: it is written
 * - `Outdated`: the object is not as it was when the step was decided on; look again
 * - `HeldBack`: a disruption budget allows it not now
 * - `Refused`: the server, or an admission policy or webhook, does not allow it
 */
export type StepResult =
	| { readonly state: 'Done'; readonly restartText?: string }
	| { readonly state: 'Outdated' }
	| { readonly state: 'HeldBack'; readonly message: string; readonly retryAfterMs: number | null }
	| { readonly state: 'Refused'; readonly message: string };

/**
 * Restarts an owner by its template annotation, for the sake of one of its pods. Pod and owner are read again, since the copy may be behind: what
 * somebody else put right meanwhile stays. The write holds only for what was read: an owner is restarted once, whoever else is at work.
 */
export async function restart(
	cluster: Cluster,
	workload: Workload,
	pod: Pick<DeviatingPod, 'name' | 'uid'>,
	why: Restart,
	signal: AbortSignal,
): Promise<StepResult> {
	const { kind, namespace, name, uid } = workload;
	return step(async () => {
		const wrong = await cluster.get(pods, { namespace, name: pod.name }, { signal });
		if (wrong?.metadata.uid !== pod.uid || wrong.metadata.deletionTimestamp !== undefined) return { state: 'Outdated' };
		const object = await cluster.get(workloadResources[kind], { namespace, name }, { signal });
		if (object?.metadata.uid !== uid) return { state: 'Outdated' };
		const now = projectWorkload(kind, object);
		const before = now.restarted;
		const sameSpec = before?.policy === why.policy && before.digest === why.digest;
		if (sameSpec && now.restartedText !== workload.restartedText) return { state: 'Outdated' };
		if (now.noRestart !== null || !now.available || now.rollout.state !== 'Complete') return { state: 'Outdated' };
		const text = restartText(why);
		const annotations = { [restartedAnnotation]: text };
		await cluster.patch(
			workloadResources[kind],
			{ namespace, name },
			{ metadata: { resourceVersion: object.metadata.resourceVersion, uid }, spec: { template: { metadata: { annotations } } } },
			{ signal },
		);
		return { state: 'Done', restartText: text };
	});
}

/** Evicts that very pod. With `dryRun` only asks whether the disruption budgets allow it. */
export async function evict(
	cluster: Cluster,
	{ namespace }: Workload,
	{ name, uid }: DeviatingPod,
	options: { readonly dryRun: boolean; readonly signal: AbortSignal },
): Promise<StepResult> {
	return step(async () => {
		await cluster.evict({ namespace, name }, { ...options, uid });
		return { state: 'Done' };
	});
}

/** Changes annotations of a policy, if it still is as it was read. */
export async function annotate(
	cluster: Cluster,
	policy: ApiObject,
	annotations: AnnotationPatch,
	signal: AbortSignal,
): Promise<StepResult> {
	const { name, resourceVersion, uid } = policy.metadata;
	return step(async () => {
		await cluster.patch(gpuPolicies, { name }, { metadata: { resourceVersion, uid, annotations } }, { signal });
		return { state: 'Done' };
	});
}

async function step(take: () => Promise<StepResult>): Promise<StepResult> {
	try {
		return await take();
	} catch (error) {
		if (!(error instanceof ClusterError)) throw error;
		const { message, retryAfterMs } = error;
		switch (error.failure) {
			case 'NotFound':
			case 'Conflict':
				return { state: 'Outdated' };
			case 'TooManyRequests':
				// The server itself says so when it has too much to do; then nothing is known of the pod.
				if (error.verb !== 'evict') throw error;
				return { state: 'HeldBack', message, retryAfterMs };
			case 'Denied':
			case 'Invalid':
				return { state: 'Refused', message };
			default:
				throw error;
		}
	}
}
