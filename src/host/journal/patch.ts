/** The one stretch in which two contents differ: `prefix` and `suffix` bytes are common, `middle` is the new part. */
export interface Patch {
	readonly prefix: number;
	readonly suffix: number;
	/** base64. */
	readonly middle: string;
}

/** What turns `before` into `after`. */
export function patchBetween(before: Uint8Array, after: Uint8Array): Patch {
	const shorter = Math.min(before.length, after.length);
	const prefix = commonStart(before, after, shorter);
	let suffix = 0;
	const rest = shorter - prefix;
	// Most of a file stays the same: whole strides are compared natively.
	while (suffix + stride <= rest && sameStride(before, before.length - suffix - stride, after, after.length - suffix - stride)) {
		suffix += stride;
	}
	while (suffix < rest && before[before.length - 1 - suffix] === after[after.length - 1 - suffix]) suffix++;
	return { prefix, suffix, middle: Buffer.from(after.subarray(prefix, after.length - suffix)).toString('base64') };
}

const stride = 256;

function commonStart(a: Uint8Array, b: Uint8Array, limit: number): number {
	let at = 0;
	while (at + stride <= limit && sameStride(a, at, b, at)) at += stride;
	while (at < limit && a[at] === b[at]) at++;
	return at;
}

function sameStride(a: Uint8Array, atA: number, b: Uint8Array, atB: number): boolean {
	return Buffer.compare(a.subarray(atA, atA + stride), b.subarray(atB, atB + stride)) === 0;
}

/** Applies a patch to the content it was made for. */
export function patched(before: Uint8Array, patch: Patch): Buffer {
	return Buffer.concat([
		before.subarray(0, patch.prefix),
		Buffer.from(patch.middle, 'base64'),
		before.subarray(before.length - patch.suffix),
	]);
}
