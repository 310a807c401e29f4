import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { bareProgram, bin, policy, Sandbox } from './sandbox.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
const home = path.dirname(path.dirname(bin));

interface Manifest {
	readonly commands: Readonly<Record<string, { readonly flags: Readonly<Record<string, { readonly hidden?: boolean }>> }>>;
}

/** A repo with one policy and a status, and `gpupolicy` on the PATH of a real bash that has sourced the script. */
class Completing {
	readonly repo: Sandbox;

	constructor(t: TestContext) {
		this.repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'a.py': bareProgram, 'sp ace/x.yaml': '' });
		this.repo.run(['check']);
		this.repo.write('.bin/gpupolicy', `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
		fs.chmodSync(this.repo.at('.bin/gpupolicy'), 0o755);
	}

	/** What bash proposes for the last of the words. */
	propose(...words: readonly string[]): string[] {
		const script = `eval "$(gpupolicy completion bash)" || exit 1
			complete -p gpupolicy >/dev/null || exit 1
			COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gpupolicy
			for proposed in "\${COMPREPLY[@]}"; do printf '%s\\n' "$proposed"; done`;
		const env = { ...process.env, PATH: `${this.repo.at('.bin')}:${process.env.PATH}` };
		const ran = spawnSync('bash', ['--norc', '-c', script, 'bash', 'gpupolicy', ...words], {
			cwd: this.repo.root,
			env,
			encoding: 'utf8',
		});
		assert.equal(ran.status, 0, `a bash is needed: ${ran.error ?? ran.stderr}`);
		// compopt has a say only while readline completes.
		assert.equal(ran.stderr, '');
		return ran.stdout.split('\n').filter((line) => line !== '');
	}
}

describe('completion', () => {
	it('proposes in a real bash what each place takes: commands, flags, values, files, folders, policies', (t) => {
		const bash = new Completing(t);
		assert.deepEqual(bash.propose('rec'), ['reconcile']);
		assert.ok(bash.propose('').includes('completion'));
		assert.deepEqual(bash.propose('completion', ''), [...shells]);
		assert.deepEqual(bash.propose('check', '-o', 's'), ['sarif']);
		assert.deepEqual(bash.propose('check', '--output', '=', 'j'), ['json', 'junit']);
		assert.deepEqual(bash.propose('check', '--output', '='), ['text', 'json', 'yaml', 'sarif', 'junit', 'github']);
		assert.deepEqual(bash.propose('reconcile', '--git'), ['--git-branch', '--git-tag']);
		assert.deepEqual(bash.propose('validate', '-f', 'gpu'), ['gpupolicy.yaml']);
		assert.deepEqual(bash.propose('validate', '-C', 'sp'), ['sp ace']);
		assert.deepEqual(bash.propose('plan', '--timeout', ''), []);
		assert.deepEqual(bash.propose('describe', ''), ['one']);
		assert.deepEqual(bash.propose('nonsense', ''), []);
	});

	it('names every command and flag of the command table, in every shell', (t) => {
		const repo = new Sandbox(t);
		const { commands } = JSON.parse(fs.readFileSync(path.join(home, 'oclif.manifest.json'), 'utf8')) as Manifest;
		assert.ok(Object.keys(commands).length > 10);
		for (const shell of shells) {
			const { code, stdout } = repo.run(['completion', shell]);
			assert.equal(code, 0);
			for (const [name, { flags }] of Object.entries(commands)) {
				assert.match(stdout, new RegExp(`\\b${name}\\b`), `${shell} ${name}`);
				for (const [flag, { hidden }] of Object.entries(flags)) {
					if (hidden !== true) assert.match(stdout, new RegExp(`(?:--|-l )${flag}\\b`), `${shell} ${name} --${flag}`);
				}
			}
		}
	});

	it('is answered without loading oclif, and the same where oclif answers', (t) => {
		const repo = new Sandbox(t);
		for (const name of ['bin', 'package.json', 'oclif.manifest.json', 'dist/quick.cjs'])
			fs.cpSync(path.join(home, name), repo.at(name), { recursive: true });
		for (const shell of shells) {
			const thin = spawnSync(process.execPath, [repo.at('bin/gpupolicy.js'), 'completion', shell], { encoding: 'utf8' });
			assert.equal(thin.status, 0, thin.stderr);
			const { script } = JSON.parse(repo.run(['completion', shell, '--json']).stdout) as { script: string };
			assert.equal(thin.stdout, script);
		}
	});

	it('refuses a shell that it does not know', (t) => {
		const ran = new Sandbox(t).run(['completion', 'tcsh']);
		assert.equal(ran.code, 64);
		assert.match(ran.stderr, /bash, zsh, fish/);
	});
});
