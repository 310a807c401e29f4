/**
 * Child of the lock test: takes the lock again and again; while it holds it, it is the only one that may create the file
 * `inside`. Prints `overlap` where another is inside too. Killed at random, it leaves the file behind, naming itself.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { openPassLock } from '../../../src/host/lock/open-pass-lock.ts';

const root = process.argv[2] as string;
const inside = path.join(root, 'inside');
const lock = openPassLock(root);
const pause = new Int32Array(new SharedArrayBuffer(4));
process.stdout.write('ready\n');
for (;;) {
	const attempt = lock.acquire('hammer');
	if (!attempt.ok) {
		Atomics.wait(pause, 0, 0, 1);
		continue;
	}
	if (fs.existsSync(inside)) {
		const other = Number(fs.readFileSync(inside, 'utf8'));
		// The kernel frees the locks of a killed process a moment before it counts as dead.
		for (let wait = 0; wait < 100 && isAlive(other); wait++) Atomics.wait(pause, 0, 0, 5);
		if (isAlive(other)) process.stdout.write(`overlap with ${other}\n`);
	}
	fs.writeFileSync(inside, String(process.pid));
	fs.appendFileSync(path.join(root, 'turns'), '.');
	Atomics.wait(pause, 0, 0, 2);
	if (fs.readFileSync(inside, 'utf8') !== String(process.pid)) process.stdout.write('overlap: somebody came in\n');
	fs.rmSync(inside);
	attempt.release();
}

/** A killed process is a zombie until its parent reaps it. */
function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
	} catch {
		return false;
	}
	try {
		return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch {
		return process.platform !== 'linux';
	}
}
