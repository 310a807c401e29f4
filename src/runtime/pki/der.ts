/** One element of DER: tag, length, content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
	const body = Buffer.concat(content);
	return Buffer.concat([Buffer.from([tag]), length(body.length), body]);
}

function length(count: number): Buffer {
	if (count < 0x80) return Buffer.from([count]);
	const digits = Buffer.from(count.toString(16).padStart(count > 0xffff ? 6 : count > 0xff ? 4 : 2, '0'), 'hex');
	return Buffer.concat([Buffer.from([0x80 | digits.length]), digits]);
}

export const sequence = (...content: readonly Uint8Array[]): Buffer => element(0x30, ...content);
export const set = (...content: readonly Uint8Array[]): Buffer => element(0x31, ...content);
export const text = (value: string): Buffer => element(0x0c, Buffer.from(value));
export const octets = (...content: readonly Uint8Array[]): Buffer => element(0x04, ...content);
export const yes: Buffer = element(0x01, Buffer.from([0xff]));

/** A positive INTEGER of these big-endian bytes. */
export function integer(...bytes: readonly number[]): Buffer {
	return element(0x02, Buffer.from((bytes[0] ?? 0) >= 0x80 ? [0, ...bytes] : bytes));
}

/** A BIT STRING whose last byte has `unused` bits that do not count. */
export function bits(content: Uint8Array, unused = 0): Buffer {
	return element(0x03, Buffer.from([unused]), content);
}

/** Always a GeneralizedTime from 2050 on, as RFC 5280 (4.1.2.5) asks. */
export function time(at: Date): Buffer {
	const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
	return at.getUTCFullYear() < 2050 ? element(0x17, Buffer.from(digits.slice(2))) : element(0x18, Buffer.from(digits));
}

/** An OBJECT IDENTIFIER of its dotted form. */
export function identifier(dotted: string): Buffer {
	const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
	const bytes = [first * 40 + second];
	for (const arc of rest) {
		const groups = [arc & 0x7f];
		for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
		bytes.push(...groups);
	}
	return element(0x06, Buffer.from(bytes));
}
