import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { NvmlFunction } from '../../src/gpu/nvml/bindings.ts';
import { aptInstall } from '../apt.ts';
import { formatScenario, type StubScenario } from './scenario.ts';

export * from './scenario.ts';

const source = fileURLToPath(new URL('./nvml_stub.c', import.meta.url));

/**
 * Builds the stub, or finds it built, and gives its path. It is kept outside the checkout under the hash of its source and
 * flags. `omit` leaves symbols out, as an older driver does.
 */
export function buildStub(omit: readonly NvmlFunction[] = []): string {
	const flags = omit.map((name) => `-DOMIT_${name}`).sort();
	const digest = createHash('sha256').update(readFileSync(source)).update(flags.join(' ')).digest('hex').slice(0, 16);
	const folder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'gpupolicy', 'nvml-stub', digest);
	const library = join(folder, 'libnvidia-ml.so.1');
	if (existsSync(library)) return library;
	mkdirSync(folder, { recursive: true });
	const fresh = `${library}.${process.pid}`;
	compile(['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', ...flags, '-o', fresh, source]);
	// Tests that run side by side may build at once; each rename puts the same library.
	renameSync(fresh, library);
	return library;
}

function compile(args: readonly string[]): void {
	try {
		execFileSync('cc', args, { stdio: ['ignore', 'ignore', 'pipe'] });
	} catch (error) {
		if (!isMissing(error)) throw error;
		aptInstall(['gcc', 'libc6-dev'], 'the NVML stub', error);
		execFileSync('cc', args, { stdio: ['ignore', 'ignore', 'pipe'] });
	}
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** A stub that plays a scenario in whatever process loads it under `environment`. */
export interface Stub {
	readonly library: string;
	/** For the process that is to load the stub: the library, the scenario, the log. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Plays another scenario from the next call on, also in processes that run already. */
	play(scenario: StubScenario): void;
	/** Names of the calls that a fault struck, in order. */
	struck(): readonly string[];
	/** A folder of its own, removed by `remove`. */
	readonly folder: string;
	remove(): void;
}

export function openStub(scenario: StubScenario, omit: readonly NvmlFunction[] = []): Stub {
	const library = buildStub(omit);
	const folder = mkdtempSync(join(tmpdir(), 'nvml-stub-'));
	const file = join(folder, 'scenario');
	const log = join(folder, 'log');
	const play = (next: StubScenario) => {
		// By rename, so that the stub never reads half a scenario; the new inode shows the change within one clock tick.
		writeFileSync(`${file}.new`, formatScenario(next));
		renameSync(`${file}.new`, file);
	};
	play(scenario);
	return {
		library,
		folder,
		environment: { ...process.env, GPUPOLICY_NVML_LIBRARY: library, NVML_STUB_SCENARIO: file, NVML_STUB_LOG: log },
		play,
		struck: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
		remove: () => rmSync(folder, { recursive: true, force: true }),
	};
}
