import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const scratch = mkdtempSync(join(tmpdir(), 'gpupolicy-examples-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function copyOf(example: string): string {
	const folder = join(scratch, example);
	cpSync(join(root, 'examples', example), folder, { recursive: true, filter: (source) => basename(source) !== '.gpupolicy' });
	return folder;
}

function gpupolicy(cwd: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
	return spawnSync(process.execPath, [join(root, 'bin', 'gpupolicy.js'), ...args], { cwd, encoding: 'utf8' });
}

test('npm run demo shows the main job: 2 before, 0 after, nothing written twice, every byte back', () => {
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'examples', 'demo.ts')], {
		encoding: 'utf8',
		env: { ...process.env, NO_COLOR: '1' },
	});
	assert.equal(status, 0, stdout + stderr);
	assert.match(stdout, /^As documented: /m);
	assert.equal(stderr, '');
});

test('in mixed-gpu, what the README calls untouched is untouched', () => {
	const repo = copyOf('mixed-gpu');
	assert.equal(gpupolicy(repo, 'reconcile').status, 0);
	for (const file of ['src/tinyvision/profile.py', 'src/tinyvision/data.py', 'src/tinyvision/__init__.py', 'tools/gpu_info.py']) {
		assert.deepEqual(readFileSync(join(repo, file)), readFileSync(join(root, 'examples', 'mixed-gpu', file)), file);
	}
});

test('in needs-a-person, each file is reported with the rule that its README names, before and after reconcile', () => {
	const repo = copyOf('needs-a-person');
	const readme = readFileSync(join(repo, 'README.md'), 'utf8');
	const expected = [...readme.matchAll(/^\| `([^`]+)` \|(.*)$/gm)].flatMap(([, path, text]) =>
		[...(text ?? '').matchAll(/`([a-z]+\/[a-z-]+)`/g)].map(([, rule]) => `${path} ${rule}`),
	);
	assert.equal(expected.length, 7);
	for (const moment of ['before', 'after'] as const) {
		if (moment === 'after') assert.equal(gpupolicy(repo, 'reconcile').status, 2);
		const checked = gpupolicy(repo, 'check', '-o', 'json');
		assert.equal(checked.status, 2, checked.stderr);
		const { files } = JSON.parse(checked.stdout) as { files: { path: string; findings: { rule: string }[] }[] };
		const found = new Set(files.flatMap(({ path, findings }) => findings.map(({ rule }) => `${path} ${rule}`)));
		assert.deepEqual(
			expected.filter((line) => !found.has(line)),
			[],
			`${moment} reconcile; found ${[...found].join(', ')}`,
		);
	}
	for (const file of ['tools/broken.py', 'tools/stubs.py']) {
		assert.deepEqual(readFileSync(join(repo, file)), readFileSync(join(root, 'examples', 'needs-a-person', file)), file);
	}
});
