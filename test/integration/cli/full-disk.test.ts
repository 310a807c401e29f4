import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { bareProgram, bin, policy, Sandbox } from './sandbox.ts';

/** A shell script in a mount namespace of its own, in a tmpfs of 1 MB that holds a policy and a program. */
function onSmallDisk(t: TestContext, script: string): string {
	const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'good.py': bareProgram });
	const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
	const prepare =
		'disk=$PWD/disk && mkdir "$disk" && mount -t tmpfs -o size=1m tmpfs "$disk" && cp gpupolicy.yaml good.py "$disk" && cd "$disk" || exit 99';
	const run = `run() { "${process.execPath}" "${bin}" "$@" 2>&1 >/dev/null; echo "$* exits with $?"; }`;
	const ran = spawnSync('unshare', [...user, '--mount', 'sh', '-c', `${prepare}; ${run}; ${script}`], {
		cwd: repo.root,
		encoding: 'utf8',
	});
	assert.equal(
		ran.status,
		0,
		`a tmpfs in a mount namespace is needed: run as root, or allow user namespaces. ${ran.error ?? ran.stderr}`,
	);
	return ran.stdout;
}

if (process.platform === 'linux') {
	describe('a disk that cannot be written', () => {
		const passes = 'run check; run reconcile; run reconcile --release; run rollback; run init --force';

		it('is named with its reason, a code and a way out, once full', (t) => {
			const full = 'dd if=/dev/zero of=ballast bs=4k 2>/dev/null';
			const text = onSmallDisk(t, `run reconcile; ${full}; ${passes}; rm ballast; run check; exit 0`);
			assert.doesNotMatch(text, /internal error|ENOSPC|\n {4}at /);
			assert.match(text, /^error: .*\.gpupolicy\/lock cannot be taken: .*full \[GP3301\]\n {2}Free some space/m);
			assert.match(text, /reconcile exits with 1\n/);
			assert.match(text, /check exits with 0\n$/, 'nothing half-written is left');
		});

		it('is named likewise where it is mounted read-only, before and after a first pass', (t) => {
			const readOnly = 'mount -o remount,ro "$disk"';
			const text = onSmallDisk(
				t,
				`${readOnly}; ${passes}; mount -o remount,rw "$disk"; run reconcile; ${readOnly}; ${passes}; exit 0`,
			);
			assert.doesNotMatch(text, /internal error|EROFS|\n {4}at /);
			assert.match(text, /^error: .*\.gpupolicy cannot be written: read-only file system \[GP3104\]\n {2}Mount/m);
			assert.match(text, /^error: .*status\.json cannot be written: read-only file system \[GP3104\]\n {2}Mount/m);
			assert.match(text, /^note: the status was not stored: .*read-only file system$/m);
		});
	});
}
