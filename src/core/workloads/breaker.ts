/** Milliseconds that the circuit breaker looks back. */
export const breakerWindowMs = 5 * 60_000;
/** Below so many pods the budget alone guards. */
export const breakerFloor = 5;

/** A remediation as the breaker sees it: when, by the clock of whoever did it, and how many pods. */
export interface Touch {
	readonly at: number;
	readonly pods: number;
}

/** What no longer counts since a halt was lifted: touches up to `since`, and those in the future then, up to `ahead`. */
export interface Lifted {
	readonly since: number;
	readonly ahead: number;
}

/**
 * Pods touched within the window. What was lifted does not count. A time in the future does: the clock of another controller was ahead, and
 * it is better to stop too early.
 */
export function touchedPods(touches: readonly Touch[], now: number, { since, ahead }: Lifted): number {
	return touches
		.filter(({ at }) => at > since && !(at > now && at <= ahead) && now - at < breakerWindowMs)
		.reduce((sum, { pods }) => sum + pods, 0);
}

/**
 * Whether the breaker forbids to touch `next` more pods: together they would be over half of the selected ones, and at least five. The first
 * owner within a window always passes, or one that holds most of the pods could never be restarted: its own update strategy paces it.
 */
export function trips(touched: number, next: number, selected: number): boolean {
	const all = touched + next;
	return touched > 0 && all >= breakerFloor && all * 2 > selected;
}
