import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scanShell } from './scan.ts';

const interest = { variables: new Set(['CUDA_VISIBLE_DEVICES', 'A']), gpuLibraries: new Set<string>(), ordinals: false };

function scan(text: string) {
	return scanShell({ path: 'run.sh', bytes: Buffer.from(text) }, interest);
}

/** What is handed on, as `NAME=value where`. */
function handedOn(text: string): string[] {
	const { carriers, diagnostics } = scan(text);
	assert.deepEqual(diagnostics, []);
	return carriers
		.filter(({ id }) => id.startsWith('handed on'))
		.flatMap(({ settings }) => settings)
		.map(({ variable, value, notRewritable, valueSpan }) => {
			assert.equal(valueSpan, undefined, 'never rewritten');
			return `${variable}=${value.kind === 'literal' ? value.text : `<${value.why}>`} ${notRewritable?.replace('it stands in ', '')}`;
		});
}

describe('a variable that a command hands on', () => {
	for (const [line, expected] of [
		['xargs -I{} env A=0 python {}', 'A=0 an argument of xargs'],
		['mpirun -x A=0 -np 2 python x.py', 'A=0 an argument of mpirun'],
		['sbatch --export=ALL,A=0 job.sh', 'A=0 an argument of sbatch'],
		['srun --export=ALL,A=$i job.sh', 'A=<another variable> an argument of srun'],
		['systemd-run --setenv=A=0 python x.py', 'A=0 an argument of systemd-run'],
		['parallel A={} python x.py ::: 0 1', 'A={} an argument of parallel'],
		['tmux new-session -d "A=0 python x.py"', 'A=0 an argument of tmux'],
		["screen -dmS x bash -c 'A=0 python x.py'", 'A=0 an argument of screen'],
		['eval "export A=0; python x.py"', 'A=0 an argument of eval'],
		["su bob -c 'export A=0; python x.py'", 'A=0 an argument of su'],
		["alias gpu='A=0 python'", 'A=0 what gpu keeps'],
		['CMD="A=0 python train.py"', 'A=0 what CMD keeps'],
		['envs=(B=1 A=0)', 'A=0 what envs keeps'],
		["export 'A'='0'", 'A=0 an argument of export'],
		['x=`A=0 python x.py`', 'A=0 backticks'],
		['sbatch <<EOF\n#!/bin/sh\nexport A=0\nsrun python x.py\nEOF', 'A=0 a heredoc'],
		["python3 - <<'EOF'\nimport os\nos.environ['A'] = '0'\nEOF", 'A=0 a heredoc'],
		['python -c \'import os; os.environ["A"] = str(3)\'', 'A=<an expression> an argument of python'],
		['#SBATCH --export=ALL,A=0\nsrun python x.py', 'A=0 a directive'],
	] as const) {
		it(`is seen in: ${line}`, () => assert.deepEqual(handedOn(`${line}\n`), [expected]));
	}

	for (const line of [
		'echo "A=0 python x.py"',
		'log_info "A=0 python x.py"',
		'grep "A=0" file',
		'git commit -m "A=0 x"',
		'ssh host "A=0 python x.py"',
		'docker build --build-arg A=0 .',
		'cat > run.sh <<EOF\nexport A=0\nEOF',
		'ssh host bash <<EOF\nexport A=0\nEOF',
		'python -c \'import os; print(os.environ["A"] == "0")\'',
		'run "use BA=0 here"',
		'# SBATCH --export=A=0',
	]) {
		it(`is not seen in text that nobody runs here: ${line}`, () => assert.deepEqual(handedOn(`${line}\n`), []));
	}

	it('is said once where a launcher or an assignment explains it already', () => {
		assert.deepEqual(handedOn('env A=0 python x.py\nbash -c "A=0 python x.py"\nexport A=0\nsudo A=0 python x.py\n'), []);
	});
});

describe('a script whose first line names another interpreter', () => {
	for (const shebang of ['#!/bin/csh -f', '#!/usr/bin/env fish', '#!/usr/bin/env -S python3 -u', '#!/usr/bin/perl']) {
		it(`is left as it is: ${shebang}`, () => {
			const { diagnostics } = scan(`${shebang}\nsetenv A 0\n`);
			assert.equal(diagnostics[0]?.rule, 'file/syntax');
			assert.equal(diagnostics[0]?.refuses, true);
		});
	}
	it('is read where that is a shell', () => {
		for (const shebang of ['#!/bin/sh', '#!/usr/bin/env bash', '#! /usr/bin/env -S bash -e', '#!/usr/local/bin/zsh -f'])
			assert.deepEqual(scan(`${shebang}\nexport A=0\n`).diagnostics, []);
	});
});
