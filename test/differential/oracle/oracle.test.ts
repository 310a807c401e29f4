import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { filePolicy, interestOf, WANTED } from '../subject/policy.ts';
import { CPython } from './cpython.ts';
import { TreeSitter } from './tree-sitter.ts';

const cpython = await CPython.start();
after(() => cpython.close());
const treeSitter = await TreeSitter.start();
const interest = interestOf([filePolicy('example', WANTED, 0)], ['torch', 'numba.cuda']);
const bytes = (text: string): Uint8Array => Buffer.from(text);

const block =
	'# >>> gpupolicy example: managed block, do not edit\nimport os\n\nos.environ["CUDA_VISIBLE_DEVICES"] = "1"\n# <<< gpupolicy\n';

/** What must be caught: an oracle that lets these pass proves nothing. */
const unlawful: Readonly<Record<string, readonly [before: string, after: string, reason: RegExp]>> = {
	'a block before `from __future__`': [
		'from __future__ import annotations\n',
		`${block}from __future__ import annotations\n`,
		/does not compile.*__future__/,
	],
	'a block before the docstring': ['"""Doc."""\nx = 1\n', `${block}"""Doc."""\nx = 1\n`, /docstring/],
	'a block before the shebang': ['#!/bin/python\nx = 1\n', `${block}#!/bin/python\nx = 1\n`, /shebang/],
	'a block before the encoding cookie': [
		'# coding: latin-1\nx = 1\n',
		`${block}# coding: latin-1\nx = 1\n`,
		/encoding was iso-8859-1/,
	],
	'a block behind other code': ['import torch\n', `import torch\n${block}`, /line 1 runs before the block/],
	'a block with something else in it': [
		'x = 1\n',
		`${block.replace('import os\n', 'import os, sys\n')}x = 1\n`,
		/block holds an? Import/,
	],
	'a comment that changed': ['x = 1  # one\n', 'x = 1  # two\n', /bytes outside/],
	'a blank that went': ['x = 1 \n', 'x = 1\n', /bytes outside/],
	'another line end': ['x = 1\r\n', 'x = 1\n', /bytes outside/],
	'a final line end that came': ['x = 1', 'x = 1\n', /bytes outside/],
	'two blank lines beside the block': ['x = 1\n', `${block}\n\nx = 1\n`, /bytes outside/],
	'a statement that went': ['x = 1\ny = 2\n', 'x = 1\n', /nodes became/],
	'a name that changed': ['x = 1\n', 'y = 1\n', /became/],
	'a number that became a string': ['x = 1\n', 'x = "1"\n', /became/],
	'code that does not compile any more': ['x = 1\n', 'x = = 1\n', /does not compile/],
};

for (const [what, [before, changed, reason]] of Object.entries(unlawful)) {
	test(`the comparison catches ${what}`, async () => {
		const [comparison] = await cpython.compare([[bytes(before), bytes(changed)]]);
		assert.match(comparison?.unlawful ?? 'nothing', reason);
	});
}

test('the comparison tells which constants changed, in bytes of the source before', async () => {
	const [comparison] = await cpython.compare([[bytes('é = "cuda:1"; x = 1\n'), bytes(`${block}\né = "cuda:0"; x = 1\n`)]]);
	assert.deepEqual(comparison, {
		unlawful: null,
		blocks: [{ policy: 'example', entries: [['CUDA_VISIBLE_DEVICES', '1']], first: 1, last: 5 }],
		changes: [{ line: 1, start: 5, end: 13, before: 'cuda:1', after: 'cuda:0' }],
	});
});

test('the reference tells effects apart', async () => {
	const source = [
		'import os',
		'os.environ["CUDA_VISIBLE_DEVICES"] = "1"',
		'os.environ.setdefault("CUDA_VISIBLE_DEVICES", "1")',
		'if x: os.environ["CUDA_VISIBLE_DEVICES"] = y',
		'def f(): os.environ["CUDA_VISIBLE_DEVICES"] = "1"',
		'del os.environ["CUDA_VISIBLE_DEVICES"]',
		'from numba import cuda',
		'os.environ["CUDA_VISIBLE_DEVICES"] = "1"',
	];
	const [examination] = await cpython.examine([bytes(source.join('\n'))], interest);
	assert.ok(examination?.error === null);
	assert.deepEqual(
		examination.found.settings.map(({ effects }) => effects),
		[['sets'], ['default'], ['conditional'], ['deferred'], ['unset'], ['late']],
	);
	assert.deepEqual(
		examination.found.imports.map(({ level }) => level),
		['top'],
	);
});

test('sources nested too deeply for any parser do not end the oracle', async () => {
	const [examination] = await cpython.examine([bytes(`x = ${'-'.repeat(100_000)}1`)], interest);
	assert.match(examination?.error ?? '', /MemoryError|RecursionError/);
	assert.deepEqual(await cpython.evaluate(['"\\x31"']), ['1']);
});

test('tree-sitter compares what CPython cannot read', () => {
	assert.equal(treeSitter.firstUnlawful(bytes('print "a"\nx = "0"\n'), bytes(`${block}\nprint "a"\nx = "1"\n`)), null);
	assert.match(treeSitter.firstUnlawful(bytes('print "a", 1\n'), bytes('print "a"\n')) ?? '', /line 1/);
});
