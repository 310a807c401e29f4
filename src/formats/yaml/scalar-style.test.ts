import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { load, YAML11_SCHEMA } from 'js-yaml';
import yaml from 'yaml';
import { isPlainSafe, writeScalar } from './scalar-style.ts';

const numRuns = Number(process.env.FC_RUNS ?? 500);

test('what would not be a string for every reader is never written without quotes', () => {
	for (const text of [
		'1',
		'010',
		'0x1',
		'0o7',
		'1e3',
		'1_000',
		'1:30',
		'.inf',
		'on',
		'Yes',
		'null',
		'~',
		'',
		'<<',
		'=',
		'- a',
		'a: b',
		'a #b',
		'a:',
		'*x',
		'&x',
		'!x',
		'2001-01-01',
	]) {
		assert.equal(isPlainSafe(text, false), false, text);
	}
	assert.equal(isPlainSafe('max_split_size_mb:1024', false), true);
	assert.equal(isPlainSafe('max_split_size_mb:1024', true), false);
});

test('a written scalar reads as its text in YAML 1.1 and 1.2, in block and in flow, for both libraries', () => {
	const text = fc.oneof(
		fc.string({ unit: 'grapheme' }),
		fc.string({ unit: fc.constantFrom(...'a1:#,{}[]\'"\\ -_%@!&*?|>\n\t\u00a0\u0085\u2028\ufeff🚀') }),
	);
	fc.assert(
		fc.property(
			text,
			fc.constantFrom('plain', 'single', 'double'),
			fc.constantFrom('single', 'double'),
			(value, style, fallback) => {
				const block = `a: ${writeScalar(value, style, fallback, false)}\n`;
				const flow = `{a: ${writeScalar(value, style, fallback, true)}, b: 1}\n`;
				for (const document of [block, flow]) {
					assert.equal(yaml.parse(document).a, value);
					assert.equal(yaml.parse(document, { version: '1.1' }).a, value);
					assert.equal((load(document) as { a: unknown }).a, value);
					assert.equal((load(document, { schema: YAML11_SCHEMA }) as { a: unknown }).a, value);
				}
			},
		),
		{ numRuns, ...(process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) }) },
	);
});
