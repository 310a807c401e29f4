import type { ConditionReason } from '../../api/conditions.ts';
import type { GpuPolicySpec } from '../../api/v1alpha1.generated.ts';
import { type AnyVerdict, type ConditionVerdict, verdict } from '../../core/status/verdict.ts';

/** A condition as far as Ready rests on it. */
export type Witness = Pick<AnyVerdict, 'type' | 'status' | 'message'>;

/** The one condition that people wait for, in a cluster: from what the duties found once all of them have looked. */
export function readyOf(spec: GpuPolicySpec, found: readonly Witness[]): ConditionVerdict<'Ready'> {
	const message = [found.map((one) => one.message).join('; ') || 'nothing to converge in a cluster', ...leftOut(spec)].join('; ');
	const unknown = found.find(({ status }) => status === 'Unknown');
	if (spec.mode === 'Audit') return verdict('Ready', unknown ? 'FactsUnknown' : 'AuditOnly', message);
	const wrong = found.find(({ type, status }) => status === 'False' && type === 'NodesValidated');
	if (wrong) return verdict('Ready', 'NodesNonCompliant', wrong.message);
	const drifted = found.find(({ status }) => status === 'False');
	if (drifted) return verdict('Ready', 'DriftDetected', drifted.message);
	return verdict('Ready', unknown ? 'FactsUnknown' : 'Converged', message);
}

/** Ready where nothing but a person helps. */
export function readyWhileStalled(reason: ConditionReason<'Stalled'>, message: string): ConditionVerdict<'Ready'> {
	return verdict('Ready', reason, message);
}

/** What the policy says and a cluster has no part in. */
function leftOut({ files, env = [] }: GpuPolicySpec): string[] {
	const secret = env.filter(({ valueFrom }) => valueFrom?.file !== undefined).map(({ name }) => name);
	return [
		...(files ? ['files are converged by gpupolicy reconcile in their repo'] : []),
		...(secret.length > 0 ? [`ignored in a cluster: ${secret.join(', ')} from a file (secrets stay in the repo)`] : []),
	];
}
