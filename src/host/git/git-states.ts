import fs from 'node:fs';
import type { GitState } from '../../core/ports/repository.ts';
import { absolutePath, parentPath } from '../files/relative-path.ts';
import type { GitOutcome, GitProcess } from './git-process.ts';

/** A git command that did not do what was asked. */
export class GitFailure extends Error {
	readonly outcome: GitOutcome;

	constructor(outcome: GitOutcome) {
		super(firstLine(outcome.stderr) || `git ended with exit code ${outcome.exitCode}`);
		this.outcome = outcome;
	}
}

/** States of root-relative paths, asking each nested repository for its own. Rejects with GitFailure. */
export async function readStates(git: GitProcess, root: string, paths: readonly string[]): Promise<Map<string, GitState>> {
	const states = new Map<string, GitState>();
	for (const [directory, members] of groupByRepository(root, paths)) {
		const prefix = directory === '' ? '' : `${directory}/`;
		const names = members.map((path) => path.slice(prefix.length));
		const found = await statesIn(git, absolutePath(root, directory), names);
		for (const [name, state] of found) states.set(prefix + name, state);
	}
	return states;
}

async function statesIn(git: GitProcess, cwd: string, names: readonly string[]): Promise<Map<string, GitState>> {
	const wanted = new Set(names);
	const tracked = new Set<string>();
	for (const name of split(await succeed(git, cwd, ['ls-files', '-z']))) if (wanted.has(name)) tracked.add(name);
	const states = new Map<string, GitState>();
	if (tracked.size > 0) {
		for (const name of tracked) states.set(name, 'clean');
		const prefix = (await succeed(git, cwd, ['rev-parse', '--show-prefix'])).trimEnd();
		const flags = ['--porcelain=v2', '-z', '--untracked-files=no', '--no-renames', '--ignore-submodules=all', '--', '.'];
		for (const record of split(await succeed(git, cwd, ['status', ...flags]))) {
			const full = statusPath(record);
			const name = full?.startsWith(prefix) ? full.slice(prefix.length) : undefined;
			if (name !== undefined && tracked.has(name)) states.set(name, 'modified');
		}
	}
	const others = names.filter((name) => !tracked.has(name));
	if (others.length > 0) {
		// A leading colon would be taken for pathspec magic; git prints each name as it was given.
		const outcome = await git.run(cwd, ['check-ignore', '-z', '--stdin'], others.map((name) => `./${name}\0`).join(''));
		if (outcome.exitCode !== 0 && outcome.exitCode !== 1) throw new GitFailure(outcome);
		const ignored = new Set(split(outcome.stdout));
		for (const name of others) states.set(name, ignored.has(`./${name}`) ? 'ignored' : 'untracked');
	}
	return states;
}

/** Runs git and returns what it printed; rejects with GitFailure. */
export async function succeed(git: GitProcess, cwd: string, args: readonly string[], input?: string): Promise<string> {
	const outcome = await git.run(cwd, args, input);
	if (outcome.exitCode !== 0) throw new GitFailure(outcome);
	return outcome.stdout;
}

/** Path of a porcelain v2 record: `1 XY sub mH mI mW hH hI path` or `u XY sub m1 m2 m3 mW h1 h2 h3 path`. */
function statusPath(record: string): string | undefined {
	const fields = record.startsWith('1 ') ? 8 : record.startsWith('u ') ? 10 : 0;
	if (fields === 0) return undefined;
	let at = 0;
	for (let field = 0; field < fields; field++) at = record.indexOf(' ', at) + 1;
	return record.slice(at);
}

function groupByRepository(root: string, paths: readonly string[]): Map<string, string[]> {
	const owners = new Map<string, string>([['', '']]);
	const ownerOf = (directory: string): string => {
		let owner = owners.get(directory);
		if (owner === undefined) {
			const nested = fs.existsSync(absolutePath(root, `${directory}/.git`));
			owner = nested ? directory : ownerOf(parentPath(directory));
			owners.set(directory, owner);
		}
		return owner;
	};
	const groups = new Map<string, string[]>();
	for (const path of paths) {
		const owner = ownerOf(parentPath(path));
		const group = groups.get(owner);
		if (group) group.push(path);
		else groups.set(owner, [path]);
	}
	return groups;
}

function split(output: string): string[] {
	const parts = output.split('\0');
	if (parts.at(-1) === '') parts.pop();
	return parts;
}

function firstLine(text: string): string {
	return text.trim().split('\n', 1)[0] ?? '';
}
