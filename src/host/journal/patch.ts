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
	let prefix = 0;
	while (prefix < shorter && before[prefix] === after[prefix]) prefix++;
	let suffix = 0;
	while (suffix < shorter - prefix && before[before.length - 1 - suffix] === after[after.length - 1 - suffix]) suffix++;
	return { prefix, suffix, middle: Buffer.from(after.subarray(prefix, after.length - suffix)).toString('base64') };
}

/** Applies a patch to the content it was made for. */
export function patched(before: Uint8Array, patch: Patch): Buffer {
	return Buffer.concat([
		before.subarray(0, patch.prefix),
		Buffer.from(patch.middle, 'base64'),
		before.subarray(before.length - patch.suffix),
	]);
}
