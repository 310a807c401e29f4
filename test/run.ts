/**
 * Runs test files and ends with one line that can be trusted: `N passed, N failed`, alone on its line.
 *
 *     node test/run.ts                       every suite
 *     node test/run.ts unit property         these suites
 *     node test/run.ts src/core/x.test.ts    these files
 *     --concurrency N                        files at once (default: by suite, at most the number of cores)
 *
 * A suite that this machine cannot run at all is left out of a run of every suite, which says so and why; named, it fails.
 * Exits with 1 when a test failed or was skipped, a file crashed, ended early or held no test, or nothing ran.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type FileResult, runFiles } from './runner/run-files.ts';
import { type Suite, suites } from './runner/suites.ts';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({ allowPositionals: true, options: { concurrency: { type: 'string' } } });

function chosen(): Suite[] {
	const all = suites(root);
	if (positionals.length === 0) return all;
	const files = positionals.filter((name) => name.endsWith('.ts'));
	const missing = files.filter((file) => !existsSync(file));
	const named = positionals.filter((name) => !name.endsWith('.ts'));
	const unknown = named.filter((name) => !all.some((suite) => suite.name === name));
	if (missing.length > 0 || unknown.length > 0) {
		console.error(
			`no such test file or suite: ${[...missing, ...unknown].join(', ')}; suites are ${all.map((suite) => suite.name).join(', ')}`,
		);
		process.exit(64);
	}
	const picked = all.filter((suite) => named.includes(suite.name));
	if (files.length > 0) picked.push({ name: 'files', files, concurrency: availableParallelism() });
	return picked;
}

// A change must not fail for what another seed would have found before it: the sample is the same in every run, and
// `npm run soak` (or FC_SEED) is what looks further.
if (process.env.SOAK !== '1') {
	process.env.FC_SEED ??= '20261121';
	process.env.KILL_SEED ??= process.env.FC_SEED;
	console.log(`seed ${process.env.FC_SEED} (FC_SEED; npm run soak draws its own)`);
}

const started = performance.now();
const files: FileResult[] = [];
const picked = chosen();
const impossible: string[] = [];
for (const suite of picked) {
	const why = suite.impossible?.();
	if (why !== undefined && positionals.length === 0) {
		impossible.push(`not possible here: ${suite.name} (${suite.files.length} files): ${why}`);
		console.log(`\n${impossible.at(-1)}`);
		continue;
	}
	const concurrency = values.concurrency === undefined ? suite.concurrency : Number(values.concurrency);
	files.push(...(await runFiles({ ...suite, concurrency }, root)));
}

const passed = files.reduce((sum, file) => sum + file.passed, 0);
const failed = files.reduce((sum, file) => sum + file.failures.length, 0);

console.log('\nSlowest files');
for (const file of files.toSorted((a, b) => b.seconds - a.seconds).slice(0, 10))
	console.log(`  ${file.seconds.toFixed(1).padStart(7)} s  ${file.path}`);
if (failed > 0) console.log('\nFailures');
for (const file of files) for (const failure of file.failures) console.log(`  ${file.path}: ${failure.name}`);
for (const line of impossible) console.log(`\n${line}`);
if (files.length === 0) console.log('\nNothing ran: that is a failure.');
console.log(
	`\n${files.length} files in ${picked.length - impossible.length} suites, ${((performance.now() - started) / 1000).toFixed(1)} s`,
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
