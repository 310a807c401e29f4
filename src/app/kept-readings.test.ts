import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { KeptReadings } from './kept-readings.ts';
import { readManifest } from './read-manifest.ts';
import { userCacheFolder } from './user-cache.ts';

function scratch(t: TestContext): string {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gpupolicy-kept-'));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** Asks a new instance, as the next process does; tells whether it had to read. */
function ask(file: string, { build = '1', reader = 'r', name = 'a.yaml', content = 'text', worth = true } = {}): boolean {
	let read = false;
	const value = new KeptReadings(file, build).reading(
		reader,
		name,
		content,
		() => {
			read = true;
			return { content, lines: ['one\ntwo', null] };
		},
		() => worth,
	);
	assert.deepEqual(value, { content, lines: ['one\ntwo', null] });
	return read;
}

test('a reading is recalled for the same build, reader, name and content only', (t) => {
	const file = path.join(scratch(t), 'root');
	assert.equal(ask(file), true);
	assert.equal(ask(file), false);
	for (const other of [{ build: '2' }, { reader: 's' }, { name: 'b.yaml' }, { content: 'texT' }]) {
		assert.equal(ask(file, other), true, JSON.stringify(other));
		assert.equal(ask(file, other), false);
	}
	if (process.platform !== 'win32') assert.equal(fs.statSync(file).mode & 0o777, 0o600);
});

test('what is not worth it is not kept, and of many the oldest go', (t) => {
	const file = path.join(scratch(t), 'root');
	ask(file, { worth: false });
	assert.equal(ask(file), true);
	for (let number = 0; number < 40; number++) ask(file, { content: `${number}` });
	assert.equal(ask(file, { content: '39' }), false);
	assert.equal(ask(file), true);
	assert.ok(fs.statSync(file).size < 5000);
});

test('a damaged or cut off file is not believed', (t) => {
	const file = path.join(scratch(t), 'root');
	ask(file);
	const whole = fs.readFileSync(file);
	for (let at = 0; at < whole.length; at += 5) {
		const damaged = Buffer.from(whole);
		damaged[at] = (damaged[at] as number) ^ 1;
		fs.writeFileSync(file, damaged);
		assert.equal(ask(file), true, `byte ${at}`);
	}
	fs.writeFileSync(file, whole.subarray(0, whole.length - 9));
	assert.equal(ask(file), true);
});

test('a folder that others may write is not used', (t) => {
	const home = scratch(t);
	const before = process.env.XDG_CACHE_HOME;
	process.env.XDG_CACHE_HOME = home;
	t.after(() => {
		if (before === undefined) delete process.env.XDG_CACHE_HOME;
		else process.env.XDG_CACHE_HOME = before;
	});
	const folder = userCacheFolder('readings');
	assert.equal(folder, path.join(home, 'gpupolicy', 'readings'));
	if (process.platform === 'win32') return;
	fs.chmodSync(folder, 0o777);
	assert.equal(userCacheFolder('readings'), null);
});

const policy = (name: string, mode = 'Enforce'): string =>
	`apiVersion: gpupolicy.dev/v1alpha1\nkind: GpuPolicy\nmetadata: { name: ${name} }\nspec:\n  mode: ${mode}\n  env: [{ name: PYTORCH_CUDA_ALLOC_CONF, value: "a:1" }]\n`;

test('a recalled manifest says all that a parsed one says, and one with an error is parsed each time', (t) => {
	const file = path.join(scratch(t), 'root');
	const read = (text: string): unknown => {
		const { policies, diagnostics } = readManifest(Buffer.from(text), 'gpupolicy.yaml', new KeptReadings(file, '1'));
		const places = policies.map((loaded) => [loaded.position('spec.env[0].value'), loaded.sourceLine(loaded.line)]);
		return { policies: policies.map((loaded) => JSON.stringify(loaded)), diagnostics, places };
	};
	const good = `${policy('a')}---\n${policy('b', 'Audit')}`;
	const first = read(good);
	const { size } = fs.statSync(file);
	assert.deepEqual(read(good), first);
	assert.equal(JSON.stringify(first).includes('GP1'), true, 'a warning is recalled too');
	const bad = read(`${policy('a')}---\n${policy('b', 'Nonsense')}`);
	assert.equal(JSON.stringify(bad).includes('GP1007'), true);
	assert.equal(fs.statSync(file).size, size);
	assert.equal(JSON.stringify(read(policy('a', 'Audit'))).includes('Audit'), true, 'a changed manifest is read');
});
