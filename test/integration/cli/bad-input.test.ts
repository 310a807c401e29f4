import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, it } from 'node:test';
import { bareProgram, bin, policy, Sandbox } from './sandbox.ts';

/** The other files are converged whatever one file is like. */
function assertOthersConverged(repo: Sandbox): void {
	assert.match(repo.read('good.py'), /^# >>> gpupolicy one: managed block, do not edit\n/);
}

describe('roots and manifests that cannot be used', () => {
	it('says what is missing where there is no policy, and exits with 1', (t) => {
		const ran = new Sandbox(t).run(['check']);
		assert.equal(ran.code, 1);
		assert.match(ran.stderr, /no policy in .*: there is no gpupolicy\.yaml/);
		assert.equal(ran.stdout, '');
	});

	it('refuses a root that is a file or is not there', (t) => {
		const repo = new Sandbox(t, { 'a-file': 'x' });
		for (const [root, expected] of [['a-file', /is not a directory/] as const, ['nowhere', /does not exist/] as const]) {
			const ran = repo.run(['reconcile', '-C', root]);
			assert.equal(ran.code, 1);
			assert.match(ran.stderr, expected);
		}
	});

	it('exits with 64 on wrong usage and says where help is', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy() });
		for (const args of [
			['check', '--nope'],
			['nonsense'],
			['check', '-o', 'xml'],
			['rollback', 'seven'],
			['check', '--timeout', 'soon'],
			['rollback', '1', '--to', '2'],
		]) {
			const ran = repo.run(args);
			assert.equal(ran.code, 64, `${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
			assert.notEqual(ran.stderr, '');
		}
	});

	it('shows the place of a fault in a manifest, uses the good documents, and exits with 1', (t) => {
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': `${policy()}---\napiVersion: gpupolicy.dev/v1alpha1\nkind: GpuPolicy\nmetadata: { name: two }\nspec:\n  mode: Enforced\n`,
			'good.py': bareProgram,
		});
		const ran = repo.run(['reconcile']);
		assert.equal(ran.code, 1);
		assert.match(ran.stderr, /gpupolicy\.yaml:\d+:\d+: spec\.mode: .*\[GP10\d\d\]/);
		assertOthersConverged(repo);
	});

	it('does not hang on a 10 MB manifest or a manifest that is a FIFO', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': `# ${'x'.repeat(10 * 1024 * 1024)}\n${policy()}` });
		assert.equal(repo.run(['check']).code, 1);
		fs.rmSync(repo.at('gpupolicy.yaml'));
		assert.equal(spawnSync('mkfifo', [repo.at('gpupolicy.yaml')]).status, 0);
		const ran = repo.run(['check']);
		assert.equal(ran.code, 1);
		assert.match(ran.stderr, /no regular file/);
	});
});

describe('a state folder that is not what was made', () => {
	it('is a coded error that says to move it away, never a stack', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'good.py': bareProgram, '.gpupolicy': 'a file' });
		for (const command of ['plan', 'check', 'reconcile', 'history', 'rollback']) {
			const ran = repo.run([command]);
			assert.equal(ran.code, 1, command);
			assert.match(ran.stderr, /^error: .*\.gpupolicy.* \[GP310[56]\]\n {2}.*move it away/im, command);
		}
		fs.rmSync(repo.at('.gpupolicy'));
		fs.mkdirSync(repo.at('.gpupolicy/status.json'), { recursive: true });
		for (const command of ['get', 'describe', 'check']) {
			const ran = repo.run([command]);
			assert.equal(ran.code, 1, command);
			assert.match(ran.stderr, /^error: .*status\.json cannot be read: is a directory \[GP3106\]\n {2}.*move it away/m, command);
		}
	});
});

describe('what the operating system refuses', () => {
	it('is one line with a code, the path, the reason and a way out, whatever stands in the place of our files', (t) => {
		const names = ['lock', 'lock-holder.json', 'holds.json', 'index', 'journal', 'journal/00000001.rev', 'journal/extent.json'];
		for (const name of names) {
			const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'good.py': bareProgram });
			fs.mkdirSync(repo.at(`.gpupolicy/${name}/x`), { recursive: true });
			for (const command of ['check', 'reconcile', 'history', 'rollback']) {
				const { code, stderr } = repo.run([command]);
				assert.ok(code === 0 || code === 1 || code === 2, `${name} ${command}: ${code}`);
				if (code === 1) assert.match(stderr, /^(?:error: .* \[GP\d{4}\]\n {2}\S.*\n)+$/, `${name} ${command}`);
				assert.doesNotMatch(stderr, /internal error|\bE[A-Z]{4,}\b|\n {4}at /, `${name} ${command}`);
			}
		}
	});

	it('says what to do about a lock file that is not one', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'good.py': bareProgram });
		repo.write('.gpupolicy/lock', 'garbage '.repeat(100));
		const garbage = repo.run(['reconcile']);
		assert.equal(garbage.code, 1);
		assert.match(garbage.stderr, /lock cannot be taken: .*\[GP3301\]\n {2}It is not the file that gpupolicy made: remove it/);
		fs.rmSync(repo.at('.gpupolicy/lock'));
		fs.symlinkSync('/nonexistent/lock', repo.at('.gpupolicy/lock'));
		assert.match(repo.run(['reconcile']).stderr, /\[GP3301\]\n {2}What stands there is no regular file: move it away/);
		fs.rmSync(repo.at('.gpupolicy/lock'));
		assert.equal(repo.run(['reconcile']).code, 0);
	});

	if (process.platform === 'linux') {
		it('is one line too where the result cannot be printed, and nothing at all where a reader went away', (t) => {
			const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'good.py': bareProgram });
			const full = fs.openSync('/dev/full', 'w');
			t.after(() => fs.closeSync(full));
			repo.run(['check']);
			for (const command of ['check', 'get', '--version', '--help', 'plan --help', 'history', 'explain env/late']) {
				const ran = repo.run(command.split(' '), { stdout: full });
				assert.equal(ran.code, 1, command);
				assert.match(
					ran.stderr,
					/^error: .*standard output: no space left on device \[GP3108\]\n {2}Free some space.*\n$/,
					command,
				);
				const { stderr } = spawnSync('sh', ['-c', `${process.execPath} ${bin} ${command} | true`], { cwd: repo.root });
				assert.equal(String(stderr), '', command);
			}
		});
	}
});

describe('a journal that was damaged from outside', () => {
	it('is listed as far as it can be read; history says which revision is damaged or gone, and how to go on', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'good.py': bareProgram });
		assert.equal(repo.run(['reconcile']).code, 0);
		repo.write('late.py', bareProgram);
		assert.equal(repo.run(['reconcile']).code, 0);
		const record = repo.at('.gpupolicy/journal/00000002.rev');
		fs.truncateSync(record, 40);
		const ran = repo.run(['history']);
		assert.equal(ran.code, 1);
		assert.match(ran.stdout, /^2 .* damaged: GP3201\n1 .*reconcile/m);
		assert.match(
			ran.stderr,
			/^error: the journal is damaged: .*00000002\.rev was cut off.* \[GP3201\]\n {2}Move this file away/m,
		);
		assert.equal(JSON.parse(repo.run(['history', '-o', 'json']).stdout).length, 1);
		repo.write('later.py', bareProgram);
		const refused = repo.run(['reconcile']);
		assert.deepEqual([refused.code, repo.read('later.py')], [1, bareProgram]);
		assert.match(refused.stderr, /GP3201/);
		assert.match(repo.run(['rollback']).stderr, /GP3201/);
		fs.renameSync(record, repo.at('moved-away'));
		assert.match(repo.run(['rollback']).stderr, /revision 2 is gone .*\[GP3205\]/, 'no older revision is taken for the last');
		assert.equal(repo.run(['reconcile']).code, 0);
		const after = repo.run(['history']);
		assert.equal(after.code, 0);
		assert.match(after.stdout, /^3 .*\n2 .* gone: GP3205\n1 /m);
		assert.match(after.stderr, /^note: .*revision 2 .*\[GP3205\]/);
	});
});

describe('files that cannot be converged', () => {
	it('leaves a file with a syntax error byte-identical, reports its place, and converges the others', (t) => {
		const broken = 'import torch\nx = (1,\n';
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'broken.py': broken, 'good.py': bareProgram });
		const ran = repo.run(['reconcile']);
		assert.equal(ran.code, 2);
		assert.match(ran.stdout, /broken\.py:\d+:\d+: file\/syntax/);
		assert.equal(repo.read('broken.py'), broken);
		assertOthersConverged(repo);
	});

	it('leaves undecodable, generated and oversized files byte-identical', (t) => {
		const files = {
			'latin.py': Buffer.concat([Buffer.from('import torch\nname = "caf'), Buffer.from([0xe9]), Buffer.from('"\n')]),
			'generated.py': Buffer.from('# @generated by protoc. DO NOT EDIT.\nimport torch\n'),
			'large.py': Buffer.from(`import torch\n${'# padding\n'.repeat(250_000)}`),
		};
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'good.py': bareProgram, ...files });
		const ran = repo.run(['reconcile']);
		assert.equal(ran.code, 2);
		for (const rule of ['file/encoding', 'file/generated', 'file/too-large']) assert.match(ran.stdout, new RegExp(rule));
		for (const [name, bytes] of Object.entries(files)) assert.ok(fs.readFileSync(repo.at(name)).equals(bytes), name);
		assertOthersConverged(repo);
	});

	it('edits the target of a link inside the root once, never follows one out of it, and replaces no link', (t) => {
		const outside = new Sandbox(t, { 'target.py': bareProgram });
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'good.py': bareProgram });
		fs.symlinkSync('good.py', repo.at('alias.py'));
		fs.symlinkSync(outside.at('target.py'), repo.at('escape.py'));
		fs.symlinkSync('loop-b.py', repo.at('loop-a.py'));
		fs.symlinkSync('loop-a.py', repo.at('loop-b.py'));
		fs.symlinkSync('.', repo.at('self'));
		const ran = repo.run(['reconcile']);
		assert.equal(ran.code, 2);
		assert.match(ran.stdout, /escape\.py: .*file\/outside/);
		assert.equal(outside.read('target.py'), bareProgram);
		for (const link of ['alias.py', 'escape.py', 'loop-a.py', 'self'])
			assert.ok(fs.lstatSync(repo.at(link)).isSymbolicLink(), link);
		assert.equal(repo.read('good.py').match(/>>> gpupolicy/g)?.length, 1);
		assertOthersConverged(repo);
	});

	it('never opens FIFOs, and copes with names that hold newlines or are not UTF-8', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'good.py': bareProgram, 'new\nline.py': bareProgram });
		assert.equal(spawnSync('mkfifo', [repo.at('pipe.py')]).status, 0);
		const odd = Buffer.concat([Buffer.from(`${repo.root}/odd-`), Buffer.from([0xff]), Buffer.from('.py')]);
		fs.writeFileSync(odd, bareProgram);
		const ran = repo.run(['reconcile']);
		assert.equal(ran.code, 2);
		assert.match(ran.stdout, /pipe\.py: .*file\/not-regular/);
		assert.match(ran.stdout, /file\/name/);
		assert.match(repo.read('new\nline.py'), /managed block/);
		assert.equal(fs.readFileSync(odd, 'utf8'), bareProgram);
		assertOthersConverged(repo);
	});

	it('refuses read-only files as a user who is not root, and reports folders that it may not list', (t) => {
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': policy(),
			'good.py': bareProgram,
			'fixed.py': bareProgram,
			'closed/in.py': bareProgram,
		});
		fs.chmodSync(repo.at('fixed.py'), 0o444);
		fs.chmodSync(repo.at('closed'), 0o000);
		const uid = process.getuid?.() === 0 ? 65_534 : undefined;
		if (uid !== undefined)
			for (const name of ['.', 'gpupolicy.yaml', 'good.py', 'fixed.py', 'closed']) fs.chownSync(repo.at(name), uid, uid);
		const as = uid === undefined ? {} : { uid };
		assert.match(repo.run(['plan'], as).stdout, /! fixed\.py +file\/read-only/, 'plan promises nothing that reconcile refuses');
		const ran = repo.run(['reconcile'], as);
		fs.chmodSync(repo.at('closed'), 0o755);
		assert.equal(ran.code, 2, ran.stdout + ran.stderr);
		assert.match(ran.stdout, /fixed\.py.*file\/read-only/);
		assert.match(ran.stdout, /closed.*file\/unreadable/);
		assert.equal(repo.read('fixed.py'), bareProgram);
		assertOthersConverged(repo);
	});
});

describe('two passes at once', () => {
	it('says who holds the lock and exits with 1', async (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'good.py': bareProgram });
		const { openPassLock } = await import('../../../src/host/lock/open-pass-lock.ts');
		const lock = openPassLock(repo.root).acquire('gpupolicy test');
		assert.ok(lock.ok);
		const ran = repo.run(['reconcile']);
		lock.release();
		assert.equal(ran.code, 1);
		assert.match(ran.stderr, new RegExp(`another pass is running in this root: pid ${process.pid} \\(gpupolicy test\\) since`));
		assert.equal(repo.read('good.py'), bareProgram);
		assert.equal(repo.run(['reconcile']).code, 0);
	});
});

describe('names that a repo chooses', () => {
	it('never write on the terminal: control characters are spelt out in every text', (t) => {
		const name = 'a\u001b[2Jb\nc\u202e.py';
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), [name]: bareProgram, 'z.py': 'def broken(:\n' });
		fs.symlinkSync(`/etc/\u001b[31mpasswd`, repo.at('out\u001b[31m.py'));
		for (const command of ['plan', 'check', 'reconcile', 'get -o wide', 'describe', 'history 1', 'rollback']) {
			const { stdout, stderr } = repo.run(command.split(' '));
			// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
			assert.doesNotMatch(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/, command);
			if (command === 'plan') assert.match(stdout, /~ a\\x1b\[2Jb\\x0ac\\u202e\.py/);
		}
	});
});
