import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { FilePolicy } from '../../src/core/desired/file-policy.ts';
import type { Source } from '../../src/core/ports/format.ts';
import { described, Judge } from './laws/judge.ts';
import { CPython } from './oracle/cpython.ts';
import { TreeSitter } from './oracle/tree-sitter.ts';
import { gpuProgram, program } from './programs/program.ts';
import { amount, SEED } from './run.ts';
import { converge } from './subject/converge.ts';
import { filePolicy, interestOf, WANTED } from './subject/policy.ts';

const cpython = await CPython.start();
after(() => cpython.close());
const treeSitter = await TreeSitter.start();
const runs = { numRuns: amount(300, 10_000), seed: SEED };

const awkward = fc.oneof(
	fc.constantFrom(
		'',
		'"',
		"'",
		'\\',
		'\\"',
		'"""',
		"'''",
		'{x}',
		'{',
		'$HOME',
		'%s',
		'a b',
		'\\x30',
		'\\N{DASH}',
		'é',
		'µ€',
		'🙂',
		'\n',
		'\r\n',
		'\t',
		'# no comment',
		'\u2028',
		'\x7f',
	),
	fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !text.includes('\0') && text.isWellFormed()),
);

test('whatever characters a value has, CPython reads exactly that value from the block and from every literal', async () => {
	await fc.assert(
		fc.asyncProperty(program(), awkward, awkward, async ({ bytes }, first, second) => {
			const policy = filePolicy('awkward', { CUDA_VISIBLE_DEVICES: first, CUDA_DEVICE_ORDER: second }, 0);
			const judge = new Judge(cpython, treeSitter, policy, interestOf([policy], ['torch', 'transformers']));
			assert.deepEqual(described(await judge.judge([{ path: 'program.py', bytes }])), []);
		}),
		runs,
	);
});

test('policies that come, change and go leave nothing behind but right literals', async () => {
	const { CUDA_VISIBLE_DEVICES: devices = '', ...others } = WANTED;
	const first = filePolicy('b-devices', { CUDA_VISIBLE_DEVICES: devices }, null);
	const second = filePolicy('a-others', others, 0);
	const changed = filePolicy('b-devices', { CUDA_VISIBLE_DEVICES: '5' }, null);
	const third = filePolicy('c.more', { TOKENIZERS_PARALLELISM: 'false' }, null);
	const steps: readonly (readonly FilePolicy[])[] = [
		[first],
		[first, second],
		[changed, second],
		[changed, second, third],
		[second, third],
		[third],
		[],
	];
	const interest = interestOf([first, second, third], ['torch', 'transformers']);
	let blocks = 0;
	await fc.assert(
		fc.asyncProperty(gpuProgram(), async ({ bytes }) => {
			let source: Source = { path: 'program.py', bytes };
			const states: Uint8Array[] = [];
			for (const policies of steps) {
				const { after, refused } = converge(source, interest, policies, true);
				assert.equal(refused, null);
				source = { path: source.path, bytes: after };
				states.push(after);
				assert.equal(converge(source, interest, policies, true).plan.edit, undefined, 'a second pass changes it again');
			}
			const comparisons = await cpython.compare(states.map((state) => [bytes, state]));
			for (const [index, comparison] of comparisons.entries()) {
				const policies = steps[index] as readonly FilePolicy[];
				assert.equal(comparison.unlawful, null, `after step ${index + 1}`);
				if (comparison.unlawful !== null) continue;
				const names = comparison.blocks.map(({ policy }) => policy);
				blocks += names.length;
				assert.deepEqual(names, [...names].sort(), 'blocks stand in the order of their names');
				for (const { policy, entries } of comparison.blocks) {
					const owner = policies.find(({ name }) => name === policy);
					assert.ok(owner, `the block of ${policy} is still there`);
					assert.deepEqual(
						entries,
						owner.variables.map(({ name, value }) => [name, value.state === 'known' ? value.text : '']),
					);
				}
			}
		}),
		runs,
	);
	assert.ok(blocks > runs.numRuns, 'too few blocks came and went');
});
