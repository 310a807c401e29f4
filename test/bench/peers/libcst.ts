import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const version = '1.9.0';

/** Folder for what tests and benchmarks install, outside the checkout. */
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gpupolicy', 'bench');

function interpreter(): { python: string } | { missing: string } {
	const venv = join(cache, `libcst-${version}`);
	const python = process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
	if (existsSync(python) && spawnSync(python, ['-c', 'import libcst']).status === 0) return { python };
	mkdirSync(cache, { recursive: true });
	console.error(`installing libcst ${version} into ${venv}`);
	for (const [file, args] of [
		[process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', '--clear', venv]],
		[python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `libcst==${version}`]],
	] as const) {
		const { status, error, stderr } = spawnSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
		if (status !== 0)
			return { missing: `libcst ${version} could not be installed: ${error?.message ?? stderr.trim().split('\n').at(-1)}` };
	}
	return { python };
}

/** Seconds that LibCST takes for one of these files; the interpreter's start and the imports are not counted. */
export function sampleFindTime(paths: readonly string[]): { readonly perFile: number } | { readonly missing: string } {
	const found = interpreter();
	if ('missing' in found) return found;
	const script = join(import.meta.dirname, 'libcst_find.py');
	const { status, stdout, stderr } = spawnSync(found.python, [script], { input: paths.join('\n'), encoding: 'utf8' });
	if (status !== 0) return { missing: `libcst failed: ${stderr.trim().split('\n').at(-1)}` };
	const result = JSON.parse(stdout) as { files: number; seconds: number };
	return { perFile: result.seconds / result.files };
}
