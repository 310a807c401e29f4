import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import type { Survey } from '../../../src/core/ports/worktree.ts';
import { openWorktree } from '../../../src/host/files/open-worktree.ts';
import { select, temporaryRoot } from './temporary-root.ts';

const posix = process.platform !== 'win32';

function paths(survey: Survey): string[] {
	return survey.files.map((file) => file.path);
}

function skips(survey: Survey): string[] {
	return survey.skipped.map(
		({ path, rule, message, finding }) => `${path} ${rule} ${finding ? 'finding' : 'by design'}: ${message}`,
	);
}

test('a wildcard finds files at any depth, hidden ones too, sorted by the bytes of their paths', (t) => {
	const root = temporaryRoot(t, {
		'b.py': '',
		'a/b.py': '',
		'a-b.py': '',
		'.hidden/x.py': '',
		'a/.y.py': '',
		'a/readme.md': '',
		'\u{1f600}.py': '',
		'\uffee.py': '',
	});
	const survey = openWorktree(root).survey([select('**/*.py')], 'b');
	assert.deepEqual(paths(survey), ['.hidden/x.py', 'a-b.py', 'a/.y.py', 'a/b.py', 'b.py', '\uffee.py', '\u{1f600}.py']);
	assert.equal(survey.seen, 8);
});

test('each file names the selectors that match it, and includes that match nothing are told', (t) => {
	const root = temporaryRoot(t, { 'src/a.py': '', 'src/old/b.py': '', '.env': '' });
	const selectors = [
		{ include: ['src/**/*.py', '.env', 'missing.env'], exclude: ['src/old'], defaultExcludes: true },
		select('**/*.py', '**/*.sh'),
	];
	const survey = openWorktree(root).survey(selectors, 'b');
	assert.deepEqual(
		survey.files.map(({ path, selectors, declared }) => [path, selectors, declared]),
		[
			['.env', [0], true],
			['src/a.py', [0, 1], false],
			['src/old/b.py', [1], false],
		],
	);
	assert.deepEqual(survey.unmatched, [
		{ selector: 0, include: 'missing.env', hidden: [] },
		{ selector: 1, include: '**/*.sh', hidden: [] },
	]);
});

test('vendored folders and Python environments are skipped and listed, unless a selector opts in', (t) => {
	const root = temporaryRoot(t, {
		'a.py': '',
		'venv/x.py': '',
		'node_modules/p/x.py': '',
		'third_party/x.py': '',
		'myenv/pyvenv.cfg': '',
		'myenv/lib/x.py': '',
		'__pycache__/x.py': '',
		'.git/hooks/x.py': '',
		'.gpupolicy/x.py': '',
	});
	const worktree = openWorktree(root);
	const survey = worktree.survey([select('**/*.py')], 'b');
	assert.deepEqual(paths(survey), ['a.py']);
	assert.deepEqual(skips(survey), [
		'myenv file/outside by design: virtual environment',
		'node_modules file/outside by design: vendored folder',
		'third_party file/outside by design: vendored folder',
		'venv file/outside by design: vendored folder',
	]);
	const all = worktree.survey([{ ...select('**/*.py'), defaultExcludes: false }], 'b');
	assert.deepEqual(paths(all), [
		'__pycache__/x.py',
		'a.py',
		'myenv/lib/x.py',
		'node_modules/p/x.py',
		'third_party/x.py',
		'venv/x.py',
	]);
});

test('wildcards honour .gitignore at every level and .git/info/exclude; an exact include wins over them', (t) => {
	const root = temporaryRoot(t, {
		'.gitignore': 'out/\n*.gen.py\n!keep.gen.py\n.env\n',
		'.git/info/exclude': 'private.py\n',
		'pkg/.gitignore': 'local.py\n!x.gen.py\n',
		'a.py': '',
		'a.gen.py': '',
		'keep.gen.py': '',
		'private.py': '',
		'out/x.py': '',
		'pkg/local.py': '',
		'pkg/x.gen.py': '',
		'local.py': '',
		'.env': '',
	});
	const survey = openWorktree(root).survey([select('**/*.py', '.env', 'out/x.py')], 'b');
	assert.deepEqual(paths(survey), ['.env', 'a.py', 'keep.gen.py', 'local.py', 'out/x.py', 'pkg/x.gen.py']);
});

test('a root below the top of a repository honours the ignore files above it, but not one that ignores the root', (t) => {
	const top = temporaryRoot(t, {
		'.git/HEAD': '',
		'.gitignore': 'svc/skip.py\nscratch/\n',
		'svc/skip.py': '',
		'svc/a.py': '',
		'scratch/b.py': '',
	});
	assert.deepEqual(paths(openWorktree(path.join(top, 'svc')).survey([select('**/*.py')], 'b')), ['a.py']);
	assert.deepEqual(paths(openWorktree(path.join(top, 'scratch')).survey([select('**/*.py')], 'b')), ['b.py']);
});

test('a nested repository is skipped and listed', (t) => {
	const root = temporaryRoot(t, { 'a.py': '', 'sub/.git': 'gitdir: ../.git/modules/sub\n', 'sub/x.py': '' });
	const survey = openWorktree(root).survey([select('**/*.py')], 'b');
	assert.deepEqual([paths(survey), skips(survey)], [['a.py'], ['sub file/outside by design: submodule']]);
});

test('links: the target inside is surveyed once, everything else is passed over with its reason', (t) => {
	const outside = temporaryRoot(t, { 'secret.py': 'secret' });
	const root = temporaryRoot(t, { 'real/a.py': 'x', 'data/model.txt': 'x', 'venv/v.py': 'x' });
	const link = (target: string, name: string): void => fs.symlinkSync(target, path.join(root, name));
	link('real/a.py', 'same.py');
	link('real/a.py', 'again.py');
	link('data/model.txt', 'model.py');
	link(path.join(outside, 'secret.py'), 'out.py');
	link('nothing', '.#lock.py');
	link('loop.py', 'loop.py');
	link('real', 'linked');
	link('..', 'up');
	link(path.join(root, 'venv/v.py'), 'v.py');
	const worktree = openWorktree(root);
	const survey = worktree.survey([select('**/*.py')], 'b');
	assert.deepEqual(paths(survey), ['data/model.txt', 'real/a.py']);
	assert.deepEqual(skips(survey), [
		'.#lock.py file/unreadable by design: symlink to nothing',
		'linked file/outside by design: symlink to a directory, not followed',
		'loop.py file/unreadable finding: symlink loop',
		`out.py file/outside finding: symlink out of the root, to ${path.join(outside, 'secret.py')}`,
		'up file/outside by design: symlink to a directory, not followed',
		'v.py file/outside by design: symlink to venv/v.py, which is excluded',
		'venv file/outside by design: vendored folder',
	]);
});

test('an exact include through a linked directory out of the root is a finding and is not read', (t) => {
	const outside = temporaryRoot(t, { 'x.env': 'SECRET=1' });
	const root = temporaryRoot(t, { 'a.py': '' });
	fs.symlinkSync(outside, path.join(root, 'etc'));
	const survey = openWorktree(root).survey([select('etc/x.env', '../x.py')], 'b');
	assert.deepEqual(paths(survey), []);
	assert.deepEqual(
		survey.skipped.map(({ path, rule, finding }) => [path, rule, finding]),
		[
			['../x.py', 'file/outside', true],
			['etc/x.env', 'file/outside', true],
		],
	);
});

if (posix) {
	test('FIFOs, sockets and names that are not UTF-8 are findings, and nothing blocks on them', (t) => {
		const root = temporaryRoot(t, { 'a.py': '', 'line\nbreak.py': 'x' });
		execFileSync('mkfifo', [path.join(root, 'pipe.py'), path.join(root, '.gitignore')]);
		fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff]), Buffer.from('.py')]), 'x');
		fs.mkdirSync(Buffer.concat([Buffer.from(`${root}/dir`), Buffer.from([0xfe])]));
		const worktree = openWorktree(root);
		const survey = worktree.survey([select('**/*.py')], 'b');
		assert.deepEqual(paths(survey), ['a.py', 'line\nbreak.py']);
		assert.deepEqual(skips(survey), [
			'bad\ufffd.py file/name finding: name is not UTF-8',
			'dir\ufffd file/name finding: directory name is not UTF-8; what lies below was not looked at',
			'pipe.py file/not-regular finding: FIFO',
		]);
		const file = survey.files[1];
		assert.ok(file && worktree.read(file, 100).ok);
	});

	test('what stands in the place of a surveyed file at the time of reading is never followed, awaited or taken for it', (t) => {
		const outside = temporaryRoot(t, { 'x.py': 'outside', 'd/x.py': 'outside' });
		const root = temporaryRoot(t, { 'a.py': 'a', 'b.py': 'b', 'c.py': 'c', 'd/x.py': 'd', 'e.py': 'e' });
		const worktree = openWorktree(root);
		const { files } = worktree.survey([select('**/*.py')], 'b');
		for (const name of ['a.py', 'b.py']) fs.rmSync(path.join(root, name));
		fs.symlinkSync(path.join(outside, 'x.py'), path.join(root, 'a.py'));
		execFileSync('mkfifo', [path.join(root, 'b.py')]);
		fs.writeFileSync(path.join(root, 'c.py'), 'longer');
		fs.rmSync(path.join(root, 'd'), { recursive: true });
		fs.symlinkSync(path.join(outside, 'd'), path.join(root, 'd'));
		const results = files.map((file) => worktree.read(file, 100));
		assert.deepEqual(
			results.map((result) => (result.ok ? Buffer.from(result.bytes).toString() : result.rule)),
			['file/changed', 'file/not-regular', 'file/changed', 'file/outside', 'e'],
		);
	});
}

test('a file over the limit is not read', (t) => {
	const worktree = openWorktree(temporaryRoot(t, { 'a.py': 'x'.repeat(200_000), 'b.py': 'x'.repeat(199_999) }));
	const [a, b] = worktree.survey([select('**/*.py')], 'b').files.map((file) => worktree.read(file, 199_999));
	assert.equal(a?.ok === false && a.rule, 'file/too-large');
	assert.equal(b?.ok && b.bytes.length, 199_999);
});

test('a root that is a file, or missing, is a coded error with what to do', (t) => {
	const root = temporaryRoot(t, { file: '' });
	assert.throws(() => openWorktree(path.join(root, 'file')), { code: 'GP3102' });
	assert.throws(() => openWorktree(path.join(root, 'missing')), { code: 'GP3101', hint: /-C DIR/ });
});
