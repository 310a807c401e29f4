import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml, type YamlDocument } from './parse.ts';
import { sameButFor, secondReaderAgrees } from './verify.ts';

const nothing = { replaced: new Map(), appended: new Map(), keyed: new Map() };

function documents(text: string): readonly YamlDocument[] {
	const parsed = parseYaml(text);
	assert.ok(parsed.ok);
	return parsed.documents;
}

test('a change that nobody asked for is seen, whatever it touches', () => {
	const before = 'a: &x "1"\nb: [*x, {c: !!str d}]\n---\ne: |\n  f\n';
	assert.equal(sameButFor(documents(before), documents(before), nothing), true);
	const others = [
		before.replace('"1"', '1'),
		before.replace('"1"', "'1'"),
		before.replace('&x', '&y').replace('*x', '*y'),
		before.replace('*x', '"1"'),
		before.replace('!!str ', ''),
		before.replace('  f', '  f\n\n  g'),
		before.replace('c:', 'd:'),
		before.replace('---\n', ''),
		`${before}g: 1\n`,
		before.replace('[*x, {c: !!str d}]', '\n  - *x\n  - {c: !!str d}'),
	];
	for (const other of others) assert.equal(sameButFor(documents(before), documents(other), nothing), false, other);
});

test('the second reader agrees with the first on merge keys and aliases, and says where it does not', () => {
	const text = 'a: &x {b: 1}\nc: {<<: *x, d: [~, true, 1.5, "e"]}\n---\nf: *y\n'.replace('f: *y', 'f: g');
	assert.equal(secondReaderAgrees(text, documents(text)), true);
	assert.equal(secondReaderAgrees(text.replace('g', 'h'), documents(text)), false);
	assert.equal(secondReaderAgrees('a: [', documents(text)), false);
});
