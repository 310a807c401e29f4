/** How many nodes a policy may taint in one window before a person is asked. */
export const breakerWindowMs = 300_000;
const smallest = 5;

/**
 * Whether tainting `wanted` further nodes would be over half of the `selected` ones, and at least five, within the window in which
 * `recent` were tainted.
 */
export function tripsBreaker(wanted: number, recent: number, selected: number): boolean {
	const all = wanted + recent;
	return wanted > 0 && all >= smallest && all * 2 > selected;
}
