import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { compileSelector, isWildcard } from './selector-patterns.ts';

const runs = Number(process.env.FC_RUNS ?? 300);
const seed = Number(process.env.FC_SEED ?? Date.now() % 1_000_000);

test('patterns that are compared as strings decide as picomatch does', () => {
	const segment = fc.stringMatching(/^[a-z.\n -]{1,6}$/).filter((text) => !/^\.{1,2}$/.test(text));
	const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
	const tail = fc.stringMatching(/^[a-z.-]{1,4}$/).filter((text) => !/^\.{1,2}$/.test(text));
	fc.assert(
		fc.property(path, tail, fc.boolean(), fc.boolean(), (prefix, end, star, appended) => {
			const pattern = star ? `**/*.${end}` : `**/${end}`;
			const candidate = appended ? `${prefix}${star ? '.' : '/'}${end}` : prefix;
			const [include] = compileSelector({ include: [pattern], exclude: [], defaultExcludes: true }, 0).wildcards;
			const expected = picomatch(pattern, { dot: true, nonegate: true, flags: 's' })(candidate);
			assert.equal(
				include?.matches(candidate, candidate.slice(candidate.lastIndexOf('/') + 1)),
				expected,
				`${pattern} ${candidate}`,
			);
		}),
		{ numRuns: runs, seed },
	);
});

test('an include without a wildcard is declared, also when its wildcard characters are escaped', () => {
	assert.equal(isWildcard('.env'), false);
	assert.equal(isWildcard('a+b@c.py'), false);
	assert.equal(isWildcard('src/*.py'), true);
	assert.equal(isWildcard('{a,b}.py'), true);
	const { declared } = compileSelector({ include: ['app/\\[id\\].py', './x.py'], exclude: [], defaultExcludes: true }, 0);
	assert.deepEqual(declared, [
		{ pattern: 'app/\\[id\\].py', path: 'app/[id].py' },
		{ pattern: './x.py', path: 'x.py' },
	]);
});

test('a pattern that leaves the root matches nothing', () => {
	const { declared, wildcards } = compileSelector(
		{ include: ['../x.py', '/etc/passwd', '../**/*.py'], exclude: [], defaultExcludes: true },
		0,
	);
	assert.deepEqual(
		declared.map(({ path }) => path),
		[null, null],
	);
	assert.equal(wildcards[0]?.matches('../x.py', 'x.py'), false);
});

test('an exclude of a directory is given with or without a final slash or a double star', () => {
	for (const exclude of ['old', 'old/', 'old/**', './old']) {
		assert.equal(compileSelector({ include: [], exclude: [exclude], defaultExcludes: true }, 0).excludes('old'), true, exclude);
	}
});
