import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { temporaryRoot } from './temporary-root.ts';

interface Report {
	readonly revision: number | null;
	readonly outcomes: readonly { readonly name: string; readonly rule: string; readonly message: string }[];
	readonly torn: readonly string[];
	readonly temporaries: readonly string[];
	readonly left: number;
	/** What git passes over in the state folder. */
	readonly ignored: string;
}

/** Applies a revision on a tmpfs of 1 MB with so many bytes free, in a mount namespace that ends with the child. */
function onFullDisk(t: TestContext, free: number): Report {
	const root = temporaryRoot(t);
	const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
	const child = path.join(import.meta.dirname, 'full-disk.ts');
	const { stdout, stderr, status, error } = spawnSync(
		'unshare',
		[...user, '--mount', process.execPath, child, root, String(free)],
		{ encoding: 'utf8' },
	);
	assert.equal(status, 0, `a tmpfs in a mount namespace is needed: run as root, or allow user namespaces. ${error ?? stderr}`);
	return JSON.parse(stdout) as Report;
}

if (process.platform === 'linux') {
	test('no room for the journal: nothing is changed, and every file says why', (t) => {
		const report = onFullDisk(t, 0);
		assert.deepEqual([report.revision, report.torn, report.temporaries, report.left], [null, [], [], 0]);
		assert.equal(report.ignored, '*\n');
		assert.equal(report.outcomes.length, 12);
		for (const { rule, message } of report.outcomes) {
			assert.equal(rule, 'file/write-failed');
			assert.match(message, /^the journal could not be written, so nothing was changed: .*no space left on device$/);
		}
	});

	test('room for some files only: those are written, the others stay as they were, and nothing is half-written', (t) => {
		const report = onFullDisk(t, 28 * 1024);
		assert.deepEqual([report.revision, report.torn, report.temporaries, report.left], [1, [], [], 0]);
		const rules = new Set(report.outcomes.map(({ rule }) => rule));
		assert.deepEqual([...rules].sort(), ['file/write-failed', 'written']);
		for (const { rule, message } of report.outcomes) if (rule !== 'written') assert.match(message, /no space left on device/);
	});
}
