import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import type { Journal } from '../../../src/core/ports/journal.ts';
import { openWorktree } from '../../../src/host/files/open-worktree.ts';
import { openJournal } from '../../../src/host/journal/open-journal.ts';
import { encodeRecord, magic, recordTypes } from '../../../src/host/journal/record-file.ts';
import { prefixWrites, temporaryRoot } from './temporary-root.ts';

const digests = { p: 'd1' };

function reconcile(root: string, journal: Journal, prefix: string): ReturnType<Journal['apply']> {
	return journal.apply({ kind: 'reconcile', policies: digests, writes: prefixWrites(openWorktree(root), prefix) });
}

function text(root: string, name: string): string {
	return fs.readFileSync(path.join(root, name), 'utf8');
}

function leftovers(root: string): string[] {
	return fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'));
}

test('a batch costs two forced writes before the first file, and one per file or one for all after', (t) => {
	const files = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`d${at % 4}/f${at}.py`, `print(${at})\n`]));
	const root = temporaryRoot(t, files);
	const journal = openJournal(root);
	const result = reconcile(root, journal, '# x\n');
	assert.equal(result.revision, 1);
	assert.equal([...result.outcomes.values()].filter((outcome) => outcome.ok).length, 40);
	if (process.platform === 'linux') assert.equal(result.fsyncs, 3);
	assert.equal(text(root, 'd1/f1.py'), '# x\nprint(1)\n');
	assert.deepEqual(leftovers(root), []);
});

test('the state folder is for its owner only and ignores itself in git', (t) => {
	const root = temporaryRoot(t, { 'a.py': '' });
	reconcile(root, openJournal(root), '#');
	assert.equal(text(root, '.gpupolicy/.gitignore'), '*\n');
	if (process.platform === 'win32') return;
	assert.equal(fs.statSync(path.join(root, '.gpupolicy')).mode & 0o777, 0o700);
	assert.equal(fs.statSync(path.join(root, '.gpupolicy/journal')).mode & 0o777, 0o700);
	assert.equal(fs.statSync(path.join(root, '.gpupolicy/journal/00000001.rev')).mode & 0o777, 0o600);
});

test('a write that changes nothing touches nothing and makes no revision', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'x' });
	const before = fs.statSync(path.join(root, 'a.py'), { bigint: true });
	const journal = openJournal(root);
	const result = reconcile(root, journal, '');
	assert.deepEqual([result.revision, result.bytesWritten, journal.revisions()], [null, 0, []]);
	assert.equal(result.outcomes.get('a.py')?.ok, true);
	const after = fs.statSync(path.join(root, 'a.py'), { bigint: true });
	assert.deepEqual([after.mtimeNs, after.ino], [before.mtimeNs, before.ino]);
	assert.equal(fs.existsSync(path.join(root, '.gpupolicy')), false);
});

test('a file replaced, rewritten or removed between scan and write is refused and the others are written', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'aa', 'b.py': 'bb', 'c.py': 'cc', 'd.py': 'dd', 'sub/e.py': 'ee', 'f.py': 'ff' });
	const outside = temporaryRoot(t, { 'e.py': 'ee' });
	const writes = prefixWrites(openWorktree(root), '#');
	const { mtime, atime } = fs.statSync(path.join(root, 'a.py'));
	fs.writeFileSync(path.join(root, 'a.py'), 'AA');
	fs.utimesSync(path.join(root, 'a.py'), atime, mtime);
	fs.writeFileSync(path.join(root, 'new'), 'BB');
	fs.renameSync(path.join(root, 'new'), path.join(root, 'b.py'));
	fs.rmSync(path.join(root, 'c.py'));
	fs.rmSync(path.join(root, 'd.py'));
	fs.symlinkSync('f.py', path.join(root, 'd.py'));
	fs.rmSync(path.join(root, 'sub'), { recursive: true });
	fs.symlinkSync(outside, path.join(root, 'sub'));
	const { outcomes, revision } = openJournal(root).apply({ kind: 'reconcile', policies: digests, writes });
	assert.deepEqual(
		[...outcomes].map(([name, outcome]) => [name, outcome.ok ? 'written' : outcome.rule]),
		[
			['a.py', 'file/changed'],
			['b.py', 'file/changed'],
			['c.py', 'file/changed'],
			['d.py', 'file/changed'],
			['f.py', 'written'],
			['sub/e.py', 'file/outside'],
		],
	);
	assert.equal(revision, 1);
	assert.deepEqual(
		[text(root, 'a.py'), text(root, 'b.py'), text(root, 'f.py'), text(outside, 'e.py')],
		['AA', 'BB', '#ff', 'ee'],
	);
	assert.ok(fs.lstatSync(path.join(root, 'd.py')).isSymbolicLink());
	assert.deepEqual(
		openJournal(root)
			.revisions()[0]
			?.files.map((file) => file.path),
		['f.py'],
	);
});

test('paths that leave the root or lead into .git or .gpupolicy are never written', (t) => {
	const root = temporaryRoot(t, { 'sub/a.py': 'x', '.git/config': 'x' });
	const [write] = prefixWrites(openWorktree(root), '#');
	assert.ok(write);
	for (const name of ['../x.py', '/etc/passwd', '.git/config', 'sub/../sub/a.py', '']) {
		const { outcomes } = openJournal(root).apply({ kind: 'reconcile', policies: {}, writes: [{ ...write, path: name }] });
		assert.deepEqual(
			[...outcomes.values()].map((outcome) => outcome.ok || outcome.rule),
			['file/outside'],
			name,
		);
	}
});

test('a rollback restores every byte and permission bit, and holds the files for the policy as it was', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a\r\n\0\xff', 'run.py': 'r' });
	if (process.platform !== 'win32') fs.chmodSync(path.join(root, 'run.py'), 0o751);
	const original = fs.readFileSync(path.join(root, 'a.py'));
	const journal = openJournal(root);
	reconcile(root, journal, '# 1\n');
	const result = journal.rollback({ undo: 1 });
	assert.deepEqual([result.revision, result.undone, result.restored, result.refused], [2, [1], ['a.py', 'run.py'], []]);
	assert.deepEqual(fs.readFileSync(path.join(root, 'a.py')), original);
	if (process.platform !== 'win32') assert.equal(fs.statSync(path.join(root, 'run.py')).mode & 0o777, 0o751);
	const [hold] = journal.holds();
	assert.deepEqual([hold?.path, hold?.policy, hold?.digest, hold?.revision], ['a.py', 'p', 'd1', 2]);
	assert.equal(hold?.contentHash, journal.revisions()[0]?.files[0]?.beforeHash);
	assert.deepEqual(
		journal.revisions().map(({ number, kind, undoes, undoneBy }) => [number, kind, undoes, undoneBy]),
		[
			[1, 'reconcile', [], 2],
			[2, 'rollback', [1], null],
		],
	);
	assert.equal(journal.release(['run.py']), 1);
	assert.equal(openJournal(root).holds().length, 1);
	assert.equal(journal.release(), 1);
	assert.equal(journal.release(), 0);
});

test('to undo a rollback takes the change back in, and holds nothing', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a' });
	const journal = openJournal(root);
	reconcile(root, journal, '#');
	journal.rollback({ undo: 1 });
	journal.rollback({ undo: 2 });
	assert.equal(text(root, 'a.py'), '#a');
	assert.deepEqual(journal.holds(), []);
	assert.deepEqual(
		journal.revisions().map(({ undoneBy }) => undoneBy),
		[null, 3, null],
	);
});

test('a rollback refuses files that changed since, by hand or by a later revision, and restores the others', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a', 'b.py': 'b', 'c.py': 'c' });
	const journal = openJournal(root);
	reconcile(root, journal, '1');
	const later = prefixWrites(openWorktree(root), '2').filter((write) => write.path === 'b.py');
	journal.apply({ kind: 'reconcile', policies: digests, writes: later });
	fs.appendFileSync(path.join(root, 'a.py'), 'mine');
	const result = journal.rollback({ undo: 1 });
	assert.deepEqual(result.restored, ['c.py']);
	assert.deepEqual(
		result.refused.map(({ path, rule }) => [path, rule]),
		[
			['a.py', 'file/changed'],
			['b.py', 'file/changed'],
		],
	);
	assert.deepEqual(result.undone, []);
	assert.deepEqual([text(root, 'a.py'), text(root, 'b.py'), text(root, 'c.py')], ['1amine', '21b', 'c']);
});

test('restoring the state after a revision undoes all later ones, back to before the first', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a', 'b.py': 'b' });
	const journal = openJournal(root);
	for (const prefix of ['1', '2', '3']) reconcile(root, journal, prefix);
	assert.deepEqual(journal.rollback({ restoreTo: 1 }).undone, [2, 3]);
	assert.deepEqual([text(root, 'a.py'), text(root, 'b.py')], ['1a', '1b']);
	journal.rollback({ restoreTo: 0 });
	assert.deepEqual([text(root, 'a.py'), text(root, 'b.py')], ['a', 'b']);
	assert.deepEqual(journal.rollback({ restoreTo: 0 }).revision, null);
	assert.throws(() => journal.rollback({ undo: 99 }), { code: 'GP3203' });
	assert.throws(() => journal.rollback({ restoreTo: 99 }), { code: 'GP3203' });
});

test('old before-images are dropped, a rollback of them says so, and the history keeps their record', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a' });
	const journal = openJournal(root, { retention: { revisions: 2, bytes: 1 << 20, records: 3 } });
	for (const prefix of ['1', '2', '3', '4', '5']) reconcile(root, journal, prefix);
	assert.deepEqual(
		journal.revisions().map(({ number, files }) => [number, files.length]),
		[
			[3, 1],
			[4, 1],
			[5, 1],
		],
	);
	assert.throws(() => journal.rollback({ undo: 3 }), { code: 'GP3204' });
	assert.throws(() => journal.rollback({ restoreTo: 0 }), { code: 'GP3204' });
	assert.deepEqual(journal.rollback({ undo: 5 }).restored, ['a.py']);
	const small = openJournal(root, { retention: { revisions: 50, bytes: 10, records: 50 } });
	reconcile(root, small, '6');
	assert.throws(() => small.rollback({ undo: 5 }), { code: 'GP3204' });
	assert.deepEqual(small.rollback({ undo: small.revisions().at(-1)?.number ?? 0 }).restored, ['a.py']);
});

test('a damaged journal is a coded error that names the file, and the files stay as they are', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a' });
	const journal = openJournal(root);
	reconcile(root, journal, '1');
	reconcile(root, journal, '2');
	const record = path.join(root, '.gpupolicy/journal/00000001.rev');
	const good = fs.readFileSync(record);
	for (let at = 0; at < good.length; at++) {
		const bad = Buffer.from(good);
		bad[at] = (bad[at] ?? 0) ^ 0xff;
		fs.writeFileSync(record, bad);
		const damaged = openJournal(root);
		const attempt = (): unknown => [
			damaged.recover(),
			damaged.revisions(),
			damaged.lastAfterImages(),
			damaged.rollback({ restoreTo: 0 }),
		];
		try {
			attempt();
		} catch (error) {
			const { code, message } = error as { code: string; message: string };
			assert.match(code, /^GP32/, `byte ${at}: ${error}`);
			if (code === 'GP3201') assert.ok(message.includes(record), message);
		}
		assert.ok(['21a', 'a'].includes(text(root, 'a.py')), `byte ${at}`);
		fs.writeFileSync(path.join(root, 'a.py'), '21a');
		for (const name of ['00000003.rev', 'extent.json']) fs.rmSync(path.join(root, '.gpupolicy/journal', name), { force: true });
	}
	fs.writeFileSync(path.join(root, '.gpupolicy/holds.json'), '{');
	assert.throws(() => openJournal(root).holds(), { code: 'GP3201' });
});

test('a record that is cut off at any byte after its commit, newest or not, is reported and never silently left out', (t) => {
	for (const victim of [1, 2]) {
		const root = temporaryRoot(t, { 'a.py': 'a' });
		reconcile(root, openJournal(root), '1');
		reconcile(root, openJournal(root), '2');
		const record = path.join(root, `.gpupolicy/journal/0000000${victim}.rev`);
		const whole = fs.readFileSync(record);
		for (let size = 0; size < whole.length; size++) {
			fs.writeFileSync(record, whole.subarray(0, size));
			const journal = openJournal(root);
			const { revisions, lost } = journal.account();
			const numbers = [...revisions, ...lost].map(({ number }) => number).sort();
			if (numbers.length === 2) {
				assert.deepEqual(numbers, [1, 2], `cut at ${size}`);
				assert.deepEqual([lost[0]?.number, lost[0]?.state, lost[0]?.code], [victim, 'damaged', 'GP3201']);
				assert.throws(() => journal.recover() && journal.revisions(), { code: 'GP3201' });
				assert.ok(fs.existsSync(record), 'the evidence stays');
				assert.throws(() => journal.rollback({ undo: victim }), { code: 'GP3201' });
			} else {
				// Only the mark of the newest is missing: its intents are whole, so recovery sets the mark again.
				assert.equal(victim, 2, `cut at ${size}`);
				assert.equal(journal.recover().revision, 2);
				assert.equal(journal.account().revisions.length, 2);
			}
		}
	}
});

test('a record that was removed is a gap in the history; no number is given twice, and nothing is rolled back across it', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a' });
	for (const prefix of ['1', '2', '3']) reconcile(root, openJournal(root), prefix);
	for (const gone of [3, 1]) {
		fs.rmSync(path.join(root, `.gpupolicy/journal/0000000${gone}.rev`));
		const { revisions, lost } = openJournal(root).account();
		assert.deepEqual(
			lost.filter(({ number }) => number === gone).map(({ state, code }) => [state, code]),
			[['gone', 'GP3205']],
		);
		assert.ok(revisions.some(({ number }) => number === 2));
	}
	const journal = openJournal(root);
	assert.throws(() => journal.rollback({ undo: 3 }), { code: 'GP3205' });
	assert.throws(() => journal.rollback({ restoreTo: 2 }), { code: 'GP3205' });
	assert.equal(reconcile(root, journal, '4').revision, 4);
	assert.deepEqual(
		journal.account().lost.map(({ number }) => number),
		[1, 3],
	);
	assert.deepEqual(journal.rollback({ restoreTo: 3 }).restored, ['a.py']);
});

test('what retention drops is not missed', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a' });
	const journal = openJournal(root, { retention: { revisions: 2, bytes: 1 << 20, records: 3 } });
	for (let at = 0; at < 6; at++) reconcile(root, journal, String(at));
	const { revisions, lost } = journal.account();
	assert.deepEqual([revisions.map(({ number }) => number), lost], [[4, 5, 6], []]);
});

test('files cut off or zeroed by a power loss get their before-image back; what somebody wrote since is left alone', (t) => {
	const files = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [`${name}.py`, `${name} is old\n`]));
	const root = temporaryRoot(t, files);
	const longAgo = (): Date => new Date(0);
	reconcile(root, openJournal(root, { now: longAgo }), 'new ');
	const record = path.join(root, '.gpupolicy/journal/00000001.rev');
	const bytes = fs.readFileSync(record);
	fs.writeFileSync(record, bytes.subarray(0, bytes.length - 5));
	fs.writeFileSync(path.join(root, 'a.py'), '');
	fs.writeFileSync(path.join(root, 'b.py'), Buffer.alloc(12));
	fs.writeFileSync(path.join(root, 'c.py'), 'new c');
	fs.writeFileSync(path.join(root, 'd.py'), 'somebody');
	fs.writeFileSync(path.join(root, 'e.py'), 'e is old\n');
	fs.writeFileSync(path.join(root, '.gpupolicy-1-4.tmp'), 'half');
	const journal = openJournal(root);
	assert.deepEqual(journal.recover(), {
		revision: 1,
		finished: ['f.py'],
		untouched: ['a.py', 'b.py', 'c.py', 'e.py'],
		foreign: ['d.py'],
		removedTemporaries: ['.gpupolicy-1-4.tmp'],
	});
	assert.deepEqual([text(root, 'a.py'), text(root, 'b.py'), text(root, 'c.py')], ['a is old\n', 'b is old\n', 'c is old\n']);
	assert.deepEqual(journal.recover().finished, []);
	assert.deepEqual(
		journal.revisions()[0]?.files.map((file) => file.path),
		['f.py'],
	);
	assert.deepEqual(journal.rollback({ undo: 1 }).restored, ['f.py']);
});

test('without a restart of the machine a file that somebody emptied is theirs', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a', 'b.py': 'b' });
	reconcile(root, openJournal(root), '#');
	const record = path.join(root, '.gpupolicy/journal/00000001.rev');
	fs.truncateSync(record, fs.statSync(record).size - 5);
	fs.writeFileSync(path.join(root, 'a.py'), '');
	assert.deepEqual(openJournal(root).recover().foreign, ['a.py']);
	assert.equal(text(root, 'a.py'), '');
});

test('a journal that names paths out of the root is refused and removes nothing there', (t) => {
	const top = temporaryRoot(t, { '.gpupolicy-1-0.tmp': 'mine', 'root/.gpupolicy/journal/x': '' });
	const root = path.join(top, 'root');
	const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
	const records = Buffer.concat([
		magic,
		encodeRecord(
			recordTypes.begin,
			json({ number: 1, at: new Date(0).toISOString(), kind: 'reconcile', policies: {}, undoes: [] }),
		),
		encodeRecord(
			recordTypes.files,
			json([{ path: '../a.py', beforeHash: '', afterHash: '', policies: [], summary: '', holds: [] }]),
		),
		encodeRecord(recordTypes.seal, json({ files: 1 })),
	]);
	fs.writeFileSync(path.join(root, '.gpupolicy/journal/00000001.rev'), records);
	assert.throws(() => openJournal(root).recover(), { code: 'GP3201' });
	assert.equal(text(top, '.gpupolicy-1-0.tmp'), 'mine');
});

test('hard links: the other name keeps the old content', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a' });
	const other = path.join(temporaryRoot(t), 'snapshot.py');
	fs.linkSync(path.join(root, 'a.py'), other);
	reconcile(root, openJournal(root), '#');
	assert.deepEqual([text(root, 'a.py'), fs.readFileSync(other, 'utf8')], ['#a', 'a']);
});

test('what our last revision gave each path is known by hash', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a', 'b.py': 'b' });
	const journal = openJournal(root);
	reconcile(root, journal, '1');
	journal.rollback({ undo: 1 });
	const [first] = journal.revisions();
	assert.deepEqual(
		[...journal.lastAfterImages()],
		first?.files.map((file) => [file.path, file.beforeHash]),
	);
});

test('what is kept of the records for speed is believed only while it is whole and no record changed', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a', 'odd\nname.py': 'b' });
	const kept = path.join(root, '.gpupolicy', 'after-images');
	reconcile(root, openJournal(root), '#1 ');
	openJournal(root).recover();
	assert.deepEqual([...openJournal(root).writtenPaths()], ['a.py', 'odd\nname.py']);
	const first = openJournal(root).lastAfterImages();

	fs.renameSync(path.join(root, '.gpupolicy', 'journal'), path.join(root, 'aside'));
	assert.deepEqual([...openJournal(root).writtenPaths()], [], 'a journal that is gone');
	fs.renameSync(path.join(root, 'aside'), path.join(root, '.gpupolicy', 'journal'));

	const whole = fs.readFileSync(kept);
	for (let at = 0; at < whole.length; at += 7) {
		const damaged = Buffer.from(whole);
		damaged[at] = (damaged[at] as number) ^ 4;
		fs.writeFileSync(kept, damaged);
		assert.deepEqual(openJournal(root).lastAfterImages(), first, `byte ${at} damaged`);
	}
	fs.writeFileSync(kept, whole.subarray(0, whole.length / 2));
	assert.deepEqual(openJournal(root).lastAfterImages(), first, 'cut off');
	fs.writeFileSync(kept, whole);

	const second = reconcile(root, openJournal(root), '#2 ');
	assert.equal(second.revision, 2);
	const images = openJournal(root).lastAfterImages();
	assert.notEqual(images.get('a.py'), first.get('a.py'));
	openJournal(root).recover();
	assert.deepEqual(openJournal(root).lastAfterImages(), images);
	if (process.platform !== 'win32') assert.equal(fs.statSync(kept).mode & 0o777, 0o600);
});

test('a pass that was killed after an earlier one was kept for speed is still recovered', (t) => {
	const root = temporaryRoot(t, { 'a.py': 'a' });
	reconcile(root, openJournal(root), '#1 ');
	openJournal(root).recover();
	reconcile(root, openJournal(root), '#2 ');
	const record = path.join(root, '.gpupolicy', 'journal', '00000002.rev');
	const commit = encodeRecord(recordTypes.commit, Buffer.from('{"failed":[]}'));
	fs.truncateSync(record, fs.statSync(record).size - commit.length);
	const { revision, finished } = openJournal(root).recover();
	assert.deepEqual([revision, finished], [2, ['a.py']]);
});
