import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bareProgram, policy, Sandbox } from './sandbox.ts';

/** A running `reconcile --watch` with what it printed so far. */
class Watch {
	readonly child: ChildProcess;
	out = '';
	err = '';

	constructor(t: TestContext, repo: Sandbox, args: readonly string[] = []) {
		this.child = repo.start(['reconcile', '--watch', ...args]);
		this.child.stdout?.on('data', (chunk) => {
			this.out += chunk;
		});
		this.child.stderr?.on('data', (chunk) => {
			this.err += chunk;
		});
		t.after(() => this.child.kill('SIGKILL'));
	}

	/** Waits until something is true, and fails with all that was printed when it never is. */
	async until(what: string, test: () => boolean, limitMs = 90_000): Promise<void> {
		const end = Date.now() + limitMs;
		while (!test()) {
			if (Date.now() > end) assert.fail(`${what}: not within ${limitMs} ms\n--- stdout\n${this.out}\n--- stderr\n${this.err}`);
			await sleep(20);
		}
	}

	started(): Promise<void> {
		return this.until('the watch starts', () => this.out.includes('Watching; Ctrl-C stops.'));
	}

	async end(signal: NodeJS.Signals): Promise<number | null> {
		const exited = once(this.child, 'exit');
		this.child.kill(signal);
		const [code] = (await exited) as [number | null];
		return code;
	}
}

const repoWith = (t: TestContext, files: Record<string, string> = {}): Sandbox =>
	new Sandbox(t, { 'gpupolicy.yaml': policy(), 'train.py': bareProgram, ...files });

/** In order: the block of the policy and no device but 0. */
const inOrder = (repo: Sandbox, name: string): boolean => {
	try {
		const text = repo.read(name);
		return text.includes('>>> gpupolicy one') && !text.includes('cuda:1');
	} catch {
		return false;
	}
};

describe('reconcile --watch', () => {
	it('converges at the start, after a save in place and after a save by rename, and ends with 130 on Ctrl-C', async (t) => {
		const repo = repoWith(t);
		const watch = new Watch(t, repo);
		await watch.started();
		assert.ok(inOrder(repo, 'train.py'));
		fs.appendFileSync(repo.at('train.py'), 'other = model.to("cuda:1")\n');
		await watch.until('the save is converged', () => inOrder(repo, 'train.py'));
		await watch.until('the line is printed', () =>
			/train\.py {2}changed by someone; line \d+ "cuda:1" -> ordinal 0; revision 2 {3}\(\d+ ms after the save\)/.test(watch.out),
		);
		repo.write('train.py.swp', `${repo.read('train.py')}third = model.to("cuda:1")\n`);
		fs.renameSync(repo.at('train.py.swp'), repo.at('train.py'));
		await watch.until('the rename is converged', () => inOrder(repo, 'train.py') && repo.read('train.py').includes('third'));
		repo.write('fresh/new.py', bareProgram);
		await watch.until('a new file in a new folder is converged', () => inOrder(repo, 'fresh/new.py'));
		assert.equal(await watch.end('SIGINT'), 130);
	});

	it('turns a storm of 10,000 events into a few passes, not thousands, and converges every file', async (t) => {
		const files = Object.fromEntries(Array.from({ length: 2_500 }, (_, i) => [`pkg${i % 50}/m${i}.py`, 'value = 1\n']));
		const repo = repoWith(t, files);
		const watch = new Watch(t, repo, ['-o', 'json']);
		await watch.until('the first pass', () => watch.out.includes('\n'));
		const before = watch.out.split('\n').length;
		for (let round = 0; round < 4; round++) {
			for (const name of Object.keys(files)) repo.write(name, round === 3 ? bareProgram : `value = ${round}\n`);
		}
		await watch.until('every file is converged', () => Object.keys(files).every((name) => inOrder(repo, name)));
		await watch.until('the pass is reported', () => watch.out.split('\n').length > before);
		await sleep(1_000);
		const passes = watch.out.split('\n').length - before;
		// One for the storm, one that finds our own writes in order, one where the storm begins calmly; and on a busy machine one more each time
		// that the writer, or the watch, is held up for longer than the quiet that ends a storm.
		assert.ok(passes >= 1 && passes <= 15, `${passes} passes for 10,000 writes`);
		assert.equal(await watch.end('SIGTERM'), 0);
	});

	it('follows a branch switch', async (t) => {
		const repo = repoWith(t, { '.gitignore': '' }).commitAll();
		repo.git('checkout', '-q', '-b', 'other');
		repo.write('branch.py', bareProgram);
		repo.commitAll();
		repo.git('checkout', '-q', 'main');
		const watch = new Watch(t, repo);
		await watch.started();
		repo.git('checkout', '-q', '-f', 'other');
		await watch.until('the file of the other branch is converged', () => inOrder(repo, 'branch.py') && inOrder(repo, 'train.py'));
		assert.equal(await watch.end('SIGTERM'), 0);
	});

	it('takes an edited policy, keeps the last good one while the manifest is broken, and says so', async (t) => {
		const repo = repoWith(t);
		const watch = new Watch(t, repo);
		await watch.started();
		repo.write('gpupolicy.yaml', policy({ visible: '0' }));
		await watch.until('the new value', () => repo.read('train.py').includes('"CUDA_VISIBLE_DEVICES"] = "0"'));
		repo.write('gpupolicy.yaml', 'spec: [\n');
		await watch.until('the fault is shown', () => /gpupolicy\.yaml:\d+:\d+: .*\[GP1\d\d\d\]/.test(watch.err));
		repo.write('late.py', bareProgram);
		await watch.until('the last good policy still holds', () => inOrder(repo, 'late.py'));
		repo.write('gpupolicy.yaml', policy({ visible: '1' }));
		await watch.until('the mended policy', () => repo.read('late.py').includes('"CUDA_VISIBLE_DEVICES"] = "1"'));
		assert.equal(await watch.end('SIGTERM'), 0);
	});

	it('is not woken by what it says itself, where that goes to a file below the root', async (t) => {
		const repo = repoWith(t);
		const log = fs.openSync(repo.at('watch.log'), 'a');
		const child = repo.start(['reconcile', '--watch', '-o', 'json'], {}, log);
		t.after(() => child.kill('SIGKILL'));
		fs.closeSync(log);
		const lines = (): string[] => repo.read('watch.log').split('\n').slice(0, -1);
		const until = async (what: string, test: () => boolean): Promise<void> => {
			const end = Date.now() + 90_000;
			while (!test()) {
				if (Date.now() > end) assert.fail(`${what}\n${repo.read('watch.log')}`);
				await sleep(20);
			}
		};
		await until('the watch starts', () => lines().length >= 1);
		repo.write('gpupolicy.yaml', 'spec: [\n');
		await until('the broken manifest is said', () => lines().some((line) => line.includes('no manifest can be used')));
		repo.write('other.py', bareProgram);
		await until('the last good policy holds', () => inOrder(repo, 'other.py'));
		await until('the pass is said', () => lines().filter((line) => line.startsWith('{')).length >= 3);
		repo.write('gpupolicy.yaml', policy());
		await until('the policy is taken again', () => lines().filter((line) => line.startsWith('{')).length >= 4);
		// What it says would wake it within milliseconds, again and again.
		await sleep(1_500);
		assert.ok(lines().length < 30, `${lines().length} lines`);
		assert.equal(lines().filter((line) => line.includes('no manifest can be used')).length, 1);
		const exited = once(child, 'exit');
		child.kill('SIGINT');
		await exited;
	});

	it('waits for a deleted root and converges it when it is there again', async (t) => {
		const outer = new Sandbox(t, { 'repo/gpupolicy.yaml': policy(), 'repo/train.py': bareProgram });
		const root = outer.at('repo');
		const watch = new Watch(t, outer, ['-C', 'repo']);
		await watch.started();
		fs.rmSync(root, { recursive: true, maxRetries: 10 });
		await watch.until('it says that the root is gone', () => watch.err.includes('is gone; waiting for it to come back'));
		outer.write('again/gpupolicy.yaml', policy());
		outer.write('again/train.py', bareProgram);
		fs.renameSync(outer.at('again'), root);
		await watch.until('the new root is converged', () => inOrder(outer, 'repo/train.py'));
		fs.appendFileSync(path.join(root, 'train.py'), 'again = model.to("cuda:1")\n');
		await watch.until(
			'it is watched anew',
			() => inOrder(outer, 'repo/train.py') && outer.read('repo/train.py').includes('again'),
		);
		assert.equal(await watch.end('SIGTERM'), 0);
	});

	it('drains: a signal during a pass lets it end, and nothing is left half-written', async (t) => {
		const files = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`m${i}.py`, bareProgram]));
		const repo = repoWith(t, files);
		const watch = new Watch(t, repo);
		await watch.until(
			'the first file is written',
			() => fs.existsSync(repo.at('.gpupolicy')) && Object.keys(files).some((name) => inOrder(repo, name)),
		);
		assert.equal(await watch.end('SIGINT'), 130);
		for (const name of Object.keys(files)) assert.ok(inOrder(repo, name), name);
		assert.equal(repo.run(['check']).code, 0);
	});
});
