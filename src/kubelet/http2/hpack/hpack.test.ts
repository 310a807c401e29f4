import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeHeaders, HeaderDecoder } from './index.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const decoder = (tableBytes = 4_096, listBytes = 65_536) => new HeaderDecoder(tableBytes, listBytes);
const pairs = (fields: ReturnType<HeaderDecoder['decode']>) => fields?.map(({ name, value }) => [name, value]);

describe('header blocks, by the examples of RFC 7541', () => {
	it('reads requests without and with Huffman coding (C.3, C.4)', () => {
		const first = [
			[':method', 'GET'],
			[':scheme', 'http'],
			[':path', '/'],
			[':authority', 'www.example.com'],
		];
		const second = [...first, ['cache-control', 'no-cache']];
		const third = [
			[':method', 'GET'],
			[':scheme', 'https'],
			[':path', '/index.html'],
			[':authority', 'www.example.com'],
			['custom-key', 'custom-value'],
		];
		const plain = decoder();
		assert.deepEqual(pairs(plain.decode(hex('8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d'))), first);
		assert.deepEqual(pairs(plain.decode(hex('8286 84be 5808 6e6f 2d63 6163 6865'))), second);
		assert.deepEqual(pairs(plain.decode(hex('8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65'))), third);
		const coded = decoder();
		assert.deepEqual(pairs(coded.decode(hex('8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff'))), first);
		assert.deepEqual(pairs(coded.decode(hex('8286 84be 5886 a8eb 1064 9cbf'))), second);
		assert.deepEqual(pairs(coded.decode(hex('8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf'))), third);
	});

	it('reads answers with a table of 256 bytes, from which the oldest fall (C.6)', () => {
		const table = decoder(256);
		const date = 'Mon, 21 Oct 2013 20:13:21 GMT';
		const location = ['location', 'https://www.example.com'];
		const first = [[':status', '302'], ['cache-control', 'private'], ['date', date], location];
		assert.deepEqual(
			pairs(
				table.decode(
					hex(
						'4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
					),
				),
			),
			first,
		);
		assert.deepEqual(pairs(table.decode(hex('4883 640e ffc1 c0bf'))), [[':status', '307'], ...first.slice(1)]);
		assert.deepEqual(
			pairs(
				table.decode(
					hex(
						'88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
					),
				),
			),
			[
				[':status', '200'],
				['cache-control', 'private'],
				['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
				location,
				['content-encoding', 'gzip'],
				['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
			],
		);
	});

	it('reads fields that are not to be kept, and a table that is made smaller', () => {
		const table = decoder();
		assert.deepEqual(pairs(table.decode(hex('1008 7061 7373 776f 7264 0673 6563 7265 74'))), [['password', 'secret']]);
		assert.deepEqual(pairs(table.decode(hex('4001 6101 62'))), [['a', 'b']]);
		assert.deepEqual(pairs(table.decode(hex('20 3f e1 1f 82'))), [[':method', 'GET']]);
		assert.throws(() => table.decode(hex('be')), { code: 'COMPRESSION_ERROR', message: 'no header field has index 62' });
	});
});

describe('a header block', () => {
	const malformed: [string, string, RegExp][] = [
		['the index 0', '80', /index 0/],
		['an index that nothing has', 'ff 80 01', /index 255/],
		['a number that is cut off', 'ff', /cut off/],
		['a number without end', 'ff ff ff ff ff ff ff', /too large/],
		['a string that is cut off', '00 05 61', /behind its header block/],
		['a name without a value', '00 01 61', /cut off/],
		['a table over the limit', '3f e2 1f', /4097/],
		['a table that is changed behind a field', '82 20', /within/],
		['a Huffman code that is filled up with zeroes', '00 01 61 81 18', /filled up/],
		['a Huffman code that is filled up with a whole byte', '00 01 61 82 1f ff', /filled up/],
		['the end of a string within one', '00 01 61 84 ff ff ff ff', /its end/],
	];
	for (const [what, bytes, message] of malformed)
		it(`is refused with ${what}`, () => {
			assert.throws(() => decoder().decode(hex(bytes)), { code: 'COMPRESSION_ERROR', message });
		});

	it('that is larger than it may be is read for what comes behind it, and not kept', () => {
		const small = decoder(4_096, 100);
		const block = Buffer.concat([hex('4001 6101 62'), ...Array.from({ length: 1_000 }, () => hex('be'))]);
		assert.equal(small.decode(block), null);
		assert.deepEqual(pairs(small.decode(hex('be'))), [['a', 'b']]);
	});

	it('is written so that it reads the same, whatever its lengths', () => {
		const fields = [1, 126, 127, 128, 255, 10_000].map((length) => ({ name: `x-${length}`, value: '\u00e9'.repeat(length) }));
		assert.deepEqual(
			decoder().decode(encodeHeaders([{ name: ':status', value: '200' }, { name: ':status', value: '999' }, ...fields])),
			[{ name: ':status', value: '200' }, { name: ':status', value: '999' }, ...fields],
		);
	});
});
