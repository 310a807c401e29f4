import type { Condition, GpuPolicy, GpuPolicyStatus, Outcome } from '../../api/v1alpha1.generated.ts';
import { filesStatus, judgeFiles } from './files-converged.ts';
import { judgeNode, nodesStatus } from './nodes-validated.ts';
import type { PolicyObservation } from './observation.ts';
import { judgeReady, judgeStalled } from './ready.ts';
import type { AnyVerdict } from './verdict.ts';

const MAX_MESSAGE = 4096;
const KEPT_OUTCOMES = 5;

/** `lastTransitionTime` moves only when the status flips. */
function toCondition(verdict: AnyVerdict, generation: number, at: string, before: GpuPolicyStatus | undefined): Condition {
	const standing = before?.conditions?.find((condition) => condition.type === verdict.type);
	return {
		type: verdict.type,
		status: verdict.status,
		observedGeneration: generation,
		lastTransitionTime: standing?.status === verdict.status ? standing.lastTransitionTime : at,
		reason: verdict.reason,
		message: verdict.message.length > MAX_MESSAGE ? `${verdict.message.slice(0, MAX_MESSAGE - 1)}…` : verdict.message,
	};
}

function outcomesOf(before: GpuPolicyStatus | undefined, latest: Outcome): Outcome[] {
	const standing = before?.lastOutcomes ?? [];
	const last = standing[0];
	if (last && last.digest === latest.digest && last.reason === latest.reason) return standing;
	return [latest, ...standing].slice(0, KEPT_OUTCOMES);
}

/**
 * The policy with its new status. `before` is the object of the last pass; a changed spec counts one generation up,
 * as an API server does.
 */
export function withStatus(observation: PolicyObservation, before: GpuPolicy | undefined): GpuPolicy {
	const { policy, at } = observation;
	const previous = before?.status;
	const generation = before === undefined ? 1 : (before.metadata.generation ?? 1) + (previous?.digest === policy.digest ? 0 : 1);
	const object: GpuPolicy = {
		...policy.input.policy,
		metadata: { ...policy.input.policy.metadata, generation, creationTimestamp: before?.metadata.creationTimestamp ?? at },
	};
	if (policy.suspended) return { ...object, status: { ...previous, observedGeneration: generation, digest: policy.digest } };
	const spec = policy.input.policy.spec;
	const stalled = judgeStalled(observation);
	const files = spec.files === undefined || policy.problems.length > 0 ? null : judgeFiles(observation);
	const nodes = judgeNode(observation);
	const ready = judgeReady(observation, stalled, files, nodes);
	const verdicts = [ready, stalled, files, nodes].filter((verdict) => verdict !== null);
	const status: GpuPolicyStatus = {
		observedGeneration: generation,
		digest: policy.digest,
		conditions: verdicts.map((verdict) => toCondition(verdict, generation, at, previous)),
		...(files ? { files: filesStatus(observation) } : {}),
		...(nodes && spec.nodes !== undefined ? { nodes: nodesStatus(nodes) } : {}),
		lastOutcomes: outcomesOf(previous, {
			digest: policy.digest,
			generation,
			at,
			reason: ready.reason,
			message: ready.message.slice(0, 1024),
		}),
	};
	return { ...object, status };
}
