// biome-ignore-all lint/suspicious/noTemplateCurlyInString: compose and workflows write it
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import yaml from 'yaml';
import { type Dialect, encodeValue, meaningOf, scalarText } from './value.ts';

test('a value is what its dialect expands it to, or comes from elsewhere', () => {
	const cases: [string, Dialect, string][] = [
		['1', 'compose', 'sets 1'],
		['$$HOME', 'compose', 'sets $HOME'],
		['$HOME', 'compose', 'from the host environment'],
		['${X}', 'compose', 'from the host environment'],
		['${X:-1}', 'compose', 'default 1'],
		['${X-1}', 'compose', 'default 1'],
		['${X:?needed}', 'compose', 'from the host environment'],
		['a${X:-1}', 'compose', 'from the host environment'],
		['$(X)', 'kubernetes', 'from another variable'],
		['$$(X)', 'kubernetes', 'sets $(X)'],
		['$X', 'kubernetes', 'sets $X'],
		['$X', 'plain', 'from another variable'],
		['${{ env.X }}', 'plain', 'from an expression'],
		['{{ x }}', 'kubernetes', 'from a template'],
	];
	for (const [text, dialect, expected] of cases) {
		const { value, effect } = meaningOf(text, dialect);
		assert.equal(value.kind === 'literal' ? `${effect} ${value.text}` : `from ${value.why}`, expected, `${dialect} ${text}`);
	}
});

test('an encoded value reads back as itself', () => {
	const value = fc.string({ unit: fc.constantFrom('$', '{', '}', '(', ')', 'a', '1', ':', '-') });
	fc.assert(
		fc.property(value, fc.constantFrom<Dialect>('compose', 'kubernetes', 'plain'), (text, dialect) => {
			const encoded = encodeValue(text, dialect, '');
			if (encoded !== null) assert.deepEqual(meaningOf(encoded, dialect).value, { kind: 'literal', text });
			else assert.match(text, /\$|\{\{/);
		}),
		{ numRuns: Number(process.env.FC_RUNS ?? 500) },
	);
});

test('an unquoted scalar that readers take for different values has no text', () => {
	const text = (source: string) => scalarText(yaml.parseDocument(source).contents as never);
	for (const source of ['yes', 'on', 'True', '010', '0x1', '1e3', '1_000', '1:30', '1.50'])
		assert.ok('why' in text(source), source);
	assert.deepEqual(text('1'), { text: '1' });
	assert.deepEqual(text('1.5'), { text: '1.5' });
	assert.deepEqual(text('true'), { text: 'true' });
	assert.deepEqual(text("'yes'"), { text: 'yes' });
	assert.deepEqual(text('!!str 010'), { text: '010' });
	assert.ok('why' in text('!vault abc'));
	assert.ok('why' in text('[a]'));
});
