import type { Condition, GpuPolicyStatus, Outcome } from '../../api/v1alpha1.generated.ts';
import type { AnyVerdict } from './verdict.ts';

const maxMessage = 4096;
const keptOutcomes = 5;

/**
 * A verdict as it stands in the status. `lastTransitionTime` moves only when the status flips, and never back, whatever the clock of the one
 * who wrote before us. `at` is RFC 3339, in seconds.
 */
export function toCondition(verdict: AnyVerdict, generation: number, at: string, before: GpuPolicyStatus | undefined): Condition {
	const standing = before?.conditions?.find((condition) => condition.type === verdict.type);
	return {
		type: verdict.type,
		status: verdict.status,
		observedGeneration: generation,
		lastTransitionTime:
			standing && (standing.status === verdict.status || standing.lastTransitionTime > at) ? standing.lastTransitionTime : at,
		reason: verdict.reason,
		message: cut(verdict.message, maxMessage),
	};
}

/** The last outcomes, newest first; one that says the same as the newest adds nothing. */
export function outcomesOf(before: GpuPolicyStatus | undefined, latest: Outcome): Outcome[] {
	const standing = before?.lastOutcomes ?? [];
	const last = standing[0];
	if (last && last.digest === latest.digest && last.reason === latest.reason) return standing;
	return [latest, ...standing].slice(0, keptOutcomes);
}

/** A text of at most so many characters, its end marked where something was left out. */
export function cut(text: string, limit: number): string {
	return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}
