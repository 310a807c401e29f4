import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { openRepository } from '../../../src/host/git/open-repository.ts';
import { temporaryRoot, writeFile } from './temporary-root.ts';

/** Git as this machine has it, untouched by the configuration of who runs the tests. */
const bare = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', HOME: '/nonexistent' };

function git(root: string, ...args: readonly string[]): string {
	return execFileSync('git', args, { cwd: root, encoding: 'utf8', env: bare, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A repository with one commit of `files`. */
function repository(t: TestContext, files: Readonly<Record<string, string>>): string {
	const root = temporaryRoot(t, files);
	git(root, 'init', '-q', '-b', 'main');
	git(root, 'config', 'user.name', 'Test');
	git(root, 'config', 'user.email', 'test@example.invalid');
	git(root, 'config', 'commit.gpgSign', 'false');
	git(root, 'add', '-A');
	git(root, 'commit', '-qm', 'first');
	return root;
}

async function states(root: string, ...paths: readonly string[]): Promise<Record<string, string>> {
	const fact = await openRepository(root).states(paths);
	assert.equal(fact.state, 'known', fact.state === 'unknown' ? fact.message : '');
	return Object.fromEntries(fact.state === 'known' && fact.value ? fact.value : []);
}

test('a root in no repository is known to be in none', async (t) => {
	const repo = openRepository(temporaryRoot(t));
	const [of, branch] = [await repo.states(['a.py']), await repo.branch()];
	assert.deepEqual([of.state === 'known' && of.value, branch.state === 'known' && branch.value], [null, null]);
	await assert.rejects(repo.switchTo('x'), { code: 'GP3403' });
});

test('states compare with HEAD, staged or not, whatever the names', async (t) => {
	const odd = [':(glob)x.py', 'a b\n*.py', '-n.py', 'ü.py'];
	const root = repository(t, {
		'a.py': '1',
		'b.py': '1',
		'sub/c.py': '1',
		'.gitignore': '.env\n',
		'.env': 's',
		...Object.fromEntries(odd.map((name) => [name, '1'])),
	});
	writeFile(root, 'a.py', '22');
	writeFile(root, 'sub/c.py', '22');
	git(root, 'add', 'sub/c.py');
	writeFile(root, ':new.py', 'x');
	for (const name of odd.slice(2)) writeFile(root, name, 'changed');
	assert.deepEqual(await states(root, 'a.py', 'b.py', 'sub/c.py', '.env', ':new.py', ...odd), {
		'a.py': 'modified',
		'b.py': 'clean',
		'sub/c.py': 'modified',
		'.env': 'ignored',
		':new.py': 'untracked',
		':(glob)x.py': 'clean',
		'a b\n*.py': 'clean',
		'-n.py': 'modified',
		'ü.py': 'modified',
	});
	assert.deepEqual(await states(path.join(root, 'sub'), 'c.py', 'd.py'), { 'c.py': 'modified', 'd.py': 'untracked' });
});

test('paths of a nested repository are answered by that repository', async (t) => {
	const root = repository(t, { 'a.py': '1' });
	const nested = path.join(root, 'nested');
	writeFile(root, 'nested/b.py', '1');
	git(nested, 'init', '-q');
	git(nested, 'add', '-A');
	assert.deepEqual(await states(root, 'a.py', 'nested/b.py', 'nested/c.py'), {
		'a.py': 'clean',
		'nested/b.py': 'modified',
		'nested/c.py': 'untracked',
	});
});

test('ten thousand paths go through', async (t) => {
	const root = repository(t, { 'a.py': '1' });
	const many = Array.from({ length: 10_000 }, (_, at) => `some/folder/of/files/number-${at}.py`);
	const found = await states(root, 'a.py', ...many);
	assert.equal(Object.values(found).filter((state) => state === 'untracked').length, 10_000);
});

test('a branch is made at HEAD or switched to, with the work tree kept', async (t) => {
	const root = repository(t, { 'a.py': '1' });
	const repo = openRepository(root);
	writeFile(root, 'a.py', 'edited');
	await repo.switchTo('gpupolicy/rtx3090-only');
	await repo.switchTo('gpupolicy/rtx3090-only');
	const branch = await repo.branch();
	assert.equal(branch.state === 'known' && branch.value, 'gpupolicy/rtx3090-only');
	assert.equal(fs.readFileSync(path.join(root, 'a.py'), 'utf8'), 'edited');
	await repo.switchTo('main');
	for (const bad of ['-d', 'a..b', '', 'x y', '--orphan']) await assert.rejects(repo.switchTo(bad), { code: 'GP3405' }, bad);
	git(root, 'checkout', '-q', '--detach');
	const detached = await repo.branch();
	assert.deepEqual(detached.state === 'known' && detached.value, null);
});

test('without a commit neither a branch nor a tag is made, and the error says what to do', async (t) => {
	const root = temporaryRoot(t, { 'a.py': '1' });
	git(root, 'init', '-q');
	for (const attempt of [() => openRepository(root).switchTo('rollout'), () => openRepository(root).tag('before')]) {
		await assert.rejects(attempt, {
			code: 'GP3406',
			message: /needs a commit to begin at/,
			hint: /Commit the files as they are/,
		});
	}
	assert.equal(git(root, 'for-each-ref'), '');
	assert.doesNotMatch(git(root, 'symbolic-ref', 'HEAD'), /rollout/);
});

test('a tag marks HEAD and is never moved', async (t) => {
	const root = repository(t, { 'a.py': '1' });
	const repo = openRepository(root);
	await repo.tag('before');
	assert.equal(git(root, 'rev-parse', 'before'), git(root, 'rev-parse', 'HEAD'));
	await repo.tag('before');
	git(root, 'commit', '-q', '--allow-empty', '-m', 'more');
	await assert.rejects(repo.tag('before'), { code: 'GP3405' });
	assert.equal(git(root, 'rev-parse', 'before'), git(root, 'rev-parse', 'HEAD~'));
});

test('a commit holds exactly the paths named, and leaves what the user staged as it is', async (t) => {
	const root = repository(t, { 'a.py': '1', 'b*.py': '1', 'bb.py': '1', 'staged.py': '1', '.gitignore': '.env\n', '.env': 's' });
	const repo = openRepository(root);
	for (const name of ['a.py', 'b*.py', 'bb.py', 'staged.py', 'new.py']) writeFile(root, name, 'changed');
	git(root, 'add', 'staged.py');
	writeFile(root, 'staged.py', 'changed again');
	const id = await repo.commit(['a.py', 'b*.py', 'new.py', '.env'], '--amend\n\nbody');
	assert.equal(git(root, 'rev-parse', 'HEAD').trim(), id);
	assert.deepEqual(git(root, 'show', '--name-only', '--format=', 'HEAD').trim().split('\n'), ['a.py', 'b*.py', 'new.py']);
	assert.equal(git(root, 'log', '-1', '--format=%B').trim(), '--amend\n\nbody');
	assert.equal(git(root, 'status', '--porcelain').trimEnd(), ' M bb.py\nMM staged.py');
	assert.equal(await repo.commit(['a.py'], 'nothing'), null);
});

test('without a name to commit with the error says what to type, and nothing is committed', async (t) => {
	const root = repository(t, { 'a.py': '1' });
	for (const key of ['user.name', 'user.email']) git(root, 'config', '--unset', key);
	writeFile(root, 'a.py', '2 changed');
	const before = { ...process.env };
	Object.assign(process.env, bare);
	for (const name of Object.keys(process.env)) if (/^(?:GIT_(?:AUTHOR|COMMITTER)_|EMAIL)/.test(name)) delete process.env[name];
	try {
		await assert.rejects(openRepository(root).commit(['a.py'], 'x'), { code: 'GP3404', hint: /user\.email/ });
	} finally {
		process.env = before;
	}
	assert.equal(git(root, 'rev-list', '--count', 'HEAD').trim(), '1');
});

if (process.platform !== 'win32') {
	test('hooks, monitors and pagers that a repository configures are never started', async (t) => {
		const root = repository(t, { 'a.py': '1' });
		const mark = path.join(temporaryRoot(t), 'ran');
		const script = `#!/bin/sh\necho "$0" >> ${mark}\n`;
		for (const hook of [
			'pre-commit',
			'post-checkout',
			'commit-msg',
			'post-commit',
			'prepare-commit-msg',
			'reference-transaction',
			'post-index-change',
		]) {
			writeFile(root, `.git/hooks/${hook}`, script);
			fs.chmodSync(path.join(root, '.git/hooks', hook), 0o755);
		}
		writeFile(root, 'monitor', script);
		fs.chmodSync(path.join(root, 'monitor'), 0o755);
		git(root, '-c', 'core.hooksPath=/dev/null', 'config', 'core.fsmonitor', path.join(root, 'monitor'));
		git(root, '-c', 'core.hooksPath=/dev/null', 'config', 'core.pager', path.join(root, 'monitor'));
		const repo = openRepository(root);
		await repo.states(['a.py', 'b.py']);
		await repo.switchTo('other');
		await repo.tag('t');
		writeFile(root, 'a.py', 'changed');
		assert.notEqual(await repo.commit(['a.py'], 'x'), null);
		assert.equal(fs.existsSync(mark), false, fs.existsSync(mark) ? fs.readFileSync(mark, 'utf8') : '');
	});

	test("filters and signing programs of the repository's own configuration are not run, those of the user are", async (t) => {
		const root = repository(t, { 'a.py': '1', '.gitattributes': '*.py filter=a=b\n' });
		const [mark, program] = [path.join(root, '.git', 'mark'), path.join(root, '.git', 'program')];
		writeFile(root, '.git/program', `#!/bin/sh\necho "$0" "$@" >> ${mark}\ncat\n`);
		fs.chmodSync(program, 0o755);
		for (const key of ['clean', 'smudge', 'process']) git(root, 'config', `filter.a=b.${key}`, program);
		git(root, 'config', 'filter.a=b.required', 'true');
		git(root, 'config', 'gpg.program', program);
		git(root, 'config', 'commit.gpgSign', 'true');
		writeFile(root, 'a.py', '2');
		const repo = openRepository(root);
		await repo.switchTo('other');
		assert.deepEqual(await states(root, 'a.py'), { 'a.py': 'modified' });
		assert.notEqual(await repo.commit(['a.py'], 'x'), null);
		assert.equal(fs.existsSync(mark), false, fs.existsSync(mark) ? fs.readFileSync(mark, 'utf8') : '');
		assert.equal(git(root, 'show', 'HEAD:a.py'), '2');

		git(root, 'config', '--remove-section', 'filter.a=b');
		writeFile(root, '.git/user-config', `[filter "a=b"]\n\tclean = ${program}\n`);
		process.env.GIT_CONFIG_GLOBAL = path.join(root, '.git', 'user-config');
		try {
			writeFile(root, 'a.py', '3');
			assert.deepEqual(await states(root, 'a.py'), { 'a.py': 'modified' });
		} finally {
			delete process.env.GIT_CONFIG_GLOBAL;
		}
		assert.equal(fs.existsSync(mark), true);
	});

	test('variables that git sets for its hooks do not lead elsewhere', async (t) => {
		const root = repository(t, { 'a.py': '1' });
		const other = repository(t, { 'b.py': '1' });
		process.env.GIT_DIR = path.join(other, '.git');
		try {
			assert.deepEqual(await states(root, 'a.py'), { 'a.py': 'clean' });
		} finally {
			delete process.env.GIT_DIR;
		}
	});

	test('a git that hangs, is missing or fails makes the fact unknown, with what to do', async (t) => {
		const root = repository(t, { 'a.py': '1' });
		const bin = temporaryRoot(t, {
			'hang/git': '#!/bin/sh\nexec sleep 60\n',
			'fail/git': '#!/bin/sh\necho "fatal: detected dubious ownership in repository" >&2\nexit 128\n',
		});
		for (const name of ['hang', 'fail']) fs.chmodSync(path.join(bin, name, 'git'), 0o755);
		const ask = (searchPath: string) => openRepository(root, { searchPath, timeoutMs: 300 }).states(['a.py']);
		const [missing, hanging, failing] = [await ask(''), await ask(path.join(bin, 'hang')), await ask(path.join(bin, 'fail'))];
		assert.deepEqual(
			[missing, hanging, failing].map((fact) => fact.state === 'unknown' && fact.reason),
			['NoSource', 'TimedOut', 'Forbidden'],
		);
		assert.match(failing.state === 'unknown' ? failing.message : '', /git config --global --add safe\.directory/);
	});
}
