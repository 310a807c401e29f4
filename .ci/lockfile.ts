/**
 * Fails where `npm ci` would: npm drops packages of other platforms from the lock file when it changes dependencies with node_modules in
 * place, and keeps working in that checkout. Mend with `node .ci/lockfile.ts --write`.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'gpupolicy-lockfile-'));

function npm(...args: string[]): number {
	const result = spawnSync('npm', [...args, '--ignore-scripts', '--loglevel=error'], {
		cwd: scratch,
		stdio: ['ignore', 'inherit', 'inherit'],
		shell: process.platform === 'win32',
	});
	return result.status ?? 1;
}

try {
	for (const file of ['package.json', 'package-lock.json', '.npmrc'])
		if (existsSync(join(root, file))) copyFileSync(join(root, file), join(scratch, file));
	if (process.argv.includes('--write')) {
		process.exitCode = npm('install', '--package-lock-only');
		if (process.exitCode === 0) copyFileSync(join(scratch, 'package-lock.json'), join(root, 'package-lock.json'));
	} else {
		process.exitCode = npm('ci', '--dry-run');
	}
} finally {
	rmSync(scratch, { recursive: true, force: true });
}
