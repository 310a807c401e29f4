import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type ManifestDiagnostic, parseManifest } from '../../src/manifest/index.ts';

const corpus = join(import.meta.dirname, '..', 'manifests');

function files(kind: 'good' | 'bad'): { readonly name: string; readonly text: string }[] {
	return readdirSync(join(corpus, kind)).map((name) => ({ name, text: readFileSync(join(corpus, kind, name), 'utf8') }));
}

/** The text under the carets, as the heads of the files quote it. */
function underlined({ sourceLine, column, endColumn }: ManifestDiagnostic): string {
	return [...sourceLine].slice(column - 1, Math.min(endColumn - 1, column + 59)).join('');
}

describe('the corpus of manifests', () => {
	for (const { name, text } of files('good')) {
		it(`accepts good/${name}`, () => {
			const { policies, diagnostics } = parseManifest(text, name);
			assert.deepEqual(
				diagnostics.filter(({ severity }) => severity === 'error'),
				[],
			);
			assert.equal(policies.length, text.match(/kind"?: ?"?GpuPolicy/g)?.length);
		});
	}

	for (const { name, text } of files('bad')) {
		it(`refuses bad/${name} with the code, the path and the place that it names`, () => {
			const expected = [...text.matchAll(/^# expect: (.+)$/gm)].map(([, line]) => line);
			const errors = parseManifest(text, name).diagnostics.filter(({ severity }) => severity === 'error');
			assert.ok(expected.length > 0, 'the head of the file names no error');
			assert.deepEqual(
				errors.map((error) => `${error.code} ${error.path || '-'} at ${JSON.stringify(underlined(error))}`),
				expected,
			);
			for (const error of errors) assert.ok(error.hint, `${error.code} ${error.path} does not say what to do`);
		});
	}

	it('reads every good manifest the same with CRLF, with a byte order mark and without a final newline', () => {
		for (const { name, text } of files('good')) {
			const digests = (input: string) => parseManifest(Buffer.from(input), name).policies.map(({ digest }) => digest);
			const plain = digests(text);
			assert.deepEqual(digests(text.replaceAll('\n', '\r\n')), plain, name);
			assert.deepEqual(digests(`\uFEFF${text}`), plain, name);
			assert.deepEqual(digests(text.trimEnd()), plain, name);
		}
	});
});
