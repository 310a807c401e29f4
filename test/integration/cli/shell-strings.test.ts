import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { policy, Sandbox } from './sandbox.ts';

/** Lines of a file that `check` reports under a rule. */
function reported(stdout: string, file: string, rule: string): number[] {
	return [...stdout.matchAll(new RegExp(`^${file}:(\\d+):\\d+: ${rule} `, 'gm'))].map(([, line]) => Number(line));
}

describe('programs that are launched from within a string', () => {
	it('are reported in Python with the value that they are given, for a person, and never rewritten', (t) => {
		const lines = [
			'import os, subprocess',
			'os.system("CUDA_VISIBLE_DEVICES=0 python x.py")',
			'subprocess.run("cd x && CUDA_VISIBLE_DEVICES=0 python x.py", shell=True)',
			'subprocess.check_call(["bash", "-lc", "export CUDA_VISIBLE_DEVICES=0; python x.py"])',
			'os.popen("env CUDA_VISIBLE_DEVICES=0 " "python x.py").read()',
			'os.system(f"CUDA_VISIBLE_DEVICES=0 python {name}.py")',
			'subprocess.run(f"CUDA_VISIBLE_DEVICES={gpu} python x.py", shell=True)',
			'os.system("CUDA_VISIBLE_DEVICES=" + gpu + " python x.py")',
			'os.system("CUDA_VISIBLE_DEVICES=%s python x.py" % gpu)',
			'os.system("CUDA_VISIBLE_DEVICES=1 python x.py")',
			'print("CUDA_VISIBLE_DEVICES=0 python x.py")',
			'os.system("echo CUDA_VISIBLE_DEVICES=0 python x.py")',
			'os.system("docker run -e CUDA_VISIBLE_DEVICES=3 image")',
			'subprocess.run(["python", "CUDA_VISIBLE_DEVICES=0"])',
			'os.system("CUDA_VISIBLE_DEVICES=0 python \'x.py")',
		];
		const text = `${lines.join('\n')}\n`;
		const repo = new Sandbox(t, { 'gpupolicy.yaml': policy(), 'launch.py': text });
		const { code, stdout } = repo.run(['check']);
		assert.equal(code, 2);
		assert.deepEqual(reported(stdout, 'launch.py', 'env/value'), [2, 3, 4, 5, 6]);
		assert.deepEqual(reported(stdout, 'launch.py', 'env/dynamic'), [7, 8, 9]);
		assert.match(stdout, /is "0", the policy wants "1"; it cannot be rewritten in place \(it stands in a command line\)/);
		assert.equal(repo.run(['reconcile']).code, 2);
		assert.equal(repo.read('launch.py'), text);
		const ignored = lines.slice(0, 2).join('  # gpupolicy: ignore[env/value] the display card on purpose\n');
		repo.write('launch.py', `${ignored}  # gpupolicy: ignore[env/value] the display card on purpose\n`);
		assert.equal(repo.run(['check']).code, 0);
	});

	it('are corrected within sh -c of a script or a Dockerfile where the text is certain, byte by byte', (t) => {
		const script = [
			'#!/bin/bash',
			"bash -c 'CUDA_VISIBLE_DEVICES=0 python x.py'",
			'nohup sh -e -o pipefail -c "export CUDA_DEVICE_ORDER=FASTEST_FIRST; python $1 | tee log" &',
			"docker run image bash -c 'CUDA_VISIBLE_DEVICES=1 python x.py'",
			"bash -c 'CUDA_VISIBLE_DEVICES=$GPU python x.py'",
			"echo bash -c 'CUDA_VISIBLE_DEVICES=0 python x.py'",
			'bash -c "CUDA_VISIBLE_DEVICES=\\"0\\" python x.py"',
			'sudo bash -c "bash -c \'CUDA_VISIBLE_DEVICES=0 python x.py\'"',
			"bash -c 'broken ( CUDA_VISIBLE_DEVICES=0'",
			"sh -c '",
			'  CUDA_VISIBLE_DEVICES="0" python x.py',
			"'",
			'',
		].join('\n');
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': policy({ include: ['**/*.sh', 'Dockerfile'], ordinal: null }),
			'run.sh': script,
			Dockerfile: "FROM ubuntu\nCMD sh -c 'CUDA_DEVICE_ORDER=FASTEST_FIRST python x.py'\n",
		});
		const { stdout } = repo.run(['check']);
		assert.deepEqual(reported(stdout, 'run.sh', 'env/value'), [2, 3, 7, 8, 11], 'line 7 is for a person');
		assert.deepEqual(reported(stdout, 'run.sh', 'device/host-index'), [4]);
		assert.deepEqual(reported(stdout, 'run.sh', 'env/dynamic'), [5]);
		assert.equal(repo.run(['reconcile']).code, 2);
		const wanted = script.split('\n');
		for (const at of [1, 7]) wanted[at] = (wanted[at] as string).replace('DEVICES=0', 'DEVICES=1');
		wanted[2] = (wanted[2] as string).replace('FASTEST_FIRST', 'PCI_BUS_ID');
		wanted[10] = '  CUDA_VISIBLE_DEVICES=1 python x.py';
		assert.equal(repo.read('run.sh'), wanted.join('\n'));
		assert.match(repo.read('Dockerfile'), /\nCMD sh -c 'CUDA_DEVICE_ORDER=PCI_BUS_ID python x\.py'\n$/);
		assert.equal(repo.run(['reconcile', '-o', 'json']).stdout.includes('"revision": null'), true, 'a second pass writes nothing');
	});

	it('say that what an env_file of a compose service sets is not proved', (t) => {
		const service = (more: string) => `services:\n  trainer:\n    image: x\n    runtime: nvidia\n${more}`;
		const repo = new Sandbox(t, {
			'gpupolicy.yaml': policy({ include: ['*/compose.yaml'], ordinal: null }),
			'with/compose.yaml': service('    env_file: .env\n'),
			'without/compose.yaml': service(''),
		});
		const { stdout } = repo.run(['check']);
		assert.match(stdout, /with\/compose\.yaml.* is not set in service trainer.*; what its env_file sets is not proved/);
		assert.doesNotMatch(stdout, /without\/compose\.yaml.*not proved/);
		assert.equal(repo.run(['reconcile']).code, 0, 'an entry of environment wins over env_file, so it is added');
	});
});
