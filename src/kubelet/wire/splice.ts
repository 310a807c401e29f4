/** Bytes that take the place of those from `start` to `end`; both the same: an insertion. */
export interface Splice {
	readonly start: number;
	readonly end: number;
	readonly bytes: Uint8Array;
}

/** `bytes` with each splice in place, and every byte outside of them as it is; the same object where there is none. Splices come in order and do not overlap. */
export function splice(bytes: Uint8Array, splices: readonly Splice[]): Uint8Array {
	if (splices.length === 0) return bytes;
	const parts: Uint8Array[] = [];
	let kept = 0;
	for (const { start, end, bytes: replacement } of splices) {
		if (start < kept || end < start || end > bytes.length) throw new RangeError(`no splice can stand from ${start} to ${end}`);
		parts.push(bytes.subarray(kept, start), replacement);
		kept = end;
	}
	parts.push(bytes.subarray(kept));
	return Buffer.concat(parts);
}
