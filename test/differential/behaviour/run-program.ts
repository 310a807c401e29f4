import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativePython } from '../corpora/native-python.ts';
import { WANTED } from '../subject/policy.ts';

type Environment = Readonly<Record<string, string | null>>;

/** What a program did when it was run for real. */
export interface Run {
	/** The environment at the first GPU import, as Python and as C code see it; `null` when the program imported none. */
	readonly seen: { readonly environ: Environment; readonly getenv?: Environment } | null;
	/** Last line of stderr when it ended with an error, else `null`. */
	readonly error: string | null;
}

/** Every variable is there already, and wrong. */
const HOSTILE = { CUDA_DEVICE_ORDER: 'FASTEST_FIRST', CUDA_VISIBLE_DEVICES: '7', PYTORCH_CUDA_ALLOC_CONF: 'max_split_size_mb:1' };

/** Runs a program with stub GPU libraries in a hostile environment. */
export async function runProgram(bytes: Uint8Array): Promise<Run> {
	const { command } = await nativePython();
	const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-behaviour-'));
	try {
		const program = join(folder, 'program.py');
		const probe = join(folder, 'probe.json');
		writeFileSync(program, bytes);
		const env = {
			...process.env,
			...HOSTILE,
			OTHER: 'something',
			GPUPOLICY_PROBE: probe,
			GPUPOLICY_PROBE_NAMES: Object.keys(WANTED).join(','),
			PYTHONPATH: join(import.meta.dirname, 'stubs'),
			PYTHONDONTWRITEBYTECODE: '1',
			PYTHONUTF8: '1',
			PYTHONWARNINGS: 'ignore',
		};
		const error = await new Promise<string | null>((resolve) => {
			execFile(command, ['-S', program], { env, cwd: folder, timeout: 60_000 }, (failed, _stdout, stderr) => {
				resolve(failed === null ? null : (stderr.trim().split('\n').at(-1) ?? failed.message));
			});
		});
		return { seen: existsSync(probe) ? JSON.parse(readFileSync(probe, 'utf8')) : null, error };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
