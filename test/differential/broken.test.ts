import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { standardLibraries } from './corpora/standard-library.ts';
import { wheels } from './corpora/wheels.ts';
import { described, Judge } from './laws/judge.ts';
import { CPython } from './oracle/cpython.ts';
import { TreeSitter } from './oracle/tree-sitter.ts';
import { accident, brokenBody, suffer } from './programs/broken.ts';
import { listing, program } from './programs/program.ts';
import { amount, SEED } from './run.ts';
import { filePolicy, interestOf, WANTED } from './subject/policy.ts';

const cpython = await CPython.start();
after(() => cpython.close());
const treeSitter = await TreeSitter.start();
const policy = filePolicy('example', WANTED, 7);

test('a program that does not compile is left alone, or changes in literals and blocks only', async (t) => {
	const judge = new Judge(cpython, treeSitter, policy, interestOf([policy], ['torch', 'transformers']));
	await fc.assert(
		fc.asyncProperty(program(brokenBody), async ({ bytes }) => {
			assert.deepEqual(described(await judge.judge([{ path: 'program.py', bytes }])), []);
		}),
		{ numRuns: amount(600, 20_000), seed: SEED },
	);
	t.diagnostic(`seed ${SEED}: ${JSON.stringify(judge.tally)}`);
	assert.ok(judge.tally.files - judge.tally.compiled > judge.tally.files / 4, 'too few programs are broken');
});

test('real files in which an accident happened obey every law if they still compile, and change in literals and blocks only if not', async (t) => {
	const libraries = [
		'torch',
		'transformers',
		'diffusers',
		'accelerate',
		'sys',
		're',
		'unittest',
		'collections',
		'typing',
		'time',
	];
	const judge = new Judge(cpython, treeSitter, policy, interestOf([policy], libraries));
	const files = [...(await wheels()), ...(await standardLibraries())].flatMap((corpus) =>
		corpus.paths.map((path) => ({ corpus, path })),
	);
	// Parts of files: the accident counts, not the length, and a short counterexample is read sooner.
	const damaged = fc
		.tuple(fc.nat(files.length - 1), fc.integer({ min: 0, max: 6000 }), fc.array(accident, { minLength: 1, maxLength: 3 }))
		.map(([index, length, accidents]) => {
			const { corpus, path } = files[index] as (typeof files)[number];
			const bytes = accidents.reduce(suffer, corpus.read(path).bytes.subarray(0, length));
			return { path, bytes, [fc.toStringMethod]: () => `${path}, ${JSON.stringify(accidents)}:${listing(bytes)}` };
		});
	await fc.assert(
		fc.asyncProperty(damaged, async ({ path, bytes }) => {
			assert.deepEqual(described(await judge.judge([{ path, bytes }])), []);
		}),
		{ numRuns: amount(500, 20_000), seed: SEED },
	);
	t.diagnostic(`seed ${SEED}: ${JSON.stringify(judge.tally)}`);
	assert.ok(
		judge.tally.compiled > 0 && judge.tally.compiled < judge.tally.files,
		'accidents must break some files and not others',
	);
});
