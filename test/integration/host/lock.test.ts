import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { openPassLock } from '../../../src/host/lock/open-pass-lock.ts';
import { temporaryRoot } from './temporary-root.ts';

test('the second is told who holds the lock, in the same process and in another, until it is released', (t) => {
	const root = temporaryRoot(t);
	const first = openPassLock(root).acquire('gpupolicy reconcile --watch');
	assert.ok(first.ok);
	const second = openPassLock(root).acquire('gpupolicy reconcile');
	assert.ok(!second.ok);
	assert.deepEqual([second.holder?.pid, second.holder?.command], [process.pid, 'gpupolicy reconcile --watch']);
	assert.ok(Date.now() - Date.parse(second.holder?.since ?? '') < 60_000);
	first.release();
	first.release();
	const third = openPassLock(root).acquire('again');
	assert.ok(third.ok);
	third.release();
	const other = openPassLock(temporaryRoot(t)).acquire('another root');
	assert.ok(other.ok);
	other.release();
});

test('two roots are locked apart, and a note left by a dead holder names nobody', (t) => {
	const root = temporaryRoot(t);
	const held = openPassLock(root).acquire('x');
	assert.ok(held.ok);
	fs.writeFileSync(
		path.join(root, '.gpupolicy/lock-holder.json'),
		JSON.stringify({ pid: 2 ** 22 + 1, command: 'dead', since: '' }),
	);
	const second = openPassLock(root).acquire('y');
	assert.deepEqual(second, { ok: false, holder: null });
	held.release();
});

test('one that only tries for the lock for a moment keeps nobody else from taking it', (t) => {
	const root = temporaryRoot(t);
	const first = openPassLock(root).acquire('first');
	assert.ok(first.ok);
	first.release();
	// On a busy machine a moment may last; without a second try none of these would ever be in luck.
	assert.ok(Array.from({ length: 5 }).some(() => acquiredBesideOneThatTries(t, root)));
});

function acquiredBesideOneThatTries(t: TestContext, root: string): boolean {
	const flag = new Int32Array(new SharedArrayBuffer(4));
	const trying = new Worker(
		`const { workerData } = require('node:worker_threads');
		const database = new (require('node:sqlite').DatabaseSync)(workerData.file);
		database.exec('BEGIN; SELECT * FROM sqlite_schema');
		Atomics.store(workerData.flag, 0, 1);
		Atomics.notify(workerData.flag, 0);
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
		database.close();`,
		{ eval: true, workerData: { file: path.join(root, '.gpupolicy', 'lock'), flag } },
	);
	t.after(() => trying.terminate());
	assert.notEqual(Atomics.wait(flag, 0, 0, 10_000), 'timed-out');
	const second = openPassLock(root).acquire('second');
	if (second.ok) second.release();
	return second.ok;
}

test('many processes that take the lock and are killed at random never hold it at once, and never leave it held', async (t) => {
	const seed = Number(process.env.FC_SEED ?? Date.now() % 1_000_000);
	t.diagnostic(`seed ${seed}`);
	const root = temporaryRoot(t);
	const output: string[] = [];
	const running: ChildProcess[] = [];
	const start = async (): Promise<void> => {
		const child = spawn(process.execPath, [path.join(import.meta.dirname, 'hammer-lock.ts'), root], {
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		child.stdout.on('data', (data: Buffer) => output.push(data.toString()));
		child.stderr.on('data', (data: Buffer) => output.push(data.toString()));
		running.push(child);
		await once(child.stdout, 'data');
	};
	const end = async (child: ChildProcess): Promise<void> => {
		const exit = once(child, 'exit');
		child.kill('SIGKILL');
		await exit;
	};
	t.after(() => Promise.all(running.filter((child) => child.exitCode === null && child.signalCode === null).map(end)));
	for (let count = 0; count < 4; count++) await start();
	let state = seed;
	for (let kill = 0; kill < Number(process.env.SOAK ? 100 : 12); kill++) {
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		await sleep((state >>> 8) % 50);
		const [victim] = running.splice((state >>> 16) % running.length, 1);
		if (victim) await end(victim);
		await start();
	}
	await Promise.all(running.splice(0).map(end));
	assert.deepEqual(output.join('').replaceAll('ready\n', ''), '');
	assert.ok(fs.statSync(path.join(root, 'turns')).size > 20, 'the lock changed hands too seldom to prove anything');
	const free = openPassLock(root).acquire('after');
	assert.ok(free.ok);
	free.release();
});
