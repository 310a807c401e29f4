import type { DeviceLiteral } from '../../core/ports/format.ts';

/** Names under which `cuda:12` is a version tag of a container image and not a device. */
const IMAGE_NAME = /image|tag|repo|registry|version|base|from/i;

/** True where a variable or key of this name may hold a device; `IMAGE=cuda:12` may not. */
export function mayNameDevice(name: string): boolean {
	return !IMAGE_NAME.test(name);
}

/**
 * The device literal that starts at `start` and ends at `end` of a `byteText`, quotes included, where it is exactly `cuda:N`.
 * `null` for anything else: a longer text, an escape, several devices.
 */
export function deviceLiteral(text: string, start: number, end: number): DeviceLiteral | null {
	const match = /^(["'`]?)cuda:(\d{1,3})\1$/.exec(text.slice(start, end));
	if (match === null) return null;
	const digits = start + (match[1] as string).length + 'cuda:'.length;
	return {
		ordinal: Number(match[2]),
		ordinalSpan: { start: digits, end: digits + (match[2] as string).length },
		span: { start, end },
		text: match[0],
	};
}
