import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { patchBetween, patched } from './patch.ts';
import { encodeRecord, magic, readRecords, recordTypes } from './record-file.ts';

const seed = Number(process.env.FC_SEED ?? Date.now() % 1_000_000);
const runs = Number(process.env.FC_RUNS ?? 200);

function recordsOf(bytes: Uint8Array): ReturnType<typeof readRecords> {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gpupolicy-records-'));
	fs.writeFileSync(path.join(folder, 'r'), bytes);
	const fd = fs.openSync(path.join(folder, 'r'), 'r');
	try {
		return readRecords(fd);
	} finally {
		fs.closeSync(fd);
		fs.rmSync(folder, { recursive: true });
	}
}

const whole = Buffer.concat([
	magic,
	encodeRecord(recordTypes.begin, Buffer.from('{"number":1}')),
	encodeRecord(recordTypes.images, Buffer.alloc(300, 7)),
	encodeRecord(recordTypes.files, Buffer.from('[]')),
	encodeRecord(recordTypes.seal, Buffer.from('{"files":0}')),
]);

test('a record file cut off at any byte is whole or torn, never corrupt, and keeps the records before the cut', () => {
	const ends: number[] = [];
	for (let cut = 0; cut <= whole.length; cut++) {
		const { tail, records } = recordsOf(whole.subarray(0, cut));
		assert.ok(tail === 'torn' || tail === 'whole', `cut at ${cut}: ${tail}`);
		if (tail === 'whole') ends.push(records.length);
	}
	assert.deepEqual(ends, [0, 1, 2, 3, 4]);
});

test('a tail of zeros, as a power loss leaves it, is torn', () => {
	assert.equal(recordsOf(Buffer.concat([whole, Buffer.alloc(5000)])).tail, 'torn');
	assert.equal(recordsOf(Buffer.alloc(5000)).tail, 'torn');
});

test('a damaged record before others is corrupt, a file of something else foreign, a later version newer', () => {
	const damaged = Buffer.from(whole);
	damaged[magic.length + 12] = (damaged[magic.length + 12] ?? 0) ^ 1;
	assert.equal(recordsOf(damaged).tail, 'corrupt');
	assert.equal(recordsOf(Buffer.from('something else entirely')).tail, 'foreign');
	assert.equal(recordsOf(Buffer.from('GPJRNL2\n')).tail, 'newer');
});

test('a patch turns the old content into the new one', () => {
	const bytes = fc.uint8Array({ max: 3, maxLength: 2500, size: 'max' });
	fc.assert(
		fc.property(
			bytes,
			bytes,
			fc.uint8Array({ maxLength: 2500, size: 'max' }),
			fc.uint8Array({ maxLength: 2500, size: 'max' }),
			(one, two, start, end) => {
				const before = Buffer.concat([start, one, end]);
				const after = Buffer.concat([start, two, end]);
				assert.deepEqual(new Uint8Array(patched(before, patchBetween(before, after))), new Uint8Array(after));
			},
		),
		{ numRuns: runs, seed },
	);
});
