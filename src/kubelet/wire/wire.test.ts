import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesField, splice, varintField, WireError, WireMessage } from './index.ts';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('a protobuf message', () => {
	it('tells its fields in their order, unknown ones too', () => {
		const message = new WireMessage(hex('0a 02 6869  9d 06 01020304  18 96 01  21 0102030405060708'));
		assert.deepEqual(
			message.fields.map(({ number, type, start, valueStart, end }) => [number, type, start, valueStart, end]),
			[
				[1, 2, 0, 2, 4],
				[99, 5, 4, 6, 10],
				[3, 0, 10, 11, 13],
				[4, 1, 13, 14, 22],
			],
		);
		assert.equal(message.string(1), 'hi');
		assert.equal(message.varint(3), 150n);
	});

	it('gives the last one of a field that stands twice, and a default where there is none', () => {
		const message = new WireMessage(
			Buffer.concat([bytesField(1, 'a'), bytesField(1, 'b'), varintField(2, 1), varintField(2, 0)]),
		);
		assert.equal(message.string(1), 'b');
		assert.deepEqual(message.strings(1), ['a', 'b']);
		assert.equal(message.bool(2), false);
		assert.equal(message.string(9), '');
		assert.equal(message.bool(9), false);
	});

	it('passes over a field of another type than asked for', () => {
		const message = new WireMessage(Buffer.concat([varintField(1, 5), bytesField(2, 'x')]));
		assert.equal(message.string(1), '');
		assert.equal(message.varint(2), 0n);
	});

	it('reads a group as one field', () => {
		const [group, after] = new WireMessage(hex('0b 08 01 13 14 0c 10 07')).fields;
		assert.deepEqual([group?.number, group?.end, after?.number], [1, 6, 2]);
	});

	const malformed: [string, string, number, RegExp][] = [
		['a number that does not end', '08 ff', 1, /ends inside of a number/],
		['a tag without a value', '08', 1, /ends inside of a number/],
		['a number of more than ten bytes', `08 ${'ff'.repeat(10)}01`, 1, /more than 64 bits/],
		['a number of more than 64 bits', `08 ${'ff'.repeat(9)}02`, 1, /more than 64 bits/],
		['a length beyond the message', '0a 05 6869', 0, /field 1 ends 3 bytes behind the message/],
		['a length of 2^63', `0a ${'80'.repeat(9)}01`, 0, /behind the message/],
		['a fixed number that is cut off', '0d 010203', 0, /field 1 ends 1 bytes behind/],
		['field 0', '08 01 02 00', 2, /0 is no number of a field/],
		['a field over 2^29 - 1', '80 80 80 80 10 00', 0, /536870912 is no number of a field/],
		['a type that there is not', '08 01 0f', 2, /unknown type 7/],
		['a group that does not end', '0b 08 01', 0, /group 1 does not end/],
		['a group that is ended as another', '0b 14', 1, /group 1 is ended as group 2/],
		['the end of a group alone', '08 01 0c', 2, /did not begin/],
		['groups without end', '0b'.repeat(200), 32, /nest deeper/],
	];
	for (const [what, bytes, offset, message] of malformed)
		it(`is refused with ${what}, and says at which byte`, () => {
			assert.throws(
				() => new WireMessage(hex(bytes)),
				(error) => error instanceof WireError && error.offset === offset && message.test(error.message),
			);
		});

	it('is refused with text that is no UTF-8, and says at which byte of the whole', () => {
		const inner = Buffer.concat([bytesField(1, 'ok'), bytesField(2, hex('ff fe'))]);
		const outer = new WireMessage(Buffer.concat([varintField(7, 1), bytesField(1, inner)]));
		const [message] = outer.messages(1);
		assert.throws(() => message?.string(2), { offset: 2 + 2 + 4 + 2, message: 'byte 10: field 2 is no UTF-8' });
	});

	it('tells the byte of the whole where an inner message is malformed', () => {
		const outer = new WireMessage(Buffer.concat([bytesField(3, 'abc'), bytesField(1, hex('08 ff'))]));
		assert.throws(() => outer.messages(1), { offset: 5 + 2 + 1 });
	});
});

describe('a splice', () => {
	const bytes = hex('00 01 02 03');

	it('replaces, inserts and takes away, and keeps every other byte', () => {
		const replaced = splice(bytes, [
			{ start: 0, end: 0, bytes: hex('aa') },
			{ start: 1, end: 2, bytes: hex('bb cc') },
			{ start: 3, end: 4, bytes: hex('') },
		]);
		assert.deepEqual(Buffer.from(replaced), hex('aa 00 bb cc 02'));
	});

	it('is the same bytes where there is nothing to do', () => {
		assert.equal(splice(bytes, []), bytes);
	});

	it('is refused where it overlaps another or stands outside', () => {
		const at = (start: number, end: number) => ({ start, end, bytes: hex('') });
		for (const wrong of [[at(2, 3), at(1, 2)], [at(0, 2), at(1, 3)], [at(3, 2)], [at(3, 5)]])
			assert.throws(() => splice(bytes, wrong), RangeError);
	});
});

describe('a written number', () => {
	it('is refused where it cannot be exact', () => {
		for (const wrong of [-1, 0.5, 2 ** 53, Number.NaN]) assert.throws(() => varintField(1, wrong), RangeError);
	});
});
