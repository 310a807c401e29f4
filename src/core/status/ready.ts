import type { PolicyObservation } from './observation.ts';
import { type ConditionVerdict, verdict } from './verdict.ts';

/** Why nothing but a person can help, or `null`. */
export function judgeStalled(observation: PolicyObservation): ConditionVerdict<'Stalled'> | null {
	const { problems } = observation.policy;
	if (problems[0]) return verdict('Stalled', problems[0].reason, problems.map(({ message }) => message).join('; '));
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
	return verdict('Stalled', 'ConflictingPolicies', `${text.join('; ')}; neither is applied there`);
}

/** The one condition that people wait for. */
export function judgeReady(
	observation: PolicyObservation,
	stalled: ConditionVerdict<'Stalled'> | null,
	files: ConditionVerdict<'FilesConverged'> | null,
	nodes: ConditionVerdict<'NodesValidated'> | null,
): ConditionVerdict<'Ready'> {
	if (stalled) return verdict('Ready', stalled.reason, stalled.message);
	if (files?.reason === 'RepoUnavailable') return verdict('Ready', 'FactsUnknown', files.message);
	const message = [files?.message, nodes?.message].filter((part) => part !== undefined).join('; ');
	const unknown = files?.status === 'Unknown' || nodes?.status === 'Unknown';
	if (observation.policy.audit) {
		return unknown
			? verdict('Ready', 'FactsUnknown', message)
			: verdict('Ready', 'AuditOnly', message || 'mode Audit: nothing is changed');
	}
	if (nodes?.status === 'False') return verdict('Ready', 'NodesNonCompliant', nodes.message);
	if (files?.status === 'False') return verdict('Ready', 'DriftDetected', files.message);
	if (unknown) return verdict('Ready', 'FactsUnknown', message);
	return verdict('Ready', 'Converged', message || 'nothing to converge here');
}
