import type { BypassRoute } from './bypass-routes.ts';
import type { PodDemand } from './demand.ts';
import type { EnvDeviation } from './env-deviations.ts';

/** Items that one message names; the rest is counted. */
export const messageItems = 12;
/** Longest value that a message shows, in code points. */
export const shownValueLength = 40;
/** Longest message, in code points: 4 bytes each stay under the 5 KiB of a messageExpression. */
export const messageLength = 1200;
/** Hex digits of a digest in messages. */
export const shownDigestLength = 12;

/** Stands for a value that would break a line, or keep the API server from sending a warning at all. */
export const unshowable = 'text with control characters';

/** What a bypass message begins with, after the policy. */
export const bypassHeading = 'reaches GPUs around the device plugin: ';

/** A value as messages show it: quoted, cut short. */
export function showValue(value: string): string {
	const points = [...value];
	const head = points.slice(0, shownValueLength).join('');
	if (/\p{Cc}/u.test(head)) return unshowable;
	return points.length > shownValueLength ? `'${head}…'` : `'${head}'`;
}

/** What every message and warning of a policy begins with: `policy rtx3090-only@5f1c0e7a9b24: `. */
export function messagePrefix({ policy, digest }: Pick<PodDemand, 'policy' | 'digest'>): string {
	return `policy ${policy}@${digest.slice(0, shownDigestLength)}: `;
}

/** `container train: A must be '1', is not set`. */
export function describeDeviation({ container, name, want, found }: EnvDeviation): string {
	const is = found.state === 'Missing' ? 'not set' : found.state === 'ValueFrom' ? 'valueFrom' : showValue(found.value);
	return `container ${container}: ${name} must be ${showValue(want)}, is ${is}`;
}

/** The one message about the env of a pod; `null` where nothing deviates. */
export function envMessage(demand: PodDemand, deviations: readonly EnvDeviation[]): string | null {
	return message(messagePrefix(demand), deviations.map(describeDeviation));
}

/** The one message about the ways around the device plugin; `null` where there is none. */
export function bypassMessage(demand: PodDemand, routes: readonly BypassRoute[]): string | null {
	return message(
		`${messagePrefix(demand)}${bypassHeading}`,
		routes.map(({ container, does }) => `container ${container} ${does}`),
	);
}

/** The one message of a policy over several items; `null` where there is none. */
export function itemsMessage(
	demand: Pick<PodDemand, 'policy' | 'digest'>,
	heading: string,
	items: readonly string[],
): string | null {
	return message(`${messagePrefix(demand)}${heading}`, items);
}

function message(prefix: string, items: readonly string[]): string | null {
	if (items.length === 0) return null;
	const more = items.length - messageItems;
	const text = prefix + [...items.slice(0, messageItems), ...(more > 0 ? [`${more} more`] : [])].join('; ');
	return [...text].slice(0, messageLength).join('');
}
