import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { askGit, findGit } from '../git/git-process.ts';

/** Where the user's own ignore rules stand. */
export interface UserIgnoreFile {
	/** Absolute; `null` where there is none. */
	readonly file: string | null;
	/** Configuration files that decided it, present or not. */
	readonly consulted: readonly string[];
}

/**
 * The file of `core.excludesFile`, or git's default for it. Git itself is asked, for only it knows how its configuration
 * includes and overrides; but only where some configuration file speaks of it at all, since starting a program costs more
 * than a pass with nothing to do. `top` is the top of the repository, `null` outside of one.
 */
export function userIgnoreFile(top: string | null, gitDirectory: string | null): UserIgnoreFile {
	const files = configurationFiles(gitDirectory);
	const spoken = process.env.GIT_CONFIG_COUNT !== undefined || process.env.GIT_CONFIG_PARAMETERS !== undefined;
	if (!spoken && !files.some(mentions)) return { file: defaultFile(), consulted: files };
	const git = findGit();
	const answer =
		git === null ? null : askGit(git, top ?? os.homedir(), ['config', '--null', '--type=path', '--get', 'core.excludesFile']);
	// Git puts a NUL after a value, so that none and an empty one (no such file) differ.
	if (answer === null || !answer.endsWith('\0')) return { file: defaultFile(), consulted: files };
	const value = answer.slice(0, -1);
	return { file: value === '' ? null : path.resolve(top ?? os.homedir(), value), consulted: files };
}

/** A file that includes another may set it there. */
function mentions(file: string): boolean {
	try {
		return fs.statSync(file).isFile() && /excludesfile|\[\s*include/i.test(fs.readFileSync(file, 'latin1'));
	} catch {
		return false;
	}
}

/** Where git looks for its configuration, https://git-scm.com/docs/git-config#FILES */
function configurationFiles(gitDirectory: string | null): string[] {
	const { GIT_CONFIG_SYSTEM, GIT_CONFIG_NOSYSTEM, GIT_CONFIG_GLOBAL } = process.env;
	const system = GIT_CONFIG_NOSYSTEM ? [] : GIT_CONFIG_SYSTEM ? [GIT_CONFIG_SYSTEM] : systemFiles();
	const folder = userFolder();
	const user = [...(folder === null ? [] : [path.join(folder, 'config')]), path.join(os.homedir(), '.gitconfig')];
	const own = gitDirectory === null ? [] : [path.join(gitDirectory, 'config'), path.join(gitDirectory, 'config.worktree')];
	return [...system, ...(GIT_CONFIG_GLOBAL === undefined ? user : [GIT_CONFIG_GLOBAL]), ...own].filter(path.isAbsolute);
}

/** Packages of git have the path built in; these are the usual ones. */
function systemFiles(): string[] {
	if (process.platform !== 'win32') return ['/etc/gitconfig', '/usr/local/etc/gitconfig', '/opt/homebrew/etc/gitconfig'];
	return process.env.ProgramFiles ? [path.join(process.env.ProgramFiles, 'Git', 'etc', 'gitconfig')] : [];
}

function defaultFile(): string | null {
	const folder = userFolder();
	return folder === null ? null : path.join(folder, 'ignore');
}

function userFolder(): string | null {
	const home = os.homedir();
	if (process.env.XDG_CONFIG_HOME) return path.join(process.env.XDG_CONFIG_HOME, 'git');
	return home ? path.join(home, '.config', 'git') : null;
}
