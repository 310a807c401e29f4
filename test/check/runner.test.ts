import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { until } from '../cluster/until.ts';
import { runFiles } from '../runner/run-files.ts';
import { suites } from '../runner/suites.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gpupolicy-runner-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const imports = "import { before, describe, test } from 'node:test';\n";

/** Runs the runner over one file; the last line that it prints, and its exit status. */
function verdict(name: string, text: string): { last: string | undefined; status: number | null } {
	const file = join(scratch, `${name}.test.ts`);
	writeFileSync(file, imports + text);
	const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, '..', 'run.ts'), file], { encoding: 'utf8' });
	return { last: stdout.trimEnd().split('\n').at(-1), status };
}

const cases: readonly [what: string, text: string, last: string, status: number][] = [
	['passing tests', "test('a', () => {});\ndescribe('s', () => { test('b', () => {}); });", '2 passed, 0 failed', 0],
	['a failing test among others', "test('a', () => {});\ntest('b', () => { throw new Error('no'); });", '1 passed, 1 failed', 1],
	[
		'a failing test inside suites, which counts once',
		"describe('s', () => { describe('t', () => { test('b', () => { throw new Error('no'); }); }); });",
		'0 passed, 1 failed',
		1,
	],
	[
		'a hook that fails',
		"describe('s', () => { before(() => { throw new Error('no'); }); test('b', () => {}); });\ntest('a', () => {});",
		'1 passed, 2 failed',
		1,
	],
	['a skipped test', "test('a', () => {});\ntest('b', { skip: true }, () => {});", '1 passed, 1 failed', 1],
	['a file that throws', "throw new Error('no');", '0 passed, 1 failed', 1],
	['a file without a test', '', '0 passed, 1 failed', 1],
	[
		'a file that ends early with status 0',
		"test('a', () => {});\ntest('b', () => { process.exit(0); });\ntest('c', () => {});",
		'0 passed, 1 failed',
		1,
	],
	[
		'an error after the tests',
		"test('a', () => {});\nsetTimeout(() => { throw new Error('late'); }, 50);",
		'1 passed, 1 failed',
		1,
	],
];

for (const [index, [what, text, last, status]] of cases.entries()) {
	test(`${what}: the runner ends with "${last}"`, () => {
		assert.deepEqual(verdict(`case-${index}`, text), { last, status });
	});
}

test('a file that kills itself is a failure', () => {
	const { last, status } = verdict(
		'killed',
		"test('b', async () => { process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); });",
	);
	assert.equal(last, '0 passed, 1 failed');
	assert.equal(status, 1);
});

test('a temporary folder that a test forgets is told and removed', () => {
	const file = join(scratch, 'forgets.test.ts');
	const fs = "import { mkdtempSync } from 'node:fs';\nimport { tmpdir } from 'node:os';\nimport { join } from 'node:path';\n";
	writeFileSync(file, `${imports}${fs}test('a', () => console.error(mkdtempSync(join(tmpdir(), 'forgotten-'))));`);
	const runner = [join(import.meta.dirname, '..', 'run.ts'), file];
	const { stdout, stderr, status } = spawnSync(process.execPath, runner, { encoding: 'utf8' });
	assert.equal(status, 0);
	assert.match(stdout, /left behind, and removed: forgotten-/);
	assert.ok(!existsSync(stderr.trim()));
});

test('a file ends with the runner, also where that is killed', async () => {
	const file = join(scratch, 'waits.test.ts');
	writeFileSync(
		file,
		`${imports}test('a', () => { console.error(process.pid); return new Promise((end) => setTimeout(end, 300_000)); });`,
	);
	const runner = spawn(process.execPath, [join(import.meta.dirname, '..', 'run.ts'), file], {
		env: { ...process.env, TMPDIR: scratch },
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	const [line] = (await once(runner.stderr.setEncoding('utf8'), 'data')) as [string];
	runner.kill('SIGKILL');
	await until('the file has ended', () => {
		try {
			process.kill(Number(line), 0);
			return false;
		} catch {
			return true;
		}
	});
});

test('a suite that does not exist is a usage error and never "0 failed"', () => {
	const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, '..', 'run.ts'), 'nonsense'], {
		encoding: 'utf8',
	});
	assert.equal(status, 64);
	assert.match(stderr, /no such test file or suite: nonsense/);
});

test('where what a suite needs cannot be had, each of its files fails with the reason and none is run', async () => {
	const prepare = () => Promise.reject(new Error('install Go'));
	const results = await runFiles({ name: 's', files: ['a.test.ts', 'b.test.ts'], concurrency: 1, prepare }, scratch);
	assert.deepEqual(
		results.map(({ path, passed, failures }) => [path, passed, failures]),
		['a.test.ts', 'b.test.ts'].map((path) => [path, 0, [{ name: 'not run', detail: 'install Go' }]]),
	);
});

test('tests that need a cluster or a node are suites of their own, and no other suite needs Go', () => {
	const all = suites(join(import.meta.dirname, '..', '..'));
	const needs = (file: string): string | undefined =>
		/^test\/(?:integration\/)?(cluster|node)\//.exec(file)?.[1] ?? /^test\/(e2e)\//.exec(file)?.[1];
	for (const { name, files, prepare } of all) {
		const itself = ['cluster', 'node', 'e2e'].includes(name) ? name : undefined;
		assert.deepEqual(
			files.filter((file) => needs(file) !== itself),
			[],
		);
		assert.equal(prepare !== undefined, itself !== undefined, name);
	}
	assert.ok(all.find(({ name }) => name === 'cluster')?.files.includes('test/integration/cluster/crds.test.ts'));
	assert.ok(all.find(({ name }) => name === 'node')?.files.includes('test/integration/node/whole-system.test.ts'));
});
