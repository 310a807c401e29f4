import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Survey, SurveyedFile, Worktree } from '../../../src/core/ports/worktree.ts';
import { openWorktree } from '../../../src/host/files/open-worktree.ts';
import { age, select, temporaryRoot, writeFile } from './temporary-root.ts';

const selectors = [select('**/*.py', '.env'), { ...select('**/*.sh', 'lib/**/*.py'), exclude: ['lib/old'] }];

/** One pass as the engine makes it: the outcome of a file is its content. Returns how many files were read. */
function pass(worktree: Worktree, basis = 'b'): { survey: Survey; read: string[]; outcomes: Map<string, string> } {
	const survey = worktree.survey(selectors, basis);
	const read: string[] = [];
	const outcomes = new Map<string, { stamp: SurveyedFile['stamp']; outcome: string }>();
	for (const file of survey.files) {
		if (file.remembered !== undefined) outcomes.set(file.path, { stamp: file.stamp, outcome: file.remembered });
		else {
			const result = worktree.read(file, 1 << 20);
			assert.ok(result.ok, file.path);
			read.push(file.path);
			outcomes.set(file.path, {
				stamp: result.stamp,
				outcome: `${file.selectors}/${file.declared}/${Buffer.from(result.bytes)}`,
			});
		}
	}
	worktree.remember(basis, read.length === 0 ? 'recalled' : outcomes);
	return { survey, read, outcomes: new Map([...outcomes].map(([name, { outcome }]) => [name, outcome])) };
}

/** Makes a tree whose timestamps are no longer racy for the next pass. */
function settled(t: TestContext, files: Readonly<Record<string, string>>): string {
	const root = temporaryRoot(t, files);
	settle(root);
	return root;
}

function settle(root: string): void {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
	age(root, '.');
}

test('files that did not change are not read again, whatever process asks, and the index is then left alone', (t) => {
	const root = settled(t, { 'a.py': '1', 'lib/b.py': '2', '.env': 'A=1' });
	assert.equal(pass(openWorktree(root)).read.length, 3);
	// The first pass made the state folder, and so changed the root.
	settle(root);
	assert.deepEqual(pass(openWorktree(root)).read, []);
	const before = fs.statSync(path.join(root, '.gpupolicy/index')).mtimeMs;
	assert.deepEqual(pass(openWorktree(root)).read, []);
	assert.equal(fs.statSync(path.join(root, '.gpupolicy/index')).mtimeMs, before);
	assert.equal(fs.statSync(path.join(root, '.gpupolicy/index')).mode & 0o777, process.platform === 'win32' ? 0o666 : 0o600);
	assert.equal(pass(openWorktree(root), 'another basis').read.length, 3);
});

test('a file of the same size written in the same tick as the pass is read again', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'old' });
	const stat = fs.statSync(path.join(root, 'a.py'));
	pass(openWorktree(root));
	fs.writeFileSync(path.join(root, 'a.py'), 'new');
	fs.utimesSync(path.join(root, 'a.py'), stat.atime, stat.mtime);
	assert.equal(pass(openWorktree(root)).outcomes.get('a.py'), '0/false/new');
});

test('content that changed under the same size and mtime shows by the change time', (t) => {
	const root = settled(t, { 'a.py': 'old' });
	age(root, 'a.py');
	const { atime, mtime } = fs.statSync(path.join(root, 'a.py'));
	settle(root);
	pass(openWorktree(root));
	fs.writeFileSync(path.join(root, 'a.py'), 'new');
	fs.utimesSync(path.join(root, 'a.py'), atime, mtime);
	assert.deepEqual(pass(openWorktree(root)).read, ['a.py']);
});

test('a changed ignore file is noticed, also one outside the listed directories', (t) => {
	const root = settled(t, { '.git/info/exclude': '', '.gitignore': 'x.py\n', 'a.py': '1', 'x.py': '2', 'lib/c.py': '3' });
	pass(openWorktree(root));
	fs.writeFileSync(path.join(root, '.gitignore'), 'a.py\n');
	assert.deepEqual(
		pass(openWorktree(root)).survey.files.map((file) => file.path),
		['lib/c.py', 'x.py'],
	);
	fs.writeFileSync(path.join(root, '.git/info/exclude'), 'lib/\n');
	assert.deepEqual(
		pass(openWorktree(root)).survey.files.map((file) => file.path),
		['x.py'],
	);
	settle(root);
	writeFile(root, 'lib/.gitignore', '');
	writeFile(root, '.git/info/exclude', '');
	pass(openWorktree(root));
	settle(root);
	writeFile(root, 'lib/.gitignore', 'c.py');
	assert.deepEqual(
		pass(openWorktree(root)).survey.files.map((file) => file.path),
		['x.py'],
	);
});

test('an index that is cut off, damaged or of another machine only costs time', (t) => {
	const root = settled(t, { 'a.py': '1', 'lib/b.py': '2' });
	pass(openWorktree(root));
	const index = path.join(root, '.gpupolicy/index');
	const good = fs.readFileSync(index);
	for (let at = 0; at < good.length; at += 7) {
		const bad = Buffer.from(good);
		bad[at] = (bad[at] ?? 0) ^ 0x55;
		fs.writeFileSync(index, at % 2 ? bad : good.subarray(0, at));
		const { files } = openWorktree(root).survey(selectors, 'b');
		assert.deepEqual(
			files.map(({ path, remembered }) => [path, remembered]),
			[
				['a.py', undefined],
				['lib/b.py', undefined],
			],
		);
	}
});

test('after any sequence of changes a survey with the index tells the same as one without', (t) => {
	const seed = Number(process.env.FC_SEED ?? Date.now() % 1_000_000);
	t.diagnostic(`seed ${seed}`);
	const random = generator(seed);
	const root = temporaryRoot(t);
	const worktree = openWorktree(root);
	for (let round = 0; round < Number(process.env.FC_RUNS ?? 120); round++) {
		for (let step = random(4); step >= 0; step--) mutate(root, random);
		if (random(3) === 0) settle(root);
		const withIndex = pass(random(2) ? worktree : openWorktree(root));
		const index = path.join(root, '.gpupolicy/index');
		fs.renameSync(index, `${index}.aside`);
		const without = pass(openWorktree(root));
		fs.renameSync(`${index}.aside`, index);
		const { files, ...rest } = withIndex.survey;
		const { files: expected, ...others } = without.survey;
		const plain = ({ path, selectors, declared, stamp }: SurveyedFile) => ({ path, selectors, declared, stamp });
		assert.deepEqual(files.map(plain), expected.map(plain), `round ${round}, seed ${seed}`);
		assert.deepEqual(rest, others, `round ${round}, seed ${seed}`);
		assert.deepEqual(withIndex.outcomes, without.outcomes, `round ${round}, seed ${seed}`);
	}
});

const names = ['a.py', 'b.py', 'c.sh', '.env', 'n.txt', '.gitignore', 'link.py', 'pyvenv.cfg'];
const folders = ['', 'lib', 'lib/old', 'lib/new', 'pkg', 'pkg/deep', 'vendor', 'pkg/deep/lib'];

function mutate(root: string, random: (below: number) => number): void {
	const folder = path.join(root, folders[random(folders.length)] as string);
	const name = names[random(names.length)] as string;
	const file = path.join(folder, name);
	switch (random(8)) {
		case 0:
			if (folder !== root) fs.rmSync(folder, { recursive: true, force: true });
			return;
		case 1:
			fs.rmSync(file, { force: true });
			return;
		case 2:
			if (fs.existsSync(folder) && folder !== root) {
				const to = path.join(root, folders[1 + random(folders.length - 1)] as string);
				if (!fs.existsSync(to) && !to.startsWith(folder) && fs.existsSync(path.dirname(to))) fs.renameSync(folder, to);
			}
			return;
		default:
			fs.mkdirSync(folder, { recursive: true });
			fs.rmSync(file, { force: true });
			if (name === 'link.py') fs.symlinkSync(['a.py', '../b.py', 'n.txt', 'nothing', '/etc/hostname'][random(5)] as string, file);
			else if (name === '.gitignore') fs.writeFileSync(file, ['a.py\n', '*.sh\n', 'deep/\n!b.py\n', ''][random(4)] as string);
			else if (name !== 'pyvenv.cfg' || random(6) === 0) fs.writeFileSync(file, `content ${random(10)}`);
	}
}

/** mulberry32: small, and the same everywhere. */
function generator(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}
