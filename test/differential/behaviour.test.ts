import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runProgram } from './behaviour/run-program.ts';
import { nativePython } from './corpora/native-python.ts';
import { gpuProgram } from './programs/program.ts';
import { amount, SEED } from './run.ts';
import { type Converged, converge } from './subject/converge.ts';
import { filePolicy, interestOf, WANTED } from './subject/policy.ts';

const native = await nativePython();
const minor = Number(native.version.split('.')[1]);
const policy = filePolicy('example', WANTED, 0);
const interest = interestOf([policy], ['torch', 'transformers']);
const runs = { numRuns: amount(250, 4000), seed: SEED };
const runnable = gpuProgram().filter(({ since }) => since <= minor);

test(`in a hostile environment the variables are right at the first GPU import of every converged program`, async (t) => {
	let imported = 0;
	let excused = 0;
	await fc.assert(
		fc.asyncProperty(runnable, async ({ bytes }) => {
			const converged = converge({ path: 'program.py', bytes }, interest, [policy]);
			assert.equal(converged.refused, null);
			const { seen, error } = await runProgram(converged.after);
			if (error !== null) assert.equal(error, (await runProgram(bytes)).error, 'it failed otherwise before the edit');
			if (seen === null) return;
			imported++;
			for (const [name, value] of Object.entries(WANTED)) {
				if (isHandedToPerson(converged, name)) excused++;
				else {
					assert.equal(seen.environ[name], value, `${name} in os.environ at the first GPU import`);
					if (seen.getenv !== undefined) assert.equal(seen.getenv[name], value, `${name} for C code at the first GPU import`);
				}
			}
		}),
		runs,
	);
	t.diagnostic(
		`seed ${SEED}: ${imported} programs imported a GPU library under Python ${native.version}; ${excused} variables were handed to a person`,
	);
	assert.ok(imported > runs.numRuns / 4, 'too few programs import a GPU library');
});

test('the hostile environment is felt: a program that sets nothing sees the wrong values', async () => {
	const { seen } = await runProgram(Buffer.from('import torch\n'));
	assert.notEqual(seen, null);
	for (const [name, value] of Object.entries(WANTED)) assert.notEqual(seen?.environ[name], value);
});

/** The engine said that it cannot prove this variable: it comes from an expression, is removed, or names several devices. */
function isHandedToPerson({ plan }: Converged, variable: string): boolean {
	return plan.findings.some(
		({ rule, disposition, message }) => rule.startsWith('env/') && disposition === 'person' && message.startsWith(variable),
	);
}
