import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from './cache.ts';
import { nativePython, python } from './native-python.ts';

const VERSIONS = { ruff: '0.17.5', isort: '9.0.2', black: '26.10.1' } as const;

/** A tool that rewrites Python files in place, run without any configuration but its own defaults. */
export interface Formatter {
	readonly name: string;
	/** Rewrites the files of a folder; what it cannot read it leaves. Resolves when it ended, whatever it had to say. */
	run(folder: string): Promise<void>;
}

/** The real formatters, from a virtual environment outside of the checkout that is made once. */
export async function formatters(): Promise<Formatter[]> {
	const { version } = await nativePython();
	const pins = Object.entries(VERSIONS).map(([name, pin]) => `${name}==${pin}`);
	const folder = await cached(`formatters-${pins.join('-').replaceAll('==', '-')}-python-${version}`, async (folder) => {
		// Not `venv` itself: its scripts name the folder that they were made in.
		await python(['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', '--target', folder, ...pins], {
			hint: `The tests run ${pins.join(', ')}. Check that \`python3 -m pip install --target somewhere ${pins.join(' ')}\` works.`,
		});
	});
	const tool = (name: string, ...args: string[]): Formatter => ({
		name: [name, ...args].join(' ').replace(/ (--isolated|--fast|--quiet|--no-cache|--settings-path \S+)/g, ''),
		run: (target) => runModule(folder, name, args, target),
	});
	return [
		tool('ruff', 'check', '--fix', '--select', 'E,F,I', '--isolated', '--quiet', '--no-cache'),
		tool('ruff', 'format', '--isolated', '--quiet', '--no-cache'),
		tool('isort', '--quiet', '--settings-path', join(folder, 'bin')),
		tool('black', '--fast', '--quiet', '--no-cache'),
	];
}

async function runModule(folder: string, name: string, args: readonly string[], target: string): Promise<void> {
	const { command } = await nativePython();
	const binary = ['bin/ruff', 'Scripts/ruff.exe'].map((path) => join(folder, path)).find((path) => existsSync(path));
	const [file, before] = name === 'ruff' && binary !== undefined ? [binary, []] : [command, ['-m', name]];
	try {
		await promisify(execFile)(file, [...before, ...args, target], {
			env: { ...process.env, PYTHONPATH: folder },
			maxBuffer: 64 << 20,
		});
	} catch (error) {
		// Findings that are left, and files that they cannot read, make them exit with 1, 2 or 123; not being there does not.
		const code = error instanceof Error && 'code' in error ? error.code : undefined;
		if (typeof code !== 'number' || ![1, 2, 123].includes(code)) throw error;
	}
}
