import { type WireField, wireTypes } from './read-fields.ts';
import type { WireMessage } from './wire-message.ts';
import { bytesField } from './write.ts';

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

/** The message with each inner message of one field as `edit` gives it back; the same bytes where it changes none. */
export function editMessages(message: WireMessage, number: number, edit: (inner: WireMessage) => Uint8Array): Uint8Array {
	const splices: Splice[] = [];
	for (const field of message.all(number, wireTypes.bytes)) {
		const inner = message.message(field);
		const edited = edit(inner);
		if (edited !== inner.bytes) splices.push({ start: field.start, end: field.end, bytes: bytesField(number, edited) });
	}
	return splice(message.bytes, splices);
}

/** The message without some of its fields; the same bytes where it has none of them. */
export function withoutFields(message: WireMessage, fields: readonly WireField[]): Uint8Array {
	return splice(
		message.bytes,
		fields.map(({ start, end }) => ({ start, end, bytes: nothing })),
	);
}

const nothing = new Uint8Array(0);
