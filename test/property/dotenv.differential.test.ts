import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { planFile } from '../../src/core/plan/plan-file.ts';
import { dotenv } from '../../src/formats/dotenv/index.ts';
import { filePolicy, interestOf } from '../contract/fixture.ts';
import { policyValue } from './mutations.ts';
import { runs } from './runs.ts';

/** Dotenv files against readers that know nothing of our code: Node's util.parseEnv and, where there is one, a sourcing POSIX shell. */
const NAMES = ['CUDA_VISIBLE_DEVICES', 'CUDA_DEVICE_ORDER', 'HF_TOKEN'];

const value = fc.oneof(
	fc.constantFrom('0', 'PCI_BUS_ID', 'a:b_c=d', ''),
	fc.constantFrom('"0"', "'0'", '"a b"', "'a # b'", '"it\'s"', '"a # b"', "'$X'", '"two\nlines"', "'two\nlines'"),
);
const entry = fc
	.tuple(fc.constantFrom('', 'export '), fc.constantFrom(...NAMES, 'OTHER'), value, fc.constantFrom('', ' # why', '   '))
	// parseEnv loses `export NAME=`, and takes the next line for the value of `NAME=` with spaces behind it
	.map(([prefix, name, text, comment]) => (text === '' ? ['', name, text, ''] : [prefix, name, text, comment]))
	.map(([prefix, name, text, comment]) => `${prefix}${name}=${text}${comment}`);
const line = fc.oneof(
	{ weight: 5, arbitrary: entry },
	{ weight: 1, arbitrary: fc.constantFrom('', '# CUDA_VISIBLE_DEVICES=9', '#x') },
);
const file = fc.tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '')).map(([all, end]) => all.join('\n') + end);

/** What a scan says the reader will see: the last literal of each name. */
function scanned(text: string): Record<string, string> {
	const interest = interestOf([filePolicy('p', Object.fromEntries(NAMES.map((name) => [name, ''])), null, false)]);
	const scan = dotenv.scan({ path: '.env', bytes: Buffer.from(text) }, interest);
	const seen: Record<string, string> = {};
	for (const { variable, value } of scan.carriers[0]?.settings ?? []) if (value.kind === 'literal') seen[variable] = value.text;
	return seen;
}

function parsed(text: string): Record<string, string> {
	const all = parseEnv(text);
	return Object.fromEntries(NAMES.filter((name) => all[name] !== undefined).map((name) => [name, all[name] as string]));
}

function sourced(text: string): Record<string, string> {
	const print = NAMES.map((name) => `[ "\${${name}+x}" ] && printf '%s=%s\\0' ${name} "$${name}"`).join('; ');
	const run = spawnSync('/bin/sh', ['-c', `${text}\n${print}; :`], { encoding: 'utf8', env: {} });
	assert.equal(run.status, 0, run.stderr);
	return Object.fromEntries(
		run.stdout
			.split('\0')
			.filter((pair) => pair !== '')
			.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
	);
}

test("a scan decodes each value as Node's parseEnv does", () => {
	fc.assert(
		fc.property(file, (text) => {
			assert.deepEqual(scanned(text), parsed(text));
		}),
		runs(2000),
	);
});

test('a pass makes parseEnv, and a shell that sources the file, see the values of the policy and leaves the others', () => {
	fc.assert(
		fc.property(file, fc.tuple(policyValue, policyValue, policyValue), (text, wanted) => {
			const env = Object.fromEntries(NAMES.map((name, index) => [name, wanted[index] as string]));
			const policies = [filePolicy('p', env, null, true)];
			const context = { policyNames: null, prune: false, writable: true, secretsWritable: true };
			const plan = planFile(dotenv, { path: '.env', bytes: Buffer.from(text) }, interestOf(policies), policies, context);
			if (plan.edit === undefined) return;
			const after = Buffer.from(plan.edit.after).toString();
			assert.deepEqual(parsed(after), env);
			assert.equal(parseEnv(after).OTHER, parseEnv(text).OTHER);
			if (existsSync('/bin/sh')) assert.deepEqual(sourced(after), env);
		}),
		runs(150),
	);
});
