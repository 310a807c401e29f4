/**
 * Generates everything that follows from the schemas: `node schemas/generate/index.ts [--check]`.
 * `--check` writes nothing and exits 1, naming what is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { outputs } from './outputs.ts';
import { root } from './sources.ts';

const check = process.argv.includes('--check');
const stale: string[] = [];

for (const [path, text] of await outputs()) {
	const url = new URL(path, root);
	let current: string | undefined;
	try {
		current = readFileSync(url, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
	}
	if (current === text) continue;
	stale.push(path);
	if (check) continue;
	mkdirSync(new URL('.', url), { recursive: true });
	writeFileSync(url, text);
}

if (check && stale.length > 0) {
	console.error(
		`Stale: ${stale.join(', ')}\nRun \`node ${fileURLToPath(import.meta.url).slice(fileURLToPath(root).length)}\` and commit the result.`,
	);
	process.exitCode = 1;
} else if (!check) {
	console.error(stale.length === 0 ? 'Everything generated is fresh.' : `Wrote ${stale.join(', ')}`);
}
