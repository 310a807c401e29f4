import type { Condition, GpuPolicyStatus } from '../../api/v1alpha1.generated.ts';

/** RFC 3339 times and times of day. */
const times = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)|\b\d\d:\d\d:\d\d(?:\.\d+)?\b/g;
const durations = /\b\d+(?:\.\d+)? ?(?:ms|s|min|m|h|seconds?|minutes?|hours?)\b/g;

/** The fields of a status that the controller of a cluster writes. */
const ours = ['observedGeneration', 'digest', 'files', 'workloads', 'admission', 'nodes'] as const;

/**
 * Whether two statuses say the same, times and durations left out: what differs only in them is not written. Conditions of types that
 * `after` does not have count only where they are ours, so that others may add their own.
 */
export function sameStatus(before: GpuPolicyStatus | undefined, after: GpuPolicyStatus, ownTypes: ReadonlySet<string>): boolean {
	return before !== undefined && text(before, ownTypes) === text(after, ownTypes);
}

function text(status: GpuPolicyStatus, ownTypes: ReadonlySet<string>): string {
	const conditions = (status.conditions ?? [])
		.filter(({ type }) => ownTypes.has(type))
		.map(({ lastTransitionTime: _, ...rest }: Condition) => rest)
		.sort((a, b) => (a.type < b.type ? -1 : 1));
	const outcomes = (status.lastOutcomes ?? []).map(({ at: _, ...rest }) => rest);
	return timeless([...ours.map((field) => status[field]), conditions, outcomes]);
}

function timeless(value: unknown): string {
	return JSON.stringify(value, (key, field) => {
		if (key === 'lastProbeTime') return undefined;
		if (typeof field === 'string') return field.replace(times, '<time>').replace(durations, '<duration>');
		return field !== null && typeof field === 'object' && !Array.isArray(field) ? sorted(field) : field;
	});
}

function sorted(object: object): object {
	return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
