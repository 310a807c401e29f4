/**
 * Writes the reference pages that follow from the code: `node docs/generate/index.ts [--check]`.
 * `--check` writes nothing and exits 1, naming what is stale.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { commandReference } from './commands.ts';
import { conditionReference } from './conditions.ts';
import { errorReference } from './errors.ts';
import { valuesReference } from './values.ts';

const root = join(import.meta.dirname, '..', '..');
const pages: readonly (readonly [path: string, text: string])[] = [
	[join(root, 'docs', 'reference', 'commands.md'), await commandReference(join(root, 'src', 'commands'))],
	[join(root, 'docs', 'reference', 'conditions.md'), conditionReference()],
	[join(root, 'docs', 'errors.md'), errorReference()],
	[join(root, 'charts', 'gpupolicy', 'README.md'), valuesReference(join(root, 'charts', 'gpupolicy'))],
];

for (const [path, text] of pages) {
	if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
	if (process.argv.includes('--check')) {
		console.error(`stale: ${relative(root, path)}; run \`npm run generate\` and commit the result`);
		process.exitCode = 1;
		continue;
	}
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, text);
	console.log(`wrote ${relative(root, path)}`);
}
