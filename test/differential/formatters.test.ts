import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Source } from '../../src/core/ports/format.ts';
import { sample } from './corpora/corpus.ts';
import { type Formatter, formatters } from './corpora/formatters.ts';
import { wheels } from './corpora/wheels.ts';
import { type Blocks, CPython } from './oracle/cpython.ts';
import { gpuProgram, listing } from './programs/program.ts';
import { amount, SEED, summary } from './run.ts';
import { converge } from './subject/converge.ts';
import { filePolicy, interestOf, WANTED } from './subject/policy.ts';

const policy = filePolicy('example', WANTED, 0);
const interest = interestOf([policy], ['torch', 'transformers', 'diffusers', 'accelerate']);
const cpython = await CPython.start();
after(() => cpython.close());
const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-formatters-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Converged files that got a block and leave nothing to a person: a formatter may turn what cannot be rewritten into what can. */
let carrying: readonly Carrying[] = [];

/** A converged file, and the same file before it was converged. */
interface Carrying extends Source {
	readonly original: Uint8Array;
}

before(async () => {
	const generated = fc
		// isort moves a comment from between two `from __future__` imports to below the next import, which is in the block. It does
		// not join lines that a backslash and a lone CR end, and takes such a statement apart, block or not.
		.sample(
			gpuProgram().filter(({ bytes }) => !/# between|\\\r(?!\n)/.test(Buffer.from(bytes).toString('latin1'))),
			{ numRuns: amount(400, 4000), seed: SEED },
		)
		.map(({ bytes }, index): Source => ({ path: `program_${index}.py`, bytes }));
	const real = (await wheels()).flatMap((corpus) =>
		sample(corpus, amount(12, 300), SEED).map((path): Source => ({ ...corpus.read(path), path: path.replaceAll('/', '__') })),
	);
	carrying = [...generated, ...real].flatMap(({ path, bytes }) => {
		const { after } = converge({ path, bytes }, interest, [policy]);
		const { plan } = converge({ path, bytes: after }, interest, [policy]);
		return blockOf(after) === null || plan.findings.length > 0 ? [] : [{ path, bytes: after, original: bytes }];
	});
});

for (const formatter of await formatters()) {
	test(`${formatter.name} leaves the block as it is and where it is, and a second pass finds nothing to do`, async (t) => {
		assert.ok(carrying.length > 50, 'too few files got a block');
		const formatted = await format(formatter, 'converged', ({ bytes }) => bytes);
		const blocks = await cpython.blocks(formatted);
		// A formatter that breaks a program without any block of ours (isort and `import \\` before `if True:`) proves nothing of ours.
		const bare = await cpython.blocks(await format(formatter, 'original', ({ original }) => original));
		const broken = new Set(bare.flatMap(({ unlawful }, index) => (unlawful?.startsWith('does not compile') ? [index] : [])));
		assert.ok(broken.size < carrying.length / 20, `${formatter.name} breaks ${broken.size} programs by itself`);
		const violations = carrying.flatMap(({ path, bytes }, index) => {
			const result = formatted[index] as Uint8Array;
			const fault = broken.has(index) ? null : violation(path, bytes, result, blocks[index] as Blocks);
			return fault === null ? [] : [`${path}: ${fault}\nbefore:${excerpt(bytes)}after:${excerpt(result)}`];
		});
		const changed = carrying.filter(({ bytes }, index) => Buffer.compare(bytes, formatted[index] as Uint8Array) !== 0).length;
		t.diagnostic(
			`seed ${SEED}: ${carrying.length} files with a block, ${changed} changed by ${formatter.name}, ${broken.size} broken by it without a block`,
		);
		assert.ok(changed > 0, 'the formatter changed nothing at all');
		assert.equal(violations.length, 0, summary(violations, 5));
	});
}

async function format(formatter: Formatter, what: string, content: (file: Carrying) => Uint8Array): Promise<Uint8Array[]> {
	const target = join(folder, `${what}_${formatter.name.replaceAll(/\W/g, '_')}`);
	mkdirSync(target);
	for (const file of carrying) writeFileSync(join(target, file.path), content(file));
	await formatter.run(target);
	return carrying.map(({ path }) => readFileSync(join(target, path)));
}

function violation(path: string, before: Uint8Array, after: Uint8Array, blocks: Blocks): string | null {
	if (blocks.unlawful !== null) return blocks.unlawful;
	const is = blockOf(after);
	if (is === null) return 'the block is gone';
	if (is !== blockOf(before)) return 'the block says something else';
	const again = converge({ path, bytes: after }, interest, [policy]);
	return again.plan.edit === undefined ? null : `a second pass changes it: ${again.plan.summary}`;
}

/** The block byte by byte but for its line ends, which a formatter makes those of the whole file. */
function blockOf(bytes: Uint8Array): string | null {
	const text = Buffer.from(bytes)
		.toString('latin1')
		.replaceAll(/\r\n|\r/g, '\n');
	return /^# >>> gpupolicy example: .*?^# <<< gpupolicy$/ms.exec(text)?.[0] ?? null;
}

function excerpt(bytes: Uint8Array): string {
	return listing(bytes).split('\n').slice(0, 40).join('\n');
}
