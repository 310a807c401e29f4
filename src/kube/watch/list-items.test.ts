import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ListItems } from './list-items.ts';

function read(bytes: Buffer, sizes: readonly number[]): { items: unknown[]; list: ListItems } {
	const list = new ListItems();
	const items: unknown[] = [];
	for (let at = 0, i = 0; at < bytes.length; i++) {
		const size = sizes.length === 0 ? bytes.length : 1 + (sizes[i % sizes.length] ?? 0);
		list.push(bytes.subarray(at, at + size), (item) => items.push(JSON.parse(item)));
		at += size;
	}
	return { items, list };
}

describe('items of a list', () => {
	it('are the same however the bytes are cut, whatever stands in them and in whichever order the fields come', () => {
		const item = fc.dictionary(fc.string(), fc.jsonValue());
		const metadata = fc.record({ resourceVersion: fc.string(), continue: fc.string({ unit: 'grapheme-ascii' }) });
		fc.assert(
			fc.property(
				fc.array(item),
				metadata,
				fc.boolean(),
				fc.constantFrom(0, 1),
				fc.array(fc.nat(20)),
				(items, meta, last, indent, sizes) => {
					const value = last
						? { kind: 'PodList', metadata: meta, items }
						: { apiVersion: 'v1', items, kind: 'PodList', metadata: meta };
					const text = JSON.stringify(value, null, indent);
					const read1 = read(Buffer.from(text), sizes);
					assert.deepEqual(read1.items, JSON.parse(JSON.stringify(items)));
					assert.equal(read1.list.complete, true);
					if (/^[\x20-\x7e]*$/.test(meta.resourceVersion))
						assert.equal(read1.list.envelope<{ metadata: { continue: string } }>().metadata.continue, meta.continue);
				},
			),
		);
	});

	it('of a list without any are none', () => {
		for (const text of ['{"kind":"L","items":[]}', '{"kind":"L","items":null}', '{"kind":"L"}']) {
			const { items, list } = read(Buffer.from(text), [0]);
			assert.deepEqual(items, []);
			assert.equal(list.complete, true);
		}
	});

	it('do not make a list complete that was cut off', () => {
		const text = '{"kind":"L","metadata":{"resourceVersion":"1"},"items":[{"a":"]}"},{"b":1}]}';
		for (let end = 0; end < text.length; end++) assert.equal(read(Buffer.from(text.slice(0, end)), [3]).list.complete, false);
		assert.equal(read(Buffer.from(text), [3]).list.complete, true);
	});
});
