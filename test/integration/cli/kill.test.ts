import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import process from 'node:process';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Revision } from '../../../src/core/ports/journal.ts';
import { bareProgram, policy, Sandbox } from './sandbox.ts';

/** 200 with SOAK=1, a sample otherwise; the seed is printed and can be given as KILL_SEED. */
const rounds = process.env.SOAK === '1' ? 200 : 12;
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);

/** Small deterministic generator (mulberry32): numbers from 0 to 1. */
function generator(state: number): () => number {
	let a = state;
	return () => {
		a = (a + 0x6d2b79f5) | 0;
		let t = Math.imul(a ^ (a >>> 15), 1 | a);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** Resolves a moment after the first file has become another one. */
async function amongTheWrites(repo: Sandbox, child: ChildProcess, share: number): Promise<void> {
	const inode = (): number => fs.statSync(repo.at('pkg/m0.py')).ino;
	const before = inode();
	while (inode() === before && child.exitCode === null) await sleep(1);
	await sleep(share * 15);
}

const count = 250;
const program = (index: number): string => `${bareProgram}# file ${index} ${'x'.repeat(index * 7)}\n`;

describe('kill -9 at any moment', () => {
	it(`leaves each file old or new, and the next pass converges all (${rounds} kills, KILL_SEED=${seed})`, async (t) => {
		const random = generator(seed);
		const files = Object.fromEntries(Array.from({ length: count }, (_, i) => [`pkg/m${i}.py`, program(i)]));
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), ...files });
		const reference = new Sandbox(t, { 'gpupolicy.yaml': policy(), ...files });
		assert.equal(reference.run(['reconcile']).code, 0);
		const began = performance.now();
		repo.run(['check']);
		const whole = performance.now() - began + 400;
		let killedMidway = 0;
		for (let round = 0; round < rounds; round++) {
			for (const [name, content] of Object.entries(files)) repo.write(name, content);
			const child = repo.start(['reconcile']);
			const exited = once(child, 'exit');
			if (round % 3 === 0) await sleep(whole * (0.3 + 0.7 * random()));
			else await amongTheWrites(repo, child, random());
			child.kill('SIGKILL');
			await exited;
			const renewed = Object.entries(files).filter(([name, old]) => {
				const now = repo.read(name);
				if (now === old) return false;
				assert.equal(now, reference.read(name), `round ${round}: ${name} is neither old nor new`);
				return true;
			});
			if (renewed.length > 0 && renewed.length < count) killedMidway++;
			const next = repo.run(['reconcile']);
			assert.equal(next.code, 0, `round ${round}: ${next.stdout}${next.stderr}`);
			for (const name of Object.keys(files)) assert.equal(repo.read(name), reference.read(name), `round ${round}: ${name}`);
			const left = fs.readdirSync(repo.at('pkg')).filter((name) => !/^m\d+\.py$/.test(name));
			assert.deepEqual(left, [], 'no temporary file is left');
			const revisions = JSON.parse(repo.run(['history', '-o', 'json']).stdout) as Revision[];
			assert.deepEqual(
				revisions.map(({ number }) => number),
				revisions.map((_, index) => (revisions[0]?.number ?? 1) + index),
				'revisions are numbered without a gap',
			);
		}
		t.diagnostic(`${killedMidway} of ${rounds} kills fell among the writes`);
		assert.ok(killedMidway > 0, 'no kill fell among the writes: the test proves nothing');
	});
});
