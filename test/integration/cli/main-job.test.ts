import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { PassReport } from '../../../src/engine/report.ts';
import { defaultGpuLibraries } from '../../../src/formats/python/gpu-libraries.ts';
import { bareProgram, policy, Sandbox } from './sandbox.ts';

const example = path.join(import.meta.dirname, '..', '..', '..', 'examples', 'mixed-gpu');

function exampleRepo(t: TestContext): Sandbox {
	const sandbox = new Sandbox(t);
	fs.cpSync(example, sandbox.root, { recursive: true });
	return sandbox.commitAll();
}

function json<T>(text: string): T {
	return JSON.parse(text) as T;
}

describe('the main job on the example', () => {
	it('finds drift, mends it, writes nothing the second time, and rolls back every byte', (t) => {
		const repo = exampleRepo(t);
		const before = repo.snapshot();
		assert.equal(repo.run(['check']).code, 2);
		assert.deepEqual(repo.snapshot(), before, 'check writes no file of the repo');
		const first = repo.run(['reconcile', '-o', 'json']);
		assert.equal(first.code, 0, first.stdout + first.stderr);
		assert.equal(json<PassReport>(first.stdout).revision, 1);
		assert.equal(repo.run(['check']).code, 0);
		const converged = repo.snapshot({ mtimes: true });
		assert.notDeepEqual(repo.snapshot(), before);
		const second = repo.run(['reconcile', '-o', 'json']);
		assert.equal(second.code, 0);
		assert.equal(json<PassReport>(second.stdout).revision, null);
		assert.deepEqual(repo.snapshot({ mtimes: true }), converged, 'not even an mtime changes');
		const rollback = repo.run(['rollback']);
		assert.equal(rollback.code, 0, rollback.stderr);
		assert.deepEqual(repo.snapshot(), before);
		assert.equal(repo.git('status', '--porcelain'), '', 'git sees no difference and no state folder');
	});

	it('plans without writing anything at all, and its diff is what reconcile does', (t) => {
		const repo = exampleRepo(t);
		const before = repo.snapshot({ mtimes: true, without: ['.git'] });
		const plan = repo.run(['plan', '--diff']);
		assert.equal(plan.code, 0);
		assert.match(plan.stdout, /Nothing was written\./);
		assert.match(plan.stdout, /^\+os\.environ\["CUDA_VISIBLE_DEVICES"\] = "1"$/m);
		assert.deepEqual(repo.snapshot({ mtimes: true, without: ['.git'] }), before, 'no .gpupolicy either');
		assert.equal(repo.run(['plan', '--exit-code']).code, 2);
		repo.run(['reconcile']);
		assert.equal(repo.run(['plan', '--exit-code']).code, 0);
	});

	it('shows the devices with the reason for each verdict', (t) => {
		const { stdout } = exampleRepo(t).run(['plan']);
		assert.match(stdout, /RTX 5060 Ti .*denied: productName matches deny\[0\]/);
		assert.match(stdout, /RTX 3090 .*allowed: allow\[0\] productName, minMemory/);
		assert.match(stdout, /recorded gpupolicy\.inventory\.yaml/);
	});

	it('prints the same bytes for --json and -o json, and valid SARIF, JUnit and GitHub annotations', (t) => {
		const repo = exampleRepo(t);
		const normal = (text: string) => text.replace(/"(at|durationMs|read|bytesRead)": [^,\n]*/g, '');
		repo.run(['check']);
		assert.equal(normal(repo.run(['check', '--json']).stdout), normal(repo.run(['check', '-o', 'json']).stdout));
		const sarif = json<{ version: string; runs: { results: { ruleId: string; locations: unknown[] }[] }[] }>(
			repo.run(['check', '-o', 'sarif']).stdout,
		);
		assert.equal(sarif.version, '2.1.0');
		const report = json<PassReport>(repo.run(['check', '--json']).stdout);
		const findings = report.files.flatMap((file) => file.findings);
		assert.equal(sarif.runs[0]?.results.length, findings.length);
		assert.match(
			repo.run(['check', '-o', 'junit']).stdout,
			new RegExp(`<testsuite name="gpupolicy" tests="${report.files.length + 1}" failures="${report.files.length}"`),
		);
		const annotations = repo.run(['check', '-o', 'github']).stdout.trim().split('\n');
		assert.equal(annotations.length, findings.length);
		assert.ok(annotations.every((line) => /^::(error|warning) file=/.test(line)));
	});

	it('tells the truth through get and describe after each step', (t) => {
		const repo = exampleRepo(t);
		assert.match(repo.run(['get']).stderr, /no pass was made here yet/);
		repo.run(['check']);
		assert.match(repo.run(['get']).stdout, /rtx3090-only +False +Enforce +1\/(\d+) +- +- +DriftDetected/);
		repo.run(['reconcile']);
		assert.match(repo.run(['get']).stdout, /rtx3090-only +True +Enforce +(\d+)\/\1 +- +- +Converged/);
		assert.match(
			repo.run(['describe', 'rtx3090-only']).stdout,
			/FilesConverged +True +InSync .*(\d+) of \1 governed files in order \(100%\)/,
		);
		assert.match(repo.run(['history']).stdout, /^1 +\S+ +reconcile +\d+ +rtx3090-only/m);
		assert.equal(repo.run(['get', 'nobody']).code, 1);
	});

	it('leaves what was rolled back alone until it is released', (t) => {
		const repo = exampleRepo(t);
		const before = repo.snapshot();
		repo.run(['reconcile']);
		repo.run(['rollback', '1']);
		const held = repo.run(['reconcile']);
		assert.equal(held.code, 2);
		assert.match(held.stdout, /on hold since revision 2/);
		assert.deepEqual(repo.snapshot(), before);
		assert.equal(repo.run(['reconcile', '--release']).code, 0);
		assert.notDeepEqual(repo.snapshot(), before);
	});
});

describe('what a policy may and may not do', () => {
	it('changes nothing in Audit, reports everything, and is Ready once the audit is complete', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy({ mode: 'Audit' }), 'train.py': bareProgram });
		const before = repo.snapshot();
		assert.equal(repo.run(['reconcile']).code, 2);
		assert.deepEqual(repo.snapshot(), before);
		assert.match(repo.run(['get']).stdout, /one +True +Audit +0\/1 .*AuditOnly/);
		assert.match(repo.run(['describe']).stdout, /FilesConverged +False +Drifted/);
	});

	it('says of a policy in Audit that it changes nothing, also where another policy changes its files', (t) => {
		const audit = policy({ name: 'audit', mode: 'Audit', env: ['{ name: ONLY_AUDITED, value: x }'] });
		const repo = new Sandbox(t, { 'gpupolicy.yaml': `${policy()}---\n${audit}`, 'train.py': bareProgram });
		assert.match(repo.run(['plan']).stdout, /audit .*Audit\n +files +0 in order, 1 deviate \(Audit\), 0 for a person/);
		const { stdout } = repo.run(['reconcile']);
		assert.match(stdout, /^audit {2}0 files changed, .*1 deviate \(Audit\)/m);
		assert.match(stdout, /^one {2}1 file changed/m);
		assert.doesNotMatch(repo.run(['describe', 'audit']).stdout, /gpupolicy reconcile +change it/);
	});

	it('plans and checks only what git lets reconcile do, and forgets the refusal when its reason is gone', (t) => {
		const secret = policy({
			include: ['train.py', 'Dockerfile'],
			ordinal: null,
			env: ['{ name: TOKEN, valueFrom: { file: { path: token } } }'],
		});
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': secret,
			'.gitignore': 'token\n',
			token: 'hidden',
			Dockerfile: 'FROM x\nENV TOKEN=old CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=1\nCMD ["python", "train.py"]\n',
			'train.py': bareProgram,
		}).commitAll();
		repo.write('train.py', `${bareProgram}# more\n`);
		const plan = repo.run(['plan']).stdout;
		assert.match(plan, /secret\/tracked/);
		assert.match(plan, /file\/dirty/);
		assert.doesNotMatch(plan, /^ {2}~/m);
		const check = repo.run(['check']).stdout;
		assert.match(check, /secret\/tracked/);
		assert.doesNotMatch(check, /file\/dirty/);
		assert.match(repo.run(['reconcile']).stdout, /file\/dirty/);
		repo.git('commit', '-qam', 'more');
		assert.doesNotMatch(repo.run(['check']).stdout, /file\/dirty/);
		repo.git('rm', '-q', '--cached', 'Dockerfile');
		repo.write('.gitignore', 'token\nDockerfile\n');
		repo.run(['reconcile']);
		assert.match(repo.read('Dockerfile'), /TOKEN=hidden/);
	});

	it('skips a suspended policy with one line and exit 0, and still checks it', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy({ suspend: true }), 'train.py': bareProgram });
		const before = repo.snapshot();
		const ran = repo.run(['reconcile']);
		assert.equal(ran.code, 0, ran.stdout);
		assert.equal(ran.stdout, 'one  suspended; nothing was done\n');
		assert.deepEqual(repo.snapshot(), before);
		assert.equal(repo.run(['check']).code, 2);
	});

	it('applies neither of two policies that contradict each other in a file, and names both', (t) => {
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': `${policy({ name: 'left', visible: '1' })}---\n${policy({ name: 'right', visible: '0', include: ['shared/*.py'] })}`,
			'shared/train.py': bareProgram,
			'own/train.py': bareProgram,
		});
		const ran = repo.run(['reconcile']);
		assert.equal(ran.code, 2);
		assert.equal(repo.read('shared/train.py'), bareProgram);
		assert.match(repo.read('own/train.py'), /gpupolicy left/);
		const described = repo.run(['describe']).stdout;
		assert.equal(described.match(/Stalled +True +ConflictingPolicies/g)?.length, 2);
		assert.match(
			described,
			/policies left and right want different values of CUDA_VISIBLE_DEVICES \(1, 0\) in shared\/train\.py/,
		);
	});

	it('removes the block of a policy that is gone only with --prune, and never while a manifest fails to load', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy({ name: 'old' }), 'train.py': bareProgram });
		assert.equal(repo.run(['reconcile']).code, 0);
		repo.write('gpupolicy.yaml', policy({ name: 'new', include: ['other/*.py'] }));
		repo.write('other/a.py', 'print(1)\n');
		const left = repo.run(['check']);
		assert.match(left.stdout, /env\/orphaned +the managed block of policy old is left over/);
		repo.run(['reconcile']);
		assert.match(repo.read('train.py'), /gpupolicy old/);
		repo.write('broken.gpupolicy.yaml', 'spec: [\n');
		assert.equal(repo.run(['reconcile', '--prune']).code, 1);
		assert.match(repo.read('train.py'), /gpupolicy old/);
		fs.rmSync(repo.at('broken.gpupolicy.yaml'));
		repo.run(['reconcile', '--prune']);
		assert.doesNotMatch(repo.read('train.py'), /gpupolicy/);
	});

	it('calls a block left over in a file that its policy no longer selects, and removes it with --prune', (t) => {
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': policy({ include: ['train.py', 'other.py'] }),
			'train.py': bareProgram,
			'other.py': bareProgram,
		});
		assert.equal(repo.run(['reconcile']).code, 0);
		repo.write('gpupolicy.yaml', policy({ include: ['other.py'] }));
		const left = repo.run(['check']);
		assert.equal(left.code, 2);
		assert.match(left.stdout, /^train\.py:\d+:1: env\/orphaned .*: it does not select this file$/m);
		assert.equal(repo.run(['reconcile']).code, 2);
		assert.match(repo.read('train.py'), /gpupolicy/);
		assert.equal(repo.run(['reconcile', '--prune']).code, 0);
		assert.equal(repo.read('train.py'), bareProgram.replace('cuda:1', 'cuda:0'));
		assert.match(repo.read('other.py'), /gpupolicy/);
	});

	it('never calls a block left over whose policy stands in a manifest that -f does not name', (t) => {
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': policy({ name: 'one', include: ['one.py'] }),
			'policies/two.yaml': policy({ name: 'two', include: ['one.py'] }),
			'policies/three.yaml': policy({ name: 'three', include: ['none.py'] }),
			'one.py': bareProgram,
			'none.py': 'x = 1\n',
		});
		assert.equal(repo.run(['reconcile', '-f', 'gpupolicy.yaml', '-f', 'policies']).code, 0);
		const both = repo.read('one.py');
		assert.match(both, /gpupolicy one[\s\S]*gpupolicy two/);
		const part = repo.run(['reconcile', '--prune', '-f', 'policies/three.yaml']);
		assert.equal(part.code, 0, part.stdout);
		assert.equal(repo.read('one.py'), both, 'two.yaml stands beside it');
		repo.write('policies/two.yaml', 'kind: GpuPolicy\nspec: [');
		const broken = repo.run(['reconcile', '--prune', '-f', 'policies/three.yaml']);
		assert.match(broken.stderr, /nothing is pruned: a manifest beside those of -f cannot be used/);
		assert.equal(repo.read('one.py'), both);
		repo.write('policies/two.yaml', policy({ name: 'two', include: ['one.py'] }));
		const folder = repo.run(['reconcile', '--prune', '-f', 'policies']);
		assert.equal(folder.code, 0, folder.stdout);
		assert.equal(repo.read('one.py'), both, 'gpupolicy.yaml still declares the other');
		fs.rmSync(repo.at('policies/two.yaml'));
		assert.equal(repo.run(['reconcile', '--prune', '-f', 'policies']).code, 0);
		assert.doesNotMatch(repo.read('one.py'), /gpupolicy two/);
		assert.match(repo.read('one.py'), /gpupolicy one/);
	});

	it('prunes by the one file that -f names where nothing beside it declares more', (t) => {
		const [one, two] = [policy({ name: 'one', include: ['one.py'] }), policy({ name: 'two', include: ['two.py'] })];
		const values = 'services:\n  web: { image: x }\n';
		const repo = new Sandbox(t, {
			'policy.yaml': `${one}---\n${two}`,
			'compose.yaml': values,
			'one.py': bareProgram,
			'two.py': bareProgram,
		});
		assert.equal(repo.run(['reconcile', '-f', 'policy.yaml']).code, 0);
		repo.write('policy.yaml', one);
		assert.match(repo.run(['check', '-f', 'policy.yaml']).stdout, /^two\.py:\d+:1: env\/orphaned .*: no such policy$/m);
		assert.equal(repo.run(['reconcile', '--prune', '-f', 'policy.yaml']).code, 0);
		assert.doesNotMatch(repo.read('two.py'), /gpupolicy/);
		assert.match(repo.read('one.py'), /gpupolicy one/);
	});

	it('leaves what rests on unknown devices untouched and exits with 3', (t) => {
		const unknown = policy({ extra: '  devices: { allow: [{ productName: NVIDIA GeForce RTX 3090 }] }\n' }).replace(
			'value: "1"',
			'valueFrom: { devices: { as: Index } }',
		);
		const repo = new Sandbox(t, { 'gpupolicy.yaml': unknown, 'train.py': bareProgram });
		const ran = repo.run(['check']);
		assert.equal(ran.code, 2, 'the order variable is still missing');
		assert.match(ran.stdout, /env\/unknown +CUDA_VISIBLE_DEVICES: the value is unknown here/);
		repo.run(['reconcile']);
		assert.doesNotMatch(repo.read('train.py'), /CUDA_VISIBLE_DEVICES/);
		assert.match(repo.read('train.py'), /"cuda:1"/, 'without the number of visible devices no ordinal is judged');
		assert.equal(repo.run(['check']).code, 3);
		assert.match(repo.run(['get']).stdout, /one +Unknown .*FactsUnknown/);
	});

	it('rewrites a value that hides every GPU, saying so, and keeps it in effect where a comment says that it is meant', (t) => {
		const program = (value: string, comment = '') =>
			`import os\n\nos.environ["CUDA_VISIBLE_DEVICES"] = "${value}"${comment}\nimport torch\n`;
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': policy(),
			'empty.py': program(''),
			'minus.py': program('-1'),
			'other.py': program('0'),
			'meant.py': program('', '  # gpupolicy: ignore[env/value] runs beside the training'),
		});
		const { stdout } = repo.run(['check']);
		assert.match(stdout, /empty\.py:3:38: env\/value +CUDA_VISIBLE_DEVICES is "" \(no GPU at all\), the policy wants "1"/);
		assert.match(stdout, /minus\.py:3:38: env\/value +CUDA_VISIBLE_DEVICES is "-1" \(no GPU at all\)/);
		assert.match(stdout, /if the CPU is meant, keep it with a reason: gpupolicy: ignore\[env\/value\] reason/);
		assert.match(stdout, /other\.py:3:38: env\/value +CUDA_VISIBLE_DEVICES is "0", the policy wants "1"/);
		assert.doesNotMatch(stdout, /meant\.py.*env\/value/);
		assert.equal(repo.run(['reconcile']).code, 0);
		for (const name of ['empty.py', 'minus.py']) assert.ok(repo.read(name).endsWith(program('1')), name);
		const lines = repo
			.read('meant.py')
			.split('\n')
			.filter((line) => line.includes('CUDA_VISIBLE_DEVICES'));
		assert.match(lines.at(-1) ?? '', /= "" {2}# gpupolicy: ignore/, 'the last word is the line that is meant');
		assert.equal(repo.run(['check']).code, 0);
	});

	it('demands the variables of a program that imports any library of the built-in list, unless the policy has a list of its own', (t) => {
		const programs = defaultGpuLibraries.map(
			(library) => [`use_${library.replaceAll('.', '_')}.py`, `import ${library}\n`] as const,
		);
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy({ include: ['*.py'] }), ...Object.fromEntries(programs) });
		const governed = () =>
			(JSON.parse(repo.run(['check', '-o', 'json']).stdout) as { counts: { governed: number } }).counts.governed;
		assert.equal(governed(), programs.length);
		repo.write('gpupolicy.yaml', policy({ include: ['*.py'] }).replace('- include:', '- gpuLibraries: [torch]\n      include:'));
		assert.match(repo.read('gpupolicy.yaml'), /gpuLibraries/);
		assert.equal(governed(), 1);
	});

	it('says of a file that an include names and nothing can read that nothing is known of it', (t) => {
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': policy({ include: ['Makefile', '**/*.ipynb', 'bin/*', 'launch', 'train'] }),
			Makefile: 'export CUDA_VISIBLE_DEVICES=0\n',
			'a.ipynb': '{}\n',
			'bin/data': 'x\n',
			launch: '#!/bin/sh\nexport CUDA_VISIBLE_DEVICES=0\n',
			train: `#!/usr/bin/env python3\n${bareProgram}`,
		});
		const { code, stdout } = repo.run(['reconcile']);
		assert.equal(code, 2);
		assert.match(stdout, /^Makefile: include\/no-format /m);
		assert.match(
			stdout,
			/^gpupolicy\.yaml: include\/no-format +include "\*\*\/\*\.ipynb" names files of a kind that is not read/m,
		);
		assert.equal(stdout.match(/include\/no-format/g)?.length, 2);
		assert.match(repo.read('launch'), /^export CUDA_VISIBLE_DEVICES=1$/m);
		assert.match(repo.read('train'), /^#!.*\n# >>> gpupolicy/);
	});

	it('names an include that matches nothing and exits with 2', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy({ include: ['**/*.py', 'nowhere/*.env'] }), 'a.py': 'print(1)\n' });
		const ran = repo.run(['check']);
		assert.equal(ran.code, 2);
		assert.match(ran.stdout, /include\/no-match +include "nowhere\/\*\.env" matches no file/);
		assert.doesNotMatch(ran.stdout, /default/);
	});

	it('says where an include matches nothing because a folder is excluded by default, and the way out', (t) => {
		const include = ['third_party/**/*.py', '**/*.env', 'env/bin/*.py', '.ruff_cache/*.py', 'src/*.sh'];
		const files = { 'third_party/a.py': 'x = 1\n', 'env/pyvenv.cfg': '', 'env/bin/b.py': 'x = 1\n' };
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy({ include }), ...files });
		for (const _ of ['first', 'with the index']) {
			const { stdout } = repo.run(['check']);
			assert.match(stdout, /"third_party\/\*\*\/\*\.py" matches no file; third_party is excluded by default/);
			assert.match(stdout, /"\*\*\/\*\.env" matches no file; env, third_party are excluded by default/);
			assert.match(stdout, /"env\/bin\/\*\.py" matches no file; env is excluded by default/);
			assert.match(stdout, /"\.ruff_cache\/\*\.py" matches no file; \.ruff_cache is excluded by default/);
			assert.match(stdout, /"src\/\*\.sh" matches no file\n/);
			assert.match(stdout, /defaultExcludes: false beside the include takes those folders in/);
		}
		repo.write('gpupolicy.yaml', policy({ include: ['third_party/**/*.py'], defaultExcludes: false }));
		assert.equal(repo.run(['check']).code, 0);
	});
});

describe('git', () => {
	it('applies the diff of a plan to files of any name', (t) => {
		const names = [
			'plain.py',
			'sp ace.py',
			'new\nline.py',
			'ta\tb.py',
			'q"uote.py',
			'back\\slash.py',
			'\u00e9\u202e.py',
			'd ir/\u001b.py',
		];
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': policy(),
			...Object.fromEntries(names.map((name) => [name, bareProgram])),
		}).commitAll();
		const { stdout } = repo.run(['plan', '--diff']);
		const diff = stdout.slice(stdout.indexOf('\n---') + 1, stdout.indexOf('\nNothing was written') + 1);
		repo.write('.git/diff', diff.trimEnd().concat('\n'));
		repo.git('apply', '.git/diff');
		const ran = repo.run(['check']);
		assert.equal(ran.code, 0, ran.stdout);
	});

	it('makes no branch and writes nothing in a repository without a commit', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'a.py': bareProgram });
		repo.git('init', '-q');
		for (const flags of [[], ['--git-tag', 'before']]) {
			const ran = repo.run(['reconcile', '--git-branch', 'rollout', ...flags]);
			assert.equal(ran.code, 1);
			assert.match(ran.stderr, /the repository has none yet \[GP3406\]\n {2}Commit the files as they are first/);
			assert.equal(repo.read('a.py'), bareProgram);
		}
	});

	it('refuses tracked files with uncommitted changes that are not ours, and writes them with --allow-dirty', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'dirty.py': bareProgram, 'clean.py': bareProgram }).commitAll();
		repo.write('dirty.py', `${bareProgram}print("mine")\n`);
		repo.write('untracked.py', bareProgram);
		const ran = repo.run(['reconcile']);
		assert.equal(ran.code, 2);
		assert.match(ran.stdout, /file\/dirty +the file has uncommitted changes/);
		assert.equal(repo.read('dirty.py'), `${bareProgram}print("mine")\n`);
		assert.match(repo.read('clean.py'), /managed block/);
		assert.match(repo.read('untracked.py'), /managed block/);
		repo.write('gpupolicy.yaml', policy({ visible: '0' }));
		repo.run(['reconcile']);
		assert.match(repo.read('clean.py'), /"CUDA_VISIBLE_DEVICES"\] = "0"/, 'our own last revision is not dirt');
		assert.equal(repo.run(['reconcile', '--allow-dirty']).code, 0);
		assert.match(repo.read('dirty.py'), /managed block/);
	});

	it('makes the branch, the tag before and one commit per policy', (t) => {
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': `${policy({ name: 'a', include: ['a/*.py'] })}---\n${policy({ name: 'b', include: ['b/*.py'] })}`,
			'a/x.py': bareProgram,
			'b/y.py': bareProgram,
		}).commitAll();
		repo.git('config', 'user.name', 't');
		repo.git('config', 'user.email', 't@example.com');
		const head = repo.git('rev-parse', 'HEAD').trim();
		const ran = repo.run(['reconcile', '--git-branch', 'gpupolicy/rollout', '--git-tag', 'before-gpupolicy']);
		assert.equal(ran.code, 0, ran.stdout + ran.stderr);
		assert.equal(repo.git('rev-parse', 'before-gpupolicy').trim(), head);
		assert.equal(repo.git('branch', '--show-current').trim(), 'gpupolicy/rollout');
		const subjects = repo.git('log', '--format=%s', `${head}..HEAD`).trim().split('\n');
		assert.deepEqual(subjects, ['Converge 1 file to GpuPolicy b', 'Converge 1 file to GpuPolicy a']);
		assert.equal(repo.git('status', '--porcelain'), '');
		assert.equal(repo.run(['reconcile', '--git-tag', 'x']).code, 64);
	});

	it('commits with the next pass what a pass wrote and could not commit, and nothing that somebody changed since', (t) => {
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'a.py': bareProgram, 'b.py': bareProgram }).commitAll();
		const head = repo.git('rev-parse', 'HEAD').trim();
		const flags = ['reconcile', '--git-branch', 'rollout', '--git-tag', 'before'];
		const nameless = repo.run(flags);
		assert.match(nameless.stderr, /GP3404/);
		assert.equal(repo.read('a.py'), bareProgram, 'nothing is written that cannot be committed');
		assert.equal(repo.git('for-each-ref', 'refs/tags', 'refs/heads/rollout'), '');
		repo.git('config', 'user.name', 't');
		repo.git('config', 'user.email', 't@example.com');
		// As after a kill between the files and their commit.
		repo.write('.git/refs/heads/rollout.lock', '');
		repo.git('switch', '-q', '-c', 'elsewhere');
		repo.git('symbolic-ref', 'HEAD', 'refs/heads/rollout');
		fs.writeFileSync(repo.at('.git/refs/heads/rollout'), `${head}\n`);
		assert.match(repo.run(flags).stderr, /GP3402/);
		assert.match(repo.read('a.py'), /managed block/);
		assert.equal(repo.git('rev-parse', 'HEAD').trim(), head);
		fs.rmSync(repo.at('.git/refs/heads/rollout.lock'));
		const written = repo.read('b.py');
		repo.write('b.py', `${written}print("mine")\n`);
		assert.equal(repo.run(flags).code, 0);
		assert.equal(repo.git('log', '--format=%s', `${head}..HEAD`).trim(), 'Converge 1 file to GpuPolicy one');
		assert.equal(repo.git('status', '--porcelain').trim(), 'M b.py');
		repo.write('b.py', written);
		assert.equal(repo.run(flags).code, 0);
		assert.equal(repo.git('status', '--porcelain'), '');
		assert.equal(repo.git('rev-parse', 'before').trim(), head);
	});
});

describe('secrets', () => {
	const secret = 'hf_0123456789abcdefSECRET';
	const withSecret = policy({
		env: ['{ name: HF_TOKEN, valueFrom: { file: { path: secrets.env, key: HF_TOKEN } } }'],
		include: ['.env', '**/*.py', 'tracked.env'],
	});

	it('are written to every ignored file that carries them, refused in tracked ones, and never shown', (t) => {
		const old = 'hf_OLDoldOLDold';
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': withSecret,
			'.gitignore': '.env\nsecrets.env\n',
			'secrets.env': `HF_TOKEN=${secret}\n`,
			'tracked.env': `HF_TOKEN=${old}\nOTHER_TOKEN=other-private\n`,
			'train.py': bareProgram,
		}).commitAll();
		repo.write('.env', `HF_TOKEN=${old}\nPASSWORD=other-private\n`);
		const outputs = [
			['plan', '--diff'],
			['plan', '-o', 'json'],
			['check'],
			['check', '-o', 'json'],
			['check', '-o', 'sarif'],
			['check', '-o', 'junit'],
			['check', '-o', 'github'],
			['reconcile'],
			['check'],
			['get', '-o', 'yaml'],
			['describe'],
			['history', '1'],
			['history', '-o', 'json'],
		].map((args) => repo.run(args));
		assert.match(repo.read('.env'), new RegExp(`^HF_TOKEN=${secret}$`, 'm'));
		assert.match(repo.read('tracked.env'), new RegExp(`^HF_TOKEN=${old}$`, 'm'));
		assert.doesNotMatch(repo.read('train.py'), /HF_TOKEN/);
		assert.match(outputs[7]?.stdout ?? '', /secret\/tracked/);
		for (const { stdout, stderr } of outputs) {
			for (const hidden of [secret, old, 'other-private'])
				assert.ok(!(stdout + stderr).includes(hidden), `${hidden} in ${stdout}`);
		}
		const state = repo.at('.gpupolicy');
		assert.equal(fs.statSync(state).mode & 0o777, 0o700);
		assert.ok(!fs.readFileSync(path.join(state, 'status.json'), 'utf8').includes(secret));
		assert.ok(!fs.readFileSync(path.join(state, 'index')).includes(secret));
	});

	it('that stand beside what a finding points to are not shown, whatever no policy knows of them', (t) => {
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': policy({ include: ['*.env', 'compose*.yaml', 'k8s.yaml'] }),
			'open.env': 'PASSWORD="private\nCUDA_VISIBLE_DEVICES=0\n',
			'two.env': 'export PASSWORD=private CUDA_VISIBLE_DEVICES=0\n',
			'compose.yaml':
				'services:\n  a:\n    image: x\n    gpus: all\n    environment: {"PASSWORD": "private", CUDA_VISIBLE_DEVICES: "0"}\n',
			'compose.twice.yaml':
				'services:\n  a:\n    environment:\n      CUDA_VISIBLE_DEVICES: "0"\n      PASSWORD: private\n      PASSWORD: private\n',
			'k8s.yaml': 'env: [{name: PASSWORD, value: private}, {name: CUDA_DEVICE_ORDER, value: FASTEST_FIRST}]\n',
		});
		const outputs = ['text', 'json', 'sarif', 'junit', 'github'].map((output) => repo.run(['check', '-o', output]));
		outputs.push(repo.run(['plan', '--diff']), repo.run(['plan', '-o', 'json']), repo.run(['reconcile']), repo.run(['describe']));
		assert.match(outputs[0]?.stdout ?? '', /compose\.yaml:5:\d+: device\/host-index/);
		assert.match(outputs[0]?.stdout ?? '', /open\.env:1:10: file\/syntax/);
		for (const { stdout, stderr } of outputs) assert.ok(!(stdout + stderr).includes('private'), stdout);
	});

	it('that cannot be read are unknown, and the file keeps what it has', (t) => {
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': withSecret,
			'.gitignore': '.env\n',
			'.env': 'HF_TOKEN=old\n',
			'tracked.env': 'A=1\n',
			'a.py': '',
		});
		const ran = repo.run(['reconcile']);
		assert.match(ran.stdout, /env\/unknown/);
		assert.match(repo.read('.env'), /^HF_TOKEN=old$/m);
	});
});
