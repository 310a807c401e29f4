import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, { type TestContext } from 'node:test';
import { openWorktree } from '../../../src/host/files/open-worktree.ts';
import { select, temporaryRoot, writeFile } from './temporary-root.ts';

/** A repository of its own, and a home whose git configuration is what the test writes. */
function repository(t: TestContext): { readonly root: string; readonly home: string } {
	const home = temporaryRoot(t);
	const root = temporaryRoot(t, { 'a.py': '', 'b.py': '', 'c.py': '', 'lib/b.py': '' });
	const names = ['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM', 'XDG_CONFIG_HOME'] as const;
	const before = names.map((name) => process.env[name]);
	Object.assign(process.env, { GIT_CONFIG_GLOBAL: path.join(home, 'config'), GIT_CONFIG_NOSYSTEM: '1', XDG_CONFIG_HOME: home });
	t.after(() => {
		for (const [at, name] of names.entries()) {
			if (before[at] === undefined) delete process.env[name];
			else process.env[name] = before[at];
		}
	});
	execFileSync('git', ['init', '-q'], { cwd: root });
	return { root, home };
}

/** What a survey finds by itself, and by the index of the one before; what git calls neither tracked nor ignored is the law. */
function surveyed(root: string): string[] {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60); // timestamps are no longer racy
	const listed = [openWorktree(root), openWorktree(root)].map((worktree) => {
		const { files } = worktree.survey([select('**/*.py')], 'basis');
		worktree.remember('basis', new Map());
		return files.map(({ path }) => path);
	});
	assert.deepEqual(listed[1], listed[0]);
	const others = execFileSync('git', ['ls-files', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' });
	assert.deepEqual(
		listed[0],
		others
			.split('\0')
			.filter((name) => name.endsWith('.py'))
			.sort(),
	);
	return listed[0] as string[];
}

test('the ignore rules of core.excludesFile hold wherever git reads it from, and no longer once it is unset', (t) => {
	const { root, home } = repository(t);
	assert.deepEqual(surveyed(root), ['a.py', 'b.py', 'c.py', 'lib/b.py']);
	writeFile(home, 'git/ignore', 'c.py\n');
	assert.deepEqual(surveyed(root), ['a.py', 'b.py', 'lib/b.py'], "git's default for it");
	writeFile(home, 'mine', '/b.py\n');
	writeFile(home, 'config', `[core]\n\texcludesFile = ${home}/mine\n`);
	assert.deepEqual(surveyed(root), ['a.py', 'c.py', 'lib/b.py'], 'of the user, in place of the default');
	writeFile(home, 'config', `[include]\n\tpath = ${home}/more\n`);
	writeFile(home, 'more', `[core]\n\texcludesfile = ${home}/mine\n`);
	assert.deepEqual(surveyed(root), ['a.py', 'c.py', 'lib/b.py'], 'from an included file');
	writeFile(home, 'other', 'lib/\n');
	writeFile(home, 'more', `[core]\n\texcludesfile = ${home}/other\n`);
	assert.deepEqual(surveyed(root), ['a.py', 'b.py', 'c.py'], 'an included file that changed');
	writeFile(root, '.git/own', 'a.py\n');
	execFileSync('git', ['config', 'core.excludesFile', '.git/own'], { cwd: root });
	assert.deepEqual(surveyed(root), ['b.py', 'c.py', 'lib/b.py'], "of the repository, before the user's");
	writeFile(root, '.git/info/exclude', '!a.py\nb.py\n');
	assert.deepEqual(surveyed(root), ['a.py', 'c.py'], '.git/info/exclude has the last word');
	execFileSync('git', ['config', '--unset', 'core.excludesFile'], { cwd: root });
	fs.rmSync(path.join(home, 'config'));
	fs.rmSync(path.join(root, '.git/info/exclude'));
	assert.deepEqual(surveyed(root), ['a.py', 'b.py', 'lib/b.py']);
});

test('without git on PATH the default file holds', (t) => {
	const { root, home } = repository(t);
	writeFile(home, 'git/ignore', 'c.py\n');
	writeFile(home, 'config', `[core]\n\texcludesFile = ${home}/mine\n`);
	const { PATH } = process.env;
	process.env.PATH = '';
	t.after(() => {
		process.env.PATH = PATH;
	});
	const { files } = openWorktree(root).survey([select('**/*.py')], 'basis');
	assert.deepEqual(
		files.map(({ path }) => path),
		['a.py', 'b.py', 'lib/b.py'],
	);
});
