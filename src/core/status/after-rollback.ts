import type { Condition, GpuPolicy } from '../../api/v1alpha1.generated.ts';
import { type AnyVerdict, verdict } from './verdict.ts';

/**
 * The policy after a rollback put files back: what was seen of its files no longer holds, and nobody has looked since.
 * A policy without files, or without a status, stays as it is.
 */
export function afterRollback(object: GpuPolicy, rollback: { readonly files: number; readonly at: string }): GpuPolicy {
	const { status, spec } = object;
	if (spec.files === undefined || status?.files === undefined) return object;
	const message = `a rollback put ${rollback.files} ${rollback.files === 1 ? 'file' : 'files'} back at ${rollback.at}; gpupolicy check looks at them`;
	const stalled = status.conditions?.some(({ type }) => type === 'Stalled') === true;
	const verdicts: readonly AnyVerdict[] = [
		verdict('FilesConverged', 'NotYetObserved', message),
		...(stalled ? [] : [verdict('Ready', 'NotYetObserved', message)]),
	];
	const { files: _, ...rest } = status;
	const conditions = status.conditions?.map((condition): Condition => {
		const changed = verdicts.find(({ type }) => type === condition.type);
		if (!changed) return condition;
		return {
			...condition,
			status: changed.status,
			reason: changed.reason,
			message,
			lastTransitionTime: condition.status === changed.status ? condition.lastTransitionTime : rollback.at,
		};
	});
	return { ...object, status: { ...rest, ...(conditions ? { conditions } : {}) } };
}
