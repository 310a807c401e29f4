import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { claim } from './claim.ts';

describe('a claim', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'claim-'));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	it('is of one at a time, and of the next after it', async () => {
		const path = join(folder, 'agent.sock');
		const first = await claim(path);
		assert.notEqual(first, null);
		assert.equal(await claim(path), null);
		await first?.release();
		const second = await claim(path);
		assert.notEqual(second, null);
		await second?.release();
	});

	it('ends with the process that had it, also where that was killed', async () => {
		const path = join(folder, 'agent.sock');
		const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.stdout.write('listening'))`;
		const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
		await once(child.stdout, 'data');
		assert.equal(await claim(path), null);
		const exit = once(child, 'exit');
		child.kill('SIGKILL');
		await exit;
		const next = await claim(path);
		assert.notEqual(next, null);
		await next?.release();
	});

	it('of many that ask at once is had by one', async () => {
		const path = join(folder, 'agent.sock');
		const got = await Promise.all(Array.from({ length: 6 }, () => claim(path)));
		const held = got.filter((one) => one !== null);
		assert.equal(held.length, 1);
		for (const one of held) await one.release();
	});

	it('cannot be had on a path that is too long for a socket, or that cannot be written', async () => {
		await assert.rejects(claim(join(folder, 'x'.repeat(200))));
		await assert.rejects(claim(join(folder, 'none', 'agent.sock')));
	});
});
