import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The Python of this machine, for what must really run: programs, pip, formatters. */
export interface NativePython {
	/** Name or path to start it by. */
	readonly command: string;
	/** `3.11.7` */
	readonly version: string;
	/** Folder of the standard library. */
	readonly library: string;
}

/** The formatters of today need it. */
const OLDEST = [3, 10] as const;

let found: Promise<NativePython> | undefined;

/** Finds python3 (or `python`, as Windows names it); rejects with what to install when there is none or it is too old. */
export function nativePython(): Promise<NativePython> {
	found ??= find();
	return found;
}

async function find(): Promise<NativePython> {
	const tried: string[] = [];
	for (const command of ['python3', 'python']) {
		try {
			const { stdout } = await run(command, [
				'-c',
				'import os, platform; print(platform.python_version(), os.path.dirname(os.__file__))',
			]);
			const [version = '', ...library] = stdout.trim().split(' ');
			const [major = 0, minor = 0] = version.split('.').map(Number);
			if (major === OLDEST[0] && minor >= OLDEST[1]) return { command, version, library: library.join(' ') };
			tried.push(`${command} is ${version}`);
		} catch {
			tried.push(`${command} does not start`);
		}
	}
	throw new Error(
		`the differential tests need Python ${OLDEST.join('.')} or newer with pip and venv (${tried.join(', ')}). ` +
			'Install it: `apt-get install python3 python3-pip python3-venv`, `brew install python`, or from python.org, and run again.',
	);
}

/** Runs Python to its end and returns what it printed; rejects with its stderr. */
export async function python(
	args: readonly string[],
	options: { readonly cwd?: string; readonly hint?: string } = {},
): Promise<string> {
	const { command } = await nativePython();
	try {
		const { stdout } = await run(command, args, {
			maxBuffer: 64 << 20,
			...(options.cwd === undefined ? {} : { cwd: options.cwd }),
		});
		return stdout;
	} catch (cause) {
		const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
		throw new Error(`${command} ${args.join(' ')} failed: ${stderr}${options.hint ? `\n${options.hint}` : ''}`, { cause });
	}
}
