import type { GpuPolicy, GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';
import { outcomesOf, toCondition } from './condition.ts';
import { filesStatus, judgeFiles } from './files-converged.ts';
import { judgeNode, nodesStatus } from './nodes-validated.ts';
import type { PolicyObservation } from './observation.ts';
import { judgeReady, judgeStalled } from './ready.ts';

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
