import type { ClusterPolicy, DutyOutcome } from '../../duty.ts';
import type { ClaimsOutcome } from './claims-admission.ts';

const failedCanaryRetryMs = 300_000;
const retryMs = 5_000;
const stalledRetryMs = 30_000;
const inForce: readonly string[] = ['PolicyActive', 'WebhookActive', 'ValidationOnly'];

/** One outcome of admission over pods and claims. What is wrong with the pods is told before what is wrong with the claims. */
export function withClaims({ digest }: ClusterPolicy, pods: DutyOutcome, claims: ClaimsOutcome): DutyOutcome {
	if (claims.state === 'None') return pods;
	const message = [...(pods.condition ? [pods.condition.message] : []), claims.message].join('. ');
	if (pods.stalled || (pods.condition && !inForce.includes(pods.condition.reason)))
		return { ...pods, condition: pods.condition && { ...pods.condition, message } };
	switch (claims.state) {
		case 'Stalled':
			return {
				condition: { type: 'AdmissionProgrammed', reason: 'NotYetObserved', message },
				stalled: { reason: claims.reason, message: claims.message },
				requeueAfterMs: stalledRetryMs,
			};
		case 'CanaryFailed':
			return { condition: { type: 'AdmissionProgrammed', reason: 'CanaryFailed', message }, requeueAfterMs: failedCanaryRetryMs };
		case 'NotSeen':
			return {
				condition: { type: 'AdmissionProgrammed', reason: 'NotYetObserved', message },
				progressing: { reason: 'ProgressingWithRetry', message: claims.message },
				requeueAfterMs: retryMs,
			};
		case 'LeftAlone':
			return pods.condition
				? { ...pods, condition: { ...pods.condition, message } }
				: { condition: { type: 'AdmissionProgrammed', reason: 'ValidationOnly', message } };
		case 'InForce': {
			const { apiVersion, mutates, probedAt } = claims;
			const own = { apiVersion, digest, lastProbeTime: probedAt, mode: 'ValidationOnly' as const };
			const admission = pods.status?.admission ?? own;
			// Where the policy sets no variable, its claims are all that it changes.
			if (mutates && pods.condition?.reason !== 'WebhookActive') {
				return {
					...pods,
					condition: { type: 'AdmissionProgrammed', reason: 'PolicyActive', message },
					status: { admission: { ...admission, mode: 'AdmissionPolicy' } },
				};
			}
			const condition = pods.condition ?? { type: 'AdmissionProgrammed', reason: 'ValidationOnly' };
			return { ...pods, condition: { ...condition, message } as DutyOutcome['condition'], status: { admission } };
		}
	}
}
