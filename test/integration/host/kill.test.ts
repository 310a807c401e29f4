import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openJournal } from '../../../src/host/journal/open-journal.ts';
import { temporaryRoot } from './temporary-root.ts';

const child = path.join(import.meta.dirname, 'apply-forever.ts');
const kills = Number(process.env.KILLS ?? (process.env.SOAK ? 220 : 30));

/** A whole file: any number of whole round lines, then the original text. Anything else is torn. */
const whole = /^(?:# round \d+\n)*original (\d+)\n(?:x{79}\n)*end\n$/;

test(`killed at ${kills} random moments, every file is old or new and the journal agrees with the tree`, async (t) => {
	const seed = Number(process.env.FC_SEED ?? Date.now() % 1_000_000);
	t.diagnostic(`seed ${seed}`);
	const files = Object.fromEntries(
		Array.from({ length: 24 }, (_, at) => [
			`d${at % 3}/f${at}.py`,
			`original ${at}\n${`${'x'.repeat(79)}\n`.repeat(at * 12)}end\n`,
		]),
	);
	const root = temporaryRoot(t, files);
	let state = seed;
	let interrupted = 0;
	for (let kill = 0; kill < kills; kill++) {
		const running = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', child, root], {
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let stderr = '';
		running.stderr.on('data', (data: Buffer) => {
			stderr += data.toString();
		});
		const ended = once(running, 'exit');
		await Promise.race([once(running.stdout, 'data'), ended]);
		assert.equal(running.exitCode, null, stderr);
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		await sleep((state >>> 8) % 60);
		running.kill('SIGKILL');
		await ended;
		for (const name of Object.keys(files)) {
			const content = fs.readFileSync(path.join(root, name), 'utf8');
			assert.match(content, whole, `${name} is torn after kill ${kill}, seed ${seed}`);
		}
		const journal = openJournal(root);
		const recovery = journal.recover();
		if (recovery.finished.length + recovery.untouched.length + recovery.removedTemporaries.length > 0) interrupted++;
		assert.deepEqual(recovery.foreign, [], `kill ${kill}, seed ${seed}`);
		assert.deepEqual(journal.recover(), { revision: null, finished: [], untouched: [], foreign: [], removedTemporaries: [] });
		for (const [name, hash] of journal.lastAfterImages()) {
			const now = createHash('sha256')
				.update(fs.readFileSync(path.join(root, name)))
				.digest('hex');
			assert.equal(now, hash, `${name} is not what the journal says after kill ${kill}, seed ${seed}`);
		}
		const numbers = journal.revisions().map(({ number }) => number);
		assert.deepEqual(
			numbers,
			[...numbers].sort((a, b) => a - b),
		);
		const stray = fs
			.readdirSync(root, { recursive: true, encoding: 'utf8' })
			.filter((name) => /\.gpupolicy-\d+-\d+\.tmp$/.test(name));
		assert.deepEqual(stray, [], `kill ${kill}, seed ${seed}`);
	}
	t.diagnostic(`${interrupted} of ${kills} kills hit a batch`);
	assert.ok(interrupted > 0, 'no kill hit a batch: the test proves nothing');
});
