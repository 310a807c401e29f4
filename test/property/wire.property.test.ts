import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { bytesField, varintField, WireError, WireMessage } from '../../src/kubelet/wire/index.ts';
import { runs } from './runs.ts';

const { root } = protobuf.parse(`
	syntax = "proto3";
	message Inner { string text = 1; repeated string texts = 2; }
	message Outer {
		string name = 1; bool flag = 2; repeated Inner inners = 3; fixed32 small = 4; fixed64 large = 5;
		map<string, string> pairs = 6; uint64 count = 700; repeated int64 signed = 8; bytes raw = 9;
	}
`);
const outer = root.lookupType('Outer');

const text = fc.string({ unit: 'grapheme' });
const inner = fc.record({ text, texts: fc.array(text, { maxLength: 4 }) }, { requiredKeys: [] });
const long = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const content = fc.record(
	{
		name: text,
		flag: fc.boolean(),
		inners: fc.array(inner, { maxLength: 4 }),
		small: fc.nat(),
		large: long,
		pairs: fc.dictionary(text, text, { maxKeys: 3 }),
		count: long,
		raw: fc.uint8Array({ maxLength: 300 }),
	},
	{ requiredKeys: [] },
);

const { fromString } = protobuf.util.Long as unknown as { fromString(digits: string, unsigned: boolean): unknown };
const longOf = (value: bigint) => fromString(value.toString(), true);
type Content = Record<string, unknown> & { readonly large?: bigint; readonly count?: bigint };
const encoded = ({ large, count, ...rest }: Content): Uint8Array =>
	outer
		.encode({
			...rest,
			...(large === undefined ? {} : { large: longOf(large) }),
			...(count === undefined ? {} : { count: longOf(count) }),
		})
		.finish();

describe('the protobuf reader against protobufjs', () => {
	it('reads what protobufjs wrote', () => {
		fc.assert(
			fc.property(content, (value) => {
				const message = new WireMessage(encoded(value));
				assert.equal(message.string(1), value.name ?? '');
				assert.equal(message.bool(2), value.flag ?? false);
				assert.equal(message.varint(700), value.count ?? 0n);
				assert.deepEqual(
					message.messages(3).map((one) => ({ text: one.string(1), texts: one.strings(2) })),
					(value.inners ?? []).map((one) => ({ text: one.text ?? '', texts: one.texts ?? [] })),
				);
				const pairs = message.messages(6).map((one) => [one.string(1), one.string(2)]);
				assert.deepEqual(Object.fromEntries(pairs), { ...value.pairs });
			}),
			runs(300),
		);
	});

	it('writes what protobufjs reads', () => {
		const safe = fc.nat({ max: Number.MAX_SAFE_INTEGER });
		fc.assert(
			fc.property(text, fc.boolean(), safe, fc.array(text), (name, flag, count, texts) => {
				const inners = bytesField(3, Buffer.concat(texts.map((one) => bytesField(2, one))));
				const bytes = Buffer.concat([bytesField(1, name), varintField(2, flag), varintField(700, count), inners]);
				const read = outer.toObject(outer.decode(bytes), { longs: String, defaults: true });
				assert.deepEqual([read.name, read.flag, read.count], [name, flag, String(count)]);
				assert.deepEqual(read.inners[0].texts ?? [], texts);
			}),
			runs(300),
		);
	});

	it('takes each field as the bytes that it is, so that they make up the message again', () => {
		fc.assert(
			fc.property(content, (value) => {
				const message = new WireMessage(encoded(value));
				assert.deepEqual(Buffer.concat(message.fields.map((field) => message.whole(field))), Buffer.from(message.bytes));
			}),
			runs(300),
		);
	});

	it('takes no byte for two fields and leaves none out, however the message is damaged, or says where', () => {
		fc.assert(
			fc.property(content, fc.nat(), fc.nat(255), (value, where, byte) => {
				const bytes = Uint8Array.from(encoded(value));
				if (bytes.length > 0) bytes[where % bytes.length] = byte;
				let end = 0;
				try {
					for (const field of new WireMessage(bytes).fields) {
						assert.equal(field.start, end);
						end = field.end;
					}
					assert.equal(end, bytes.length);
				} catch (error) {
					assert.ok(error instanceof WireError, String(error));
					assert.ok(error.offset <= bytes.length);
				}
			}),
			runs(2_000),
		);
	});
});
