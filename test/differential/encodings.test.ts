import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { described, Judge } from './laws/judge.ts';
import { CPython } from './oracle/cpython.ts';
import { TreeSitter } from './oracle/tree-sitter.ts';
import { converge } from './subject/converge.ts';
import { filePolicy, interestOf, WANTED } from './subject/policy.ts';

const cpython = await CPython.start();
after(() => cpython.close());
const treeSitter = await TreeSitter.start();
const policy = filePolicy('example', WANTED, 0);
const interest = interestOf([policy], ['torch']);

/** With letters that the encoding can write; in Shift-JIS and Big5 the second byte of 表, 功 is a backslash. */
const texts: readonly { readonly encodings: readonly string[]; readonly letters: string }[] = [
	{
		encodings: ['utf-8', 'UTF_8', 'utf8', 'latin-1', 'iso-8859-1', 'iso-8859-15', 'cp1252', 'mac-roman', 'utf-7'],
		letters: 'é ü',
	},
	{ encodings: ['utf-8', 'koi8-r', 'cp1251', 'iso-8859-5', 'cp866'], letters: 'Привет' },
	{
		encodings: ['utf-8', 'shift_jis', 'cp932', 'euc_jp', 'iso2022_jp', 'gbk', 'gb18030', 'big5', 'big5hkscs', 'hz'],
		letters: '表 功',
	},
	{ encodings: ['euc_kr', 'cp949', 'johab'], letters: '한글' },
	{ encodings: ['ascii', 'us-ascii'], letters: 'e' },
];

const source = (encoding: string, letters: string): string =>
	`# -*- coding: ${encoding} -*-\n# ${letters}\nx = "${letters}"; y = '${letters}'; device = "cuda:1"\nimport os\nos.environ["CUDA_VISIBLE_DEVICES"] = "0"  # ${letters}\nimport torch\n`;

for (const { encodings, letters } of texts) {
	for (const encoding of encodings) {
		test(`a source with ${letters} in ${encoding} is edited without harm, or left alone`, async () => {
			const bytes = await cpython.encode(source(encoding, letters), encoding);
			assert.ok(bytes, `Python does not write ${letters} in ${encoding}`);
			const judge = new Judge(cpython, treeSitter, policy, interest);
			assert.deepEqual(described(await judge.judge([{ path: 'program.py', bytes }])), []);
			assert.equal(judge.tally.compiled, 1);
		});
	}
}

test('the encodings that GPU code is written in are edited', async () => {
	for (const encoding of ['utf-8', 'latin-1', 'cp1252', 'ascii']) {
		const bytes = await cpython.encode(source(encoding, 'e'), encoding);
		assert.notEqual(converge({ path: 'program.py', bytes: bytes ?? new Uint8Array() }, interest, [policy]).plan.edit, undefined);
	}
});
