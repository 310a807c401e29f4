import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { errorCodes } from '../../src/api/error-codes.ts';
import { hostErrors } from '../../src/host/errors.ts';

const root = join(import.meta.dirname, '..', '..');
const table = join('src', 'api', 'error-codes.ts');

/** Every code that a source file writes as a string, comments left out, with the files that do. */
function written(): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
		const file = join('src', name);
		if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file === table) continue;
		const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
		for (const [, literal] of code.matchAll(/['"](GP\d{4})['"]/g))
			found.set(literal as string, [...(found.get(literal as string) ?? []), file]);
	}
	return found;
}

describe('error codes', () => {
	const used = written();

	it('are all documented, and no documented one is dead', () => {
		assert.ok(used.size > 50, `only ${used.size} codes were found: the search is broken`);
		assert.deepEqual([...used.keys()].sort(), Object.keys(errorCodes).sort());
	});

	it('have one meaning each: those of the command line and of the host stand in one place of the code', () => {
		const shared = [...used].filter(([code, files]) => /^GP(12|2|3)/.test(code) && new Set(files).size > 1);
		assert.deepEqual(shared, []);
		const repeated = [...used].filter(([code, files]) => code.startsWith('GP2') && files.length > 1);
		assert.deepEqual(repeated, []);
		const names = Object.values(hostErrors);
		assert.equal(new Set(names).size, names.length);
	});

	it('have a title of their own, and say what is wrong and what to do in sentences', () => {
		const pages = Object.entries(errorCodes);
		assert.equal(new Set(pages.map(([, { title }]) => title)).size, pages.length);
		for (const [code, { meaning, remedy }] of pages) {
			assert.match(code, /^GP\d{4}$/);
			for (const text of [meaning, remedy]) assert.match(text, /^\S.+\.$/, code);
		}
	});
});
