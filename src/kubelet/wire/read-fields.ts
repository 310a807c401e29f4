import { WireError } from './wire-error.ts';

/** https://protobuf.dev/programming-guides/encoding/#structure; groups are read as one field. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, group: 3, groupEnd: 4, fixed32: 5 } as const;

/** One field as it stands in a message. Offsets are into the message. */
export interface WireField {
	readonly number: number;
	readonly type: number;
	/** Of the tag. */
	readonly start: number;
	/** Of the value: behind the tag and, for bytes, behind the length. */
	readonly valueStart: number;
	/** Behind the value. */
	readonly end: number;
}

const maxFieldNumber = 2 ** 29 - 1;
/** As Go's protobuf has it, in spirit: nobody sends groups, and none nests. */
const maxGroupDepth = 32;

/**
 * The fields of a message in their order, unknown ones too. Throws a WireError at the first byte that is no field; `base` is added to the
 * offsets that it tells.
 */
export function readFields(bytes: Uint8Array, base = 0): WireField[] {
	const fields: WireField[] = [];
	for (let at = 0; at < bytes.length; ) {
		const field = readField(bytes, at, base, 0);
		if (field.type === wireTypes.groupEnd) throw new WireError(base + at, 'the end of a group that did not begin');
		fields.push(field);
		at = field.end;
	}
	return fields;
}

function readField(bytes: Uint8Array, start: number, base: number, depth: number): WireField {
	const tag = readVarint(bytes, start, base);
	const number = Number(tag.value >> 3n);
	if (number === 0 || number > maxFieldNumber) throw new WireError(base + start, `${number} is no number of a field`);
	const type = Number(tag.value & 7n);
	const field = (valueStart: number, end: number): WireField => {
		if (end > bytes.length)
			throw new WireError(base + start, `field ${number} ends ${end - bytes.length} bytes behind the message`);
		return { number, type, start, valueStart, end };
	};
	switch (type) {
		case wireTypes.varint:
			return field(tag.end, readVarint(bytes, tag.end, base).end);
		case wireTypes.fixed64:
			return field(tag.end, tag.end + 8);
		case wireTypes.bytes: {
			const length = readVarint(bytes, tag.end, base);
			return field(length.end, length.end + Number(length.value));
		}
		case wireTypes.group:
			return field(tag.end, endOfGroup(bytes, { number, start, end: tag.end }, base, depth));
		case wireTypes.groupEnd:
			return field(tag.end, tag.end);
		case wireTypes.fixed32:
			return field(tag.end, tag.end + 4);
		default:
			throw new WireError(base + start, `field ${number} has the unknown type ${type}`);
	}
}

function endOfGroup(
	bytes: Uint8Array,
	group: { readonly number: number; readonly start: number; readonly end: number },
	base: number,
	depth: number,
): number {
	if (depth >= maxGroupDepth) throw new WireError(base + group.start, `groups nest deeper than ${maxGroupDepth}`);
	for (let at = group.end; at < bytes.length; ) {
		const field = readField(bytes, at, base, depth + 1);
		at = field.end;
		if (field.type !== wireTypes.groupEnd) continue;
		if (field.number === group.number) return at;
		throw new WireError(base + field.start, `group ${group.number} is ended as group ${field.number}`);
	}
	throw new WireError(base + group.start, `group ${group.number} does not end`);
}

/** A varint of up to 64 bits; more bits are refused, as Go does. */
export function readVarint(bytes: Uint8Array, start: number, base: number): { readonly value: bigint; readonly end: number } {
	// Tags, lengths and booleans are nearly all of one or two bytes.
	const first = bytes[start];
	if (first !== undefined && first < 0x80) return { value: BigInt(first), end: start + 1 };
	let value = 0n;
	for (let index = 0; index < 10; index++) {
		const byte = bytes[start + index];
		if (byte === undefined) throw new WireError(base + start, 'the message ends inside of a number');
		value |= BigInt(byte & 0x7f) << BigInt(7 * index);
		if (byte < 0x80) {
			if (value >= 2n ** 64n) break;
			return { value, end: start + index + 1 };
		}
	}
	throw new WireError(base + start, 'a number of more than 64 bits');
}
