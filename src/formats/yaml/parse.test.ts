import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from './parse.ts';

test('what readers would not agree on is a failure with a code and a place', () => {
	const cases: [string, string, number][] = [
		['a: 1\nb: 2\na: 3\n', 'DUPLICATE_KEY', 10],
		['a:\n\tb: 1\n', 'TAB_AS_INDENT', 3],
		['a: 1\rb: 2\r', 'CR_ONLY', 4],
		['a: *x\nb: &x 1\n', 'UNKNOWN_ALIAS', 3],
		[`a: ${'['.repeat(300)}${']'.repeat(300)}`, 'TOO_DEEP', 203],
	];
	for (const [text, code, from] of cases) {
		const parsed = parseYaml(text);
		assert.ok(!parsed.ok, text);
		assert.deepEqual([parsed.failure.code, parsed.failure.from], [code, from]);
	}
});

test('nesting of any depth ends in a failure, not in a stack overflow', () => {
	for (const text of ['['.repeat(50_000), '{a: '.repeat(20_000), '- '.repeat(20_000), '? '.repeat(5_000)]) {
		assert.equal(parseYaml(text).ok, false);
	}
});

test('a failure never quotes the source', () => {
	for (const text of [
		'a: "x" s3cret\n',
		'a: b\n] s3cret\n',
		'a: | s3cret\n',
		'a: "\\s3cret"\n',
		'k: @s3cret\n',
		's3cret: 1\ns3cret: 2\n',
		'a: *s3cret\n',
		'%s3cret\n---\n: : s3cret: s3cret',
	]) {
		const parsed = parseYaml(text);
		if (!parsed.ok) assert.doesNotMatch(parsed.failure.message, /s3cret/);
	}
});

test('a merge key may stand twice', () => {
	assert.equal(parseYaml('a: &a {x: 1}\nb: {<<: *a, <<: *a}\n').ok, true);
});
