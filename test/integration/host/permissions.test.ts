import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { openWorktree } from '../../../src/host/files/open-worktree.ts';
import { openJournal } from '../../../src/host/journal/open-journal.ts';
import { prefixWrites, temporaryRoot } from './temporary-root.ts';

const nobody = 65534;

/** Runs the child as a user that may not ignore permission bits; root may. */
function unprivileged(root: string): Record<string, unknown> {
	const asNobody = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
	const child = path.join(import.meta.dirname, 'unprivileged.ts');
	const { stdout, stderr } = spawnSync(process.execPath, [child, root], { encoding: 'utf8', cwd: '/', ...asNobody });
	assert.notEqual(stdout, '', `the child must be able to read this checkout: ${stderr}`);
	return JSON.parse(stdout) as Record<string, unknown>;
}

function giveAway(root: string): void {
	if (process.getuid?.() !== 0) return;
	fs.chownSync(root, nobody, nobody);
	for (const name of fs.readdirSync(root, { recursive: true, encoding: 'utf8' }))
		fs.lchownSync(path.join(root, name), nobody, nobody);
}

if (process.platform !== 'win32') {
	test('read-only files and directories are refused, unreadable ones told, and the others are written', (t) => {
		const root = temporaryRoot(t, { 'free.py': 'a', 'ro.py': 'b', 'secret.py': 'c', 'locked/d.py': 'd', 'hidden/e.py': 'e' });
		giveAway(root);
		fs.chmodSync(path.join(root, 'ro.py'), 0o444);
		fs.chmodSync(path.join(root, 'secret.py'), 0o000);
		fs.chmodSync(path.join(root, 'locked'), 0o555);
		fs.chmodSync(path.join(root, 'hidden'), 0o000);
		const report = unprivileged(root);
		for (const name of ['locked', 'hidden']) fs.chmodSync(path.join(root, name), 0o700);
		assert.deepEqual(report.unreadable, [{ path: 'hidden', message: 'permission denied' }]);
		assert.deepEqual(report.reads, { 'free.py': 'read', 'locked/d.py': 'read', 'ro.py': 'read', 'secret.py': 'file/unreadable' });
		assert.deepEqual(report.written, {
			'free.py': 'written',
			'locked/d.py': 'file/read-only: its directory may not be written: permission denied',
			'ro.py': 'file/read-only: the file is read-only',
		});
		assert.equal(fs.readFileSync(path.join(root, 'free.py'), 'utf8'), '#a');
		assert.deepEqual(fs.readdirSync(path.join(root, 'locked')), ['d.py']);
	});

	test('a root that may not be read is a coded error; one that may not be written is reported for each file', (t) => {
		const root = temporaryRoot(t, { 'free.py': 'a' });
		if (process.getuid?.() === 0) {
			fs.chmodSync(root, 0o755);
			const report = unprivileged(root);
			assert.match(
				String((report.written as Record<string, string>)['free.py']),
				/^file\/write-failed: the journal could not be written, so nothing was changed/,
			);
			assert.equal(fs.existsSync(path.join(root, '.gpupolicy')), false);
		}
		fs.chmodSync(root, 0o000);
		const { code } = unprivileged(root);
		fs.chmodSync(root, 0o700);
		assert.equal(code, 'GP3103');
	});

	test('a state folder of another user is a coded error that says so', (t) => {
		const root = temporaryRoot(t, { 'free.py': 'a' });
		openJournal(root).apply({ kind: 'reconcile', policies: {}, writes: prefixWrites(openWorktree(root), '#') });
		const journal = path.join(root, '.gpupolicy/journal');
		fs.chmodSync(root, 0o755);
		fs.chmodSync(process.getuid?.() === 0 ? path.join(root, '.gpupolicy') : journal, process.getuid?.() === 0 ? 0o755 : 0o000);
		const { code, message } = unprivileged(root) as { code: string; message: string };
		fs.chmodSync(journal, 0o700);
		assert.equal(code, 'GP3106');
		assert.match(message, /journal cannot be read: permission denied$/);
	});

	test('even root does not write a file whose owner may not', (t) => {
		const root = temporaryRoot(t, { 'a.py': 'a' });
		fs.chmodSync(path.join(root, 'a.py'), 0o444);
		const { outcomes } = openJournal(root).apply({
			kind: 'reconcile',
			policies: {},
			writes: prefixWrites(openWorktree(root), '#'),
		});
		const outcome = outcomes.get('a.py');
		assert.equal(outcome?.ok === false && outcome.rule, 'file/read-only');
	});
}
