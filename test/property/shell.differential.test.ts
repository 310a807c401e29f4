import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { planFile } from '../../src/core/plan/plan-file.ts';
import { shell } from '../../src/formats/shell/index.ts';
import { filePolicy, fixturesOf, interestOf } from '../contract/fixture.ts';
import { mutate, mutations } from './mutations.ts';
import { runs } from './runs.ts';

/**
 * Generated scripts run for real, before and after a pass, in a hostile environment (every variable preset to a wrong value).
 * Needs a POSIX `sh` and `bash` on PATH.
 */
const WANTED = { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: '1', PYTORCH_CUDA_ALLOC_CONF: 'max_split_size_mb:1024' };
const NAMES = Object.keys(WANTED) as (keyof typeof WANTED)[];
const HOSTILE = Object.fromEntries(NAMES.map((name) => [name, 'hostile']));
/** A program called `python` that prints what it sees. */
const BIN = mkdtempSync(join(tmpdir(), 'gpupolicy-shell-'));
writeFileSync(
	join(BIN, 'python'),
	'#!/bin/sh\necho "rec $1|$CUDA_DEVICE_ORDER|$CUDA_VISIBLE_DEVICES|$PYTORCH_CUDA_ALLOC_CONF|$OTHER"\n',
	{ mode: 0o755 },
);
after(() => rmSync(BIN, { recursive: true }));

const policies = [filePolicy('p', WANTED, null, true)];
const interest = interestOf(policies);
const context = { policyNames: null, prune: false, writable: true, secretsWritable: true };

const name = fc.constantFrom(...NAMES, 'OTHER');
// biome-ignore lint/suspicious/noTemplateCurlyInString: shell text
const value = fc.constantFrom('0', '"0"', "'0'", '', '1', 'PCI_BUS_ID', '"a b"', '"${OTHER:-5}"', "a'b'c");
const assignment = fc.tuple(name, value).map(([variable, text]) => `${variable}=${text}`);

/** Statements that start no program, and statements that record what a program sees. */
const quiet = fc.oneof(
	assignment.map((text) => `export ${text}`),
	fc.tuple(assignment, assignment).map(([a, b]) => `export ${a} ${b} # why`),
	assignment,
	fc.tuple(name, value).map(([variable, text]) => `${variable}=${text}; export ${variable}`),
	assignment.map((text) => `if [ -n "$OTHER" ]; then\n  export ${text}\nfi`),
	assignment.map((text) => `setup() {\n\texport ${text}\n}`),
	assignment.map((text) => `[ "$OTHER" = x ] && export ${text}`),
	assignment.map((text) => `cat > /dev/null <<'EOF'\nexport ${text}\nEOF`),
	assignment.map((text) => `case "$OTHER" in x) export ${text} ;; esac`),
	fc.tuple(name, value).map(([variable]) => `: "\${${variable}:=7}"`),
	fc.constantFrom(
		'set -e',
		'# a comment',
		'',
		'x="$(echo a # b\n)"',
		'echo "export CUDA_VISIBLE_DEVICES=4" > /dev/null',
		'set -a',
		'set +a',
	),
);
const recording = fc.oneof(
	fc.constant('@'),
	assignment.map((text) => `${text} @`),
	fc.tuple(assignment, assignment).map(([a, b]) => `env ${a} ${b} @`),
	assignment.map((text) => `( export ${text}; @ )`),
	assignment.map((text) => `export ${text} && @`),
	assignment.map((text) => `for i in 1 2; do ${text} @; done`),
);
const script = fc
	.array(fc.oneof({ weight: 2, arbitrary: quiet }, { weight: 1, arbitrary: recording }), { minLength: 1, maxLength: 8 })
	.map((all) => `#!/bin/sh\n${all.map((text, index) => text.replaceAll('@', `python ${index}`)).join('\n')}\n`);

function records(text: string): string[][] {
	const run = spawnSync('sh', ['-c', text], {
		encoding: 'utf8',
		env: { PATH: `${BIN}${delimiter}${process.env.PATH}`, ...HOSTILE },
	});
	assert.equal(run.error, undefined, 'these tests need a POSIX sh on PATH');
	return run.stdout
		.split('\n')
		.filter((line) => line.startsWith('rec '))
		.map((line) => line.slice(4).split('|'));
}

test('after a pass every program sees what the policy wants, or a finding says which variable it may not', () => {
	fc.assert(
		fc.property(script, (text) => {
			const source = { path: 'run.sh', bytes: Buffer.from(text) };
			const plan = planFile(shell, source, interest, policies, context);
			const result = Buffer.from(plan.edit?.after ?? source.bytes).toString();
			const rest = planFile(shell, { path: 'run.sh', bytes: Buffer.from(result) }, interest, policies, context);
			const [before, now] = [records(text), records(result)];
			assert.deepEqual(
				now.map(([label, , , , other]) => [label, other]),
				before.map(([label, , , , other]) => [label, other]),
				'what runs, or a variable of no concern, changed',
			);
			for (const [label, ...values] of now) {
				NAMES.forEach((variable, index) => {
					if (values[index] === WANTED[variable]) return;
					const said = rest.findings.some(({ message }) => message.includes(variable));
					assert.ok(said, `${variable} is ${values[index]} at ${label} and nothing says so:\n${result}`);
				});
			}
		}),
		runs(150),
	);
});

test('bash accepts a script after a pass exactly where it did before', () => {
	const accepts = (bytes: Uint8Array): boolean => {
		const run = spawnSync('bash', ['-O', 'extglob', '-n'], { input: bytes });
		assert.equal(run.error, undefined, 'these tests need bash on PATH');
		return run.status === 0;
	};
	fc.assert(
		fc.property(fc.constantFrom(...fixturesOf('shell')), mutations, (fixture, drawn) => {
			const bytes = mutate(fixture.before, drawn);
			const plan = planFile(shell, { path: fixture.case.path, bytes }, interest, policies, context);
			if (plan.edit !== undefined) assert.equal(accepts(plan.edit.after), accepts(bytes));
		}),
		runs(150),
	);
});
