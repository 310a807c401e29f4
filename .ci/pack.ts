/**
 * Around `npm pack`: `prepare` builds and puts the published package.json in place of the working one, `restore` puts the working one back.
 * The working one is `private`, so that `npm publish` in a checkout is refused; what is published is the tarball.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const manifest = join(root, 'package.json');
const backup = join(root, 'package.json.unpacked');

/** Idempotent; also mends what a pack that was killed left behind. */
function restore(): void {
	if (existsSync(backup)) renameSync(backup, manifest);
}

/** Drops what only a checkout needs. */
function published(text: string): string {
	const {
		private: _private,
		scripts: _scripts,
		devDependencies: _dev,
		optionalDependencies: _optional,
		...rest
	} = JSON.parse(text);
	return `${JSON.stringify(rest, null, '\t')}\n`;
}

function prepare(): void {
	restore();
	const built = spawnSync(process.execPath, [join(root, '.ci', 'build.ts')], { stdio: ['ignore', 2, 2] });
	if (built.status !== 0) process.exit(1);
	const text = readFileSync(manifest, 'utf8');
	const scratch = `${backup}.tmp`;
	writeFileSync(scratch, text);
	renameSync(scratch, backup);
	writeFileSync(scratch, published(text));
	renameSync(scratch, manifest);
}

const task = process.argv[2];
if (task === 'prepare') prepare();
else if (task === 'restore') restore();
else {
	console.error('node .ci/pack.ts prepare|restore');
	process.exit(64);
}
