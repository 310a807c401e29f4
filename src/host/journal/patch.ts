/** The one stretch in which two contents differ: `prefix` and `suffix` bytes are common, `middle` is the new part. */
export interface Patch {
	readonly prefix: number;
	readonly suffix: number;
	readonly middle: Uint8Array;
}

/** What turns `before` into `after`. */
export function patchBetween(before: Uint8Array, after: Uint8Array): Patch {
	const a = asBuffer(before);
	const b = asBuffer(after);
	const shorter = Math.min(a.length, b.length);
	// Most of a file stays the same: whole strides are compared natively, and without a view for each.
	let prefix = 0;
	while (prefix + stride <= shorter && a.compare(b, prefix, prefix + stride, prefix, prefix + stride) === 0) prefix += stride;
	while (prefix < shorter && a[prefix] === b[prefix]) prefix++;
	const rest = shorter - prefix;
	let suffix = 0;
	for (; suffix + stride <= rest; suffix += stride) {
		const endA = a.length - suffix;
		const endB = b.length - suffix;
		if (a.compare(b, endB - stride, endB, endA - stride, endA) !== 0) break;
	}
	while (suffix < rest && a[a.length - 1 - suffix] === b[b.length - 1 - suffix]) suffix++;
	return { prefix, suffix, middle: Buffer.from(b.subarray(prefix, b.length - suffix)) };
}

const stride = 1024;

function asBuffer(bytes: Uint8Array): Buffer {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Applies a patch to the content it was made for. */
export function patched(before: Uint8Array, patch: Patch): Buffer {
	return Buffer.concat([before.subarray(0, patch.prefix), patch.middle, before.subarray(before.length - patch.suffix)]);
}
