import type { PolicyObservation } from './observation.ts';
import type { ConditionVerdict } from './verdict.ts';

/** Why nothing but a person can help, or `null`. */
export function judgeStalled(observation: PolicyObservation): ConditionVerdict | null {
	const problem = observation.policy.problems[0];
	if (problem)
		return {
			status: 'True',
			reason: problem.reason,
			message: observation.policy.problems.map(({ message }) => message).join('; '),
		};
	const quarrels = new Map<string, string[]>();
	for (const file of observation.files) {
		for (const conflict of file.conflicts) {
			if (!conflict.policies.includes(observation.policy.name)) continue;
			const key = `${conflict.policies.join(' and ')} want different values of ${conflict.subject} (${conflict.wants.join(', ')})`;
			quarrels.set(key, [...(quarrels.get(key) ?? []), file.path]);
		}
	}
	if (quarrels.size === 0) return null;
	const text = [...quarrels].map(
		([key, paths]) =>
			`policies ${key} in ${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`,
	);
	return { status: 'True', reason: 'ConflictingPolicies', message: `${text.join('; ')}; neither is applied there` };
}

/** The one condition that people wait for. */
export function judgeReady(
	observation: PolicyObservation,
	stalled: ConditionVerdict | null,
	files: ConditionVerdict | null,
	nodes: ConditionVerdict | null,
): ConditionVerdict {
	if (stalled) return { status: 'False', reason: stalled.reason, message: stalled.message };
	if (files?.reason === 'RepoUnavailable') return { status: 'Unknown', reason: 'FactsUnknown', message: files.message };
	const message = [files?.message, nodes?.message].filter((part) => part !== undefined).join('; ');
	const unknown = files?.status === 'Unknown' || nodes?.status === 'Unknown';
	if (observation.policy.audit) {
		return unknown
			? { status: 'Unknown', reason: 'FactsUnknown', message }
			: { status: 'True', reason: 'AuditOnly', message: message || 'mode Audit: nothing is changed' };
	}
	if (nodes?.status === 'False') return { status: 'False', reason: 'NodesNonCompliant', message: nodes.message };
	if (files?.status === 'False') return { status: 'False', reason: 'DriftDetected', message: files.message };
	if (unknown) return { status: 'Unknown', reason: 'FactsUnknown', message };
	return { status: 'True', reason: 'Converged', message: message || 'nothing to converge here' };
}
