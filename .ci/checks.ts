import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** One thing that must hold of the repository; a program with its arguments, run in the root without a shell. */
export interface Check {
	readonly name: string;
	/** What to type when it fails. */
	readonly remedy: string;
	readonly script: string;
	readonly args: readonly string[];
}

const tool = (path: string): string => join(root, 'node_modules', ...path.split('/'));

/** Everything that `npm run check` and CI hold, the quick ones first. */
export const checks: readonly Check[] = [
	{
		name: 'types',
		remedy: 'see the messages',
		script: tool('typescript/bin/tsc'),
		args: ['-p', 'tsconfig.json', '--pretty', 'false'],
	},
	{
		name: 'lint and format',
		remedy: 'npm run format',
		script: tool('@biomejs/biome/bin/biome'),
		args: ['ci', '--colors=off', '--max-diagnostics=50', '.'],
	},
	{ name: 'import rules', remedy: 'see .dependency-cruiser.mjs', script: join(root, '.ci', 'import-rules.ts'), args: [] },
	{ name: 'lock file', remedy: 'node .ci/lockfile.ts --write', script: join(root, '.ci', 'lockfile.ts'), args: [] },
	{
		name: 'dead code and dependencies',
		remedy: 'delete what is unused',
		script: tool('knip/bin/knip.js'),
		args: ['--treat-config-hints-as-errors'],
	},
	...generators().map(({ name, script }) => ({ name: `${name} fresh`, remedy: 'npm run generate', script, args: ['--check'] })),
];

/** Programs that write committed files from their source; with `--check` they only compare. */
export function generators(): { name: string; script: string }[] {
	return [
		{ name: 'types and schemas', script: join(root, 'schemas', 'generate', 'index.ts') },
		{ name: 'reference pages', script: join(root, 'docs', 'generate', 'index.ts') },
	].filter(({ script }) => existsSync(script));
}

/** Runs one check; `output` is what it printed. */
export function perform({
	script,
	args,
}: Pick<Check, 'script' | 'args'>): Promise<{ ok: boolean; output: string; seconds: number }> {
	const started = performance.now();
	const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => {
			output += text;
		});
	}
	return new Promise((resolve) => {
		const finish = (ok: boolean): void => resolve({ ok, output, seconds: (performance.now() - started) / 1000 });
		child.once('error', (error) => {
			output += error.message;
			finish(false);
		});
		child.once('close', (code) => finish(code === 0));
	});
}
