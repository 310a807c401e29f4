import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sample } from './corpora/corpus.ts';
import { standardLibraries } from './corpora/standard-library.ts';
import { wheels } from './corpora/wheels.ts';
import { lexicalDisagreement } from './laws/tokens.ts';
import { CPython } from './oracle/cpython.ts';
import { amount, batches, SEED, summary } from './run.ts';

const cpython = await CPython.start();
after(() => cpython.close());
const corpora = [...(await wheels()), ...(await standardLibraries())];

for (const corpus of corpora) {
	test(`the lexer splits ${corpus.name} into the tokens, comments and logical lines that CPython's tokenizer gives`, async (t) => {
		const violations: string[] = [];
		let compared = 0;
		for (const paths of batches(sample(corpus, amount(150, Number.POSITIVE_INFINITY), SEED), 25)) {
			const sources = paths.map((path) => corpus.read(path));
			const expected = await cpython.boundaries(sources.map(({ bytes }) => bytes));
			for (const [index, { path, bytes }] of sources.entries()) {
				const boundaries = expected[index];
				if (!boundaries) continue;
				compared++;
				const disagreement = lexicalDisagreement(bytes, boundaries);
				if (disagreement !== null) violations.push(`${path}: ${disagreement}`);
			}
		}
		t.diagnostic(`seed ${SEED}: ${compared} files that compile, of ${corpus.paths.length}`);
		assert.ok(compared > 0, 'no file of the sample compiles');
		assert.equal(violations.length, 0, summary(violations));
	});
}
