/**
 * `npm run bench`: ratios, each taken in one run beside its peer.
 *
 *     --only NAME    one benchmark; repeatable
 *     --files N      size of the tree (default 11,000)
 */
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { lines } from './table.ts';
import { policedTree } from './tree/policed.ts';

const { values } = parseArgs({
	options: { only: { type: 'string', multiple: true }, files: { type: 'string', default: '11000' } },
});
const fileCount = Number(values.files);
if (!Number.isInteger(fileCount) || fileCount < 20) throw new Error('--files takes a whole number of at least 20');

const names = globSync('*.bench.ts', { cwd: import.meta.dirname }).sort();
const benches: Bench[] = [];
for (const file of names) benches.push(((await import(join(import.meta.dirname, file))) as { default: Bench }).default);
const picked = benches.filter((bench) => values.only === undefined || values.only.includes(bench.name));
if (picked.length === 0) throw new Error(`--only takes ${benches.map((bench) => bench.name).join(', ')}`);

console.log(
	`${availableParallelism()} cores, ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform} ${process.arch}, node ${process.version}`,
);
console.log(`tree of ${fileCount} Python files; medians; temporary files in ${tmpdir()}\n`);
let failed = 0;
for (const bench of picked) {
	const scratch = mkdtempSync(join(tmpdir(), `gpupolicy-bench-${basename(bench.name)}-`));
	try {
		const rows = await bench.run({
			command: join(import.meta.dirname, '..', '..', 'bin', 'gpupolicy.js'),
			scratch,
			fileCount,
			tree: (folder) => policedTree(join(scratch, folder), fileCount),
		});
		for (const row of rows) for (const line of lines(row)) console.log(line);
	} catch (error) {
		failed++;
		console.log(`${bench.name.padEnd(24)}  FAILED: ${(error as Error).message}`);
	} finally {
		rmSync(scratch, { recursive: true, force: true });
	}
}
process.exitCode = failed === 0 ? 0 : 1;
