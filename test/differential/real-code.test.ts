import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Corpus, sample } from './corpora/corpus.ts';
import { standardLibraries } from './corpora/standard-library.ts';
import { wheels } from './corpora/wheels.ts';
import { described, Judge, type Violation } from './laws/judge.ts';
import { CPython } from './oracle/cpython.ts';
import { TreeSitter } from './oracle/tree-sitter.ts';
import { amount, batches, SEED, summary } from './run.ts';
import { filePolicy, interestOf } from './subject/policy.ts';

const cpython = await CPython.start();
after(() => cpython.close());
const treeSitter = await TreeSitter.start();

/** Every variable that these corpora set somewhere, and no ordinal that they use: so that nearly every place must be edited. */
const policy = filePolicy('everything', Object.fromEntries(environmentNames().map((name) => [name, `new value of ${name}`])), 7);

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
			const judge = new Judge(cpython, treeSitter, policy, interestOf([policy], libraries));
			const violations: Violation[] = [];
			for (const paths of batches(sample(corpus, amount(few, Number.POSITIVE_INFINITY), SEED), 20)) {
				violations.push(...(await judge.judge(paths.map((path) => corpus.read(path)))));
			}
			t.diagnostic(`seed ${SEED}: ${JSON.stringify(judge.tally)} of ${corpus.paths.length} files`);
			assert.ok(judge.tally.compiled > 0, 'no file of the sample compiles');
			assert.equal(violations.length, 0, summary(described(violations)));
		});
	}
}

function environmentNames(): string[] {
	return [
		...['CUDA_DEVICE_ORDER', 'CUDA_VISIBLE_DEVICES', 'PYTORCH_CUDA_ALLOC_CONF', 'TOKENIZERS_PARALLELISM', 'OMP_NUM_THREADS'],
		...[
			'MASTER_ADDR',
			'MASTER_PORT',
			'RANK',
			'LOCAL_RANK',
			'WORLD_SIZE',
			'HOME',
			'PATH',
			'PYTHONPATH',
			'LANG',
			'LC_ALL',
			'TZ',
			'TERM',
		],
		...[
			'PYTHONHASHSEED',
			'TF_CPP_MIN_LOG_LEVEL',
			'KMP_AFFINITY',
			'XLA_USE_BF16',
			'HTTP_PROXY',
			'http_proxy',
			'BROWSER',
			'PYTHONHOME',
		],
	];
}
