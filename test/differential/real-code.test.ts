import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { FilePolicy } from '../../src/core/desired/file-policy.ts';
import type { Source } from '../../src/core/ports/format.ts';
import { type Corpus, sample } from './corpora/corpus.ts';
import { standardLibraries } from './corpora/standard-library.ts';
import { wheels } from './corpora/wheels.ts';
import { described, Judge, tally, type Violation } from './laws/judge.ts';
import { CPython } from './oracle/cpython.ts';
import { TreeSitter } from './oracle/tree-sitter.ts';
import { amount, batches, SEED, summary } from './run.ts';
import { filePolicy, interestOf } from './subject/policy.ts';

const cpython = await CPython.start();
after(() => cpython.close());
const treeSitter = await TreeSitter.start();

/** In the standard library these stand in for GPU libraries: most files import one. */
const standIns = [
	'sys',
	're',
	'unittest',
	'collections',
	'functools',
	'typing',
	'time',
	'types',
	'warnings',
	'threading',
	'struct',
	'test',
];

const subjects: readonly { readonly corpora: readonly Corpus[]; readonly libraries: readonly string[]; readonly few: number }[] =
	[
		{ corpora: await wheels(), libraries: ['torch', 'transformers', 'diffusers', 'accelerate', 'numba.cuda'], few: 120 },
		{ corpora: await standardLibraries(), libraries: standIns, few: 120 },
	];

for (const { corpora, libraries, few } of subjects) {
	for (const corpus of corpora) {
		test(`converging ${corpus.name} obeys every law`, async (t) => {
			const counted = tally();
			const violations: Violation[] = [];
			for (const paths of batches(sample(corpus, amount(few, Number.POSITIVE_INFINITY), SEED), 20)) {
				const sources = paths.map((path) => corpus.read(path));
				const policy = demandingPolicy(sources);
				const judge = new Judge(cpython, treeSitter, policy, interestOf([policy], libraries), counted);
				violations.push(...(await judge.judge(sources)));
			}
			t.diagnostic(`seed ${SEED}: ${JSON.stringify(counted)} of ${corpus.paths.length} files`);
			assert.ok(counted.compiled > 0, 'no file of the sample compiles');
			assert.equal(violations.length, 0, summary(described(violations)));
		});
	}
}

/** Wants new values of every variable that these files set somewhere, and an ordinal that none of them uses: nearly every place must be edited. */
function demandingPolicy(sources: readonly Source[]): FilePolicy {
	const names = new Set(['CUDA_VISIBLE_DEVICES']);
	for (const { bytes } of sources) {
		const writes = /(?:environ(?:\[|\.\w+\()|putenv\(|setenv\()\s*["']([A-Za-z_]\w*)["']/g;
		for (const [, name] of Buffer.from(bytes).toString('latin1').matchAll(writes)) names.add(name as string);
	}
	return filePolicy('everything', Object.fromEntries([...names].map((name) => [name, `new value of ${name}`])), 7);
}
