import { wireTypes } from './read-fields.ts';

/** The bytes of one field: a string, a message or bytes. */
export function bytesField(number: number, value: Uint8Array | string): Uint8Array {
	const content = typeof value === 'string' ? Buffer.from(value) : value;
	return Buffer.concat([varint((number << 3) | wireTypes.bytes), varint(content.length), content]);
}

/** The bytes of one field: a boolean or a number that is not negative and a safe integer. */
export function varintField(number: number, value: number | boolean): Uint8Array {
	return Buffer.concat([varint((number << 3) | wireTypes.varint), varint(Number(value))]);
}

function varint(value: number): Uint8Array {
	if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} cannot be written as a number`);
	const bytes: number[] = [];
	let rest = value;
	for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
	bytes.push(rest);
	return Uint8Array.from(bytes);
}
