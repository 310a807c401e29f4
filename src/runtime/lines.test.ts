import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LineSplitter } from './lines.ts';

describe('lines of a stream', () => {
	it('are the same however the bytes are cut, characters of several bytes too', () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: 'binary' })), fc.array(fc.nat(9)), (texts, sizes) => {
				const lines = texts.map((text) => text.replaceAll('\n', ' '));
				const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
				const splitter = new LineSplitter();
				const seen: string[] = [];
				for (let at = 0, i = 0; at < bytes.length; i++) {
					const size = 1 + (sizes[i % Math.max(1, sizes.length)] ?? 3);
					splitter.push(bytes.subarray(at, at + size), (line) => seen.push(line));
					at += size;
				}
				assert.deepEqual(seen, lines);
			}),
		);
	});

	it('leave out what no newline ended', () => {
		const seen: string[] = [];
		const splitter = new LineSplitter();
		splitter.push(Buffer.from('{"a":1}\n{"b"'), (line) => seen.push(line));
		assert.deepEqual(seen, ['{"a":1}']);
	});
});
