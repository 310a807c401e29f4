import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { programSettings, withoutOwnPrograms } from './configured-programs.ts';

/** How a git command ended. */
export interface GitOutcome {
	readonly exitCode: number | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly timedOut: boolean;
}

/** Runs git in one directory, without a shell, pagers, prompts, or hooks, filters and monitors of the repo's choice. */
export class GitProcess {
	readonly #executable: string;
	readonly #timeoutMs: number;

	constructor(executable: string, timeoutMs: number) {
		this.#executable = executable;
		this.#timeoutMs = timeoutMs;
	}

	/** Never rejects; `exitCode` is `null` where git could not be started or was ended at its time limit. */
	async run(cwd: string, args: readonly string[], input = ''): Promise<GitOutcome> {
		const named = await this.#start(cwd, programSettings, '', new Map());
		// Exit code 1: no such setting.
		if (named.exitCode !== 0 && named.exitCode !== 1) return named;
		return this.#start(cwd, args, input, withoutOwnPrograms(named.stdout));
	}

	async #start(cwd: string, args: readonly string[], input: string, settings: ReadonlyMap<string, string>): Promise<GitOutcome> {
		const { execa } = await import('execa');
		const result = await execa(this.#executable, [...quiet, ...args], {
			cwd,
			input,
			env: withSettings(environment(), settings),
			extendEnv: false,
			reject: false,
			stripFinalNewline: false,
			timeout: this.#timeoutMs,
			killSignal: 'SIGKILL',
			windowsHide: true,
		});
		return {
			exitCode: result.exitCode ?? null,
			stdout: result.stdout,
			stderr: result.stderr || (result.exitCode === undefined ? (result.originalMessage ?? '') : ''),
			timedOut: result.timedOut,
		};
	}
}

/**
 * What a git command that reads its configuration only prints; `null` where it fails or takes longer than a second. For the one
 * question that a synchronous walk has.
 */
export function askGit(executable: string, cwd: string, args: readonly string[]): string | null {
	const options = { cwd, env: environment(), encoding: 'utf8', timeout: 1000, windowsHide: true } as const;
	// Loaded here: most passes ask nothing.
	const { spawnSync } = process.getBuiltinModule('node:child_process');
	const { status, stdout } = spawnSync(executable, [...quiet, ...args], options);
	return status === 0 ? stdout : null;
}

/**
 * Absolute path of git on PATH; `null` where it is not installed. Looked up here because Windows would try the current
 * directory first, which a repo controls.
 */
export function findGit(searchPath = process.env.PATH ?? ''): string | null {
	const name = process.platform === 'win32' ? 'git.exe' : 'git';
	for (const directory of searchPath.split(path.delimiter)) {
		if (!path.isAbsolute(directory)) continue;
		const file = path.join(directory, name);
		try {
			fs.accessSync(file, fs.constants.X_OK);
			if (fs.statSync(file).isFile()) return file;
		} catch {}
	}
	return null;
}

/** A repo's own configuration may name programs to run; these are the ones that the commands used here would start. */
const quiet = [
	'--no-pager',
	'-c',
	'core.fsmonitor=false',
	'-c',
	`core.hooksPath=${os.devNull}`,
	'-c',
	'core.quotePath=false',
	'-c',
	'gc.auto=0',
	'-c',
	'maintenance.auto=false',
];

/** Set by git for its hooks: from inside one they would point every command at another repository or index. */
const hookVariables = [
	'GIT_DIR',
	'GIT_WORK_TREE',
	'GIT_INDEX_FILE',
	'GIT_PREFIX',
	'GIT_COMMON_DIR',
	'GIT_OBJECT_DIRECTORY',
	'GIT_ALTERNATE_OBJECT_DIRECTORIES',
	'GIT_NAMESPACE',
];

function environment(): Record<string, string | undefined> {
	const env: Record<string, string | undefined> = { ...process.env };
	for (const name of hookVariables) delete env[name];
	return {
		...env,
		GIT_OPTIONAL_LOCKS: '0',
		GIT_TERMINAL_PROMPT: '0',
		GIT_EDITOR: 'true',
		LC_ALL: 'C',
	};
}

/** Adds settings after those that the environment may already carry; unlike `-c`, any name can be given this way. */
function withSettings(
	env: Record<string, string | undefined>,
	settings: ReadonlyMap<string, string>,
): Record<string, string | undefined> {
	let count = Number.parseInt(env.GIT_CONFIG_COUNT ?? '0', 10) || 0;
	for (const [name, value] of settings) {
		env[`GIT_CONFIG_KEY_${count}`] = name;
		env[`GIT_CONFIG_VALUE_${count}`] = value;
		count++;
	}
	return count === 0 ? env : { ...env, GIT_CONFIG_COUNT: String(count) };
}
