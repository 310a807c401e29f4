import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { described, Judge } from './laws/judge.ts';
import { lexicalDisagreement } from './laws/tokens.ts';
import { CPython } from './oracle/cpython.ts';
import { TreeSitter } from './oracle/tree-sitter.ts';
import { program } from './programs/program.ts';
import { amount, SEED } from './run.ts';
import { filePolicy, interestOf, WANTED } from './subject/policy.ts';

const cpython = await CPython.start();
after(() => cpython.close());
const treeSitter = await TreeSitter.start();
const policy = filePolicy('example', WANTED, 0);
const interest = interestOf([policy], ['torch', 'transformers']);
const runs = { numRuns: amount(600, 20_000), seed: SEED, endOnFailure: false };

test('every generated program compiles, so that each of them proves something', async () => {
	await fc.assert(
		fc.asyncProperty(program(), async ({ bytes }) => {
			const [examination] = await cpython.examine([bytes], interest);
			assert.equal(examination?.error, null);
		}),
		runs,
	);
});

test('the lexer splits generated programs as CPython does', async () => {
	await fc.assert(
		fc.asyncProperty(program(), async ({ bytes }) => {
			const [boundaries] = await cpython.boundaries([bytes]);
			assert.ok(boundaries);
			assert.equal(lexicalDisagreement(bytes, boundaries), null);
		}),
		runs,
	);
});

test('converging a generated program obeys every law', async (t) => {
	const judge = new Judge(cpython, treeSitter, policy, interest);
	await fc.assert(
		fc.asyncProperty(program(), async ({ bytes }) => {
			assert.deepEqual(described(await judge.judge([{ path: 'program.py', bytes }])), []);
		}),
		runs,
	);
	t.diagnostic(`seed ${SEED}: ${JSON.stringify(judge.tally)}`);
	assert.ok(judge.tally.blocks > 0 && judge.tally.literals > 0, 'the programs gave the engine nothing to do');
});

test('a module of the repo that has the name of a GPU library is none', async () => {
	const judge = new Judge(cpython, treeSitter, policy, interestOf([policy], ['torch', 'transformers'], ['torch']));
	await fc.assert(
		fc.asyncProperty(program(), async ({ bytes }) => {
			assert.deepEqual(described(await judge.judge([{ path: 'program.py', bytes }])), []);
		}),
		{ ...runs, numRuns: amount(200, 5000) },
	);
	assert.ok(judge.tally.blocks > 0 && judge.tally.blocks < judge.tally.files / 4, 'only transformers asks for a block');
});
