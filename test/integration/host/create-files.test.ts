import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { createFiles } from '../../../src/host/create-files.ts';

function folder(t: TestContext): string {
	const root = fs.mkdtempSync(path.join(os.tmpdir(), 'gpupolicy-create-'));
	t.after(() => fs.rmSync(root, { recursive: true, force: true }));
	return root;
}

test('all files are made, and nothing else is left', (t) => {
	const root = folder(t);
	createFiles(
		root,
		[
			{ name: 'a', text: '1' },
			{ name: 'b', text: '2' },
		],
		{ replace: false },
	);
	assert.deepEqual(fs.readdirSync(root).sort(), ['a', 'b']);
	assert.equal(fs.readFileSync(path.join(root, 'b'), 'utf8'), '2');
});

test('where the second cannot be made none is', (t) => {
	const root = folder(t);
	const files = [
		{ name: 'a', text: '1' },
		{ name: 'x'.repeat(250), text: '2' },
	];
	assert.throws(() => createFiles(root, files, { replace: false }), { code: 'GP3602' });
	assert.deepEqual(fs.readdirSync(root), []);
});

test('one that appears between the look and the write is kept, and the first is put back', (t) => {
	const root = folder(t);
	fs.writeFileSync(path.join(root, 'a'), 'mine');
	// The same name twice: the second finds what the first has just made, as if somebody else had.
	const again = [
		{ name: 'b', text: '1' },
		{ name: 'b', text: '2' },
	];
	assert.throws(() => createFiles(root, again, { replace: false }), { code: 'GP3601', message: /^b is there already/ });
	assert.deepEqual(fs.readdirSync(root), ['a']);
});

test('replacing keeps the mode of what was there', (t) => {
	const root = folder(t);
	fs.writeFileSync(path.join(root, 'a'), 'old', { mode: 0o600 });
	createFiles(root, [{ name: 'a', text: 'new' }], { replace: true });
	assert.equal(fs.readFileSync(path.join(root, 'a'), 'utf8'), 'new');
	assert.equal(fs.statSync(path.join(root, 'a')).mode & 0o777, 0o600);
});
