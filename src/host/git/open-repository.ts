import { type Fact, known, type Unknown, unknown } from '../../core/observed/fact.ts';
import type { GitState, Repository } from '../../core/ports/repository.ts';
import { hostError, hostErrors } from '../errors.ts';
import { gitTop } from '../files/ignore-rules.ts';
import { resolveRoot } from '../root.ts';
import { findGit, GitProcess } from './git-process.ts';
import { GitFailure, readStates, succeed } from './git-states.ts';

export interface RepositoryOptions {
	/** Time limit of one git command, in milliseconds; default 60 s. */
	readonly timeoutMs?: number;
	/** Where git is searched; default: PATH. */
	readonly searchPath?: string;
	readonly now?: () => Date;
}

/** Opens the git repository around a root; nothing is run before the first question. */
export function openRepository(root: string, options: RepositoryOptions = {}): Repository {
	return new GitRepository(resolveRoot(root), options);
}

class GitRepository implements Repository {
	readonly #root: string;
	readonly #git: GitProcess | null;
	readonly #now: () => Date;

	constructor(root: string, options: RepositoryOptions) {
		this.#root = root;
		const executable = findGit(options.searchPath);
		this.#git = executable === null ? null : new GitProcess(executable, options.timeoutMs ?? 60_000);
		this.#now = options.now ?? (() => new Date());
	}

	states(paths: readonly string[]): Promise<Fact<ReadonlyMap<string, GitState> | null>> {
		return this.#ask(async (git) => (paths.length === 0 ? new Map() : readStates(git, this.#root, paths)));
	}

	branch(): Promise<Fact<string | null>> {
		return this.#ask(async (git) => {
			const outcome = await git.run(this.#root, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
			if (outcome.exitCode === 1) return null;
			if (outcome.exitCode !== 0) throw new GitFailure(outcome);
			return outcome.stdout.trim();
		});
	}

	demandCommittable(branch: string): Promise<void> {
		return this.#tell(async (git) => {
			await this.#checkBranch(git, branch);
			await this.#checkIdentity(git);
		});
	}

	async switchTo(branch: string): Promise<void> {
		await this.#tell(async (git) => {
			await this.#checkBranch(git, branch);
			if ((await git.run(this.#root, ['symbolic-ref', '--quiet', '--short', 'HEAD'])).stdout.trim() === branch) return;
			const exists = (await git.run(this.#root, ['show-ref', '--verify', '--quiet', `refs/heads/${branch}`])).exitCode === 0;
			await succeed(git, this.#root, ['switch', '--quiet', '--no-guess', ...(exists ? [branch] : ['--create', branch])]);
		});
	}

	async tag(name: string): Promise<void> {
		await this.#tell(async (git) => {
			await this.#checkName(git, name, `refs/tags/${name}`, 'tag');
			await this.#checkCommit(git, `The tag ${name}`);
			if ((await git.run(this.#root, ['show-ref', '--verify', '--quiet', `refs/tags/${name}`])).exitCode === 0) {
				const tagged = await succeed(git, this.#root, ['rev-parse', `refs/tags/${name}^{}`]);
				// Of a pass that was killed before it wrote.
				if (tagged === (await succeed(git, this.#root, ['rev-parse', 'HEAD']))) return;
				throw hostError(hostErrors.gitRefused, `the tag ${name} exists already`, 'Name another tag.');
			}
			await succeed(git, this.#root, ['tag', '--no-sign', name]);
		});
	}

	commit(paths: readonly string[], message: string): Promise<string | null> {
		return this.#tell(async (git) => {
			const states = await readStates(git, this.#root, paths);
			const chosen = [...states].filter(([, state]) => state === 'modified' || state === 'untracked');
			if (chosen.length === 0) return null;
			await this.#checkIdentity(git);
			const untracked = chosen.filter(([, state]) => state === 'untracked').map(([path]) => path);
			const fromStdin = ['--pathspec-from-file=-', '--pathspec-file-nul'];
			if (untracked.length > 0) {
				await succeed(git, this.#root, ['--literal-pathspecs', 'add', '--intent-to-add', ...fromStdin], nulTerminated(untracked));
			}
			const flags = ['--quiet', '--only', '--no-verify', '--no-status', `--message=${message}`];
			await succeed(
				git,
				this.#root,
				['--literal-pathspecs', 'commit', ...flags, ...fromStdin],
				nulTerminated(chosen.map(([path]) => path)),
			);
			return (await succeed(git, this.#root, ['rev-parse', 'HEAD'])).trim();
		});
	}

	async #checkBranch(git: GitProcess, branch: string): Promise<void> {
		await this.#checkName(git, branch, `refs/heads/${branch}`, 'branch');
		await this.#checkCommit(git, `The branch ${branch}`);
	}

	async #checkName(git: GitProcess, name: string, ref: string, what: string): Promise<void> {
		const valid = (await git.run(this.#root, ['check-ref-format', ref])).exitCode === 0;
		if (valid && !name.startsWith('-') && name !== 'HEAD') return;
		throw hostError(hostErrors.gitRefused, `${JSON.stringify(name)} is not a valid ${what} name`, 'See git check-ref-format.');
	}

	/** A branch of a repository without a commit would hold our changes alone, and nothing to compare them with. */
	async #checkCommit(git: GitProcess, what: string): Promise<void> {
		if ((await git.run(this.#root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])).exitCode === 0) return;
		throw hostError(
			hostErrors.gitNoCommit,
			`${what} needs a commit to begin at, and the repository has none yet`,
			'Commit the files as they are first, or leave the git flags out. Nothing was changed.',
		);
	}

	/** git would otherwise make up a name from the login and the host. */
	async #checkIdentity(git: GitProcess): Promise<void> {
		const outcome = await git.run(this.#root, ['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT']);
		if (outcome.exitCode === 0) return;
		throw hostError(
			hostErrors.gitNoIdentity,
			'git has no name or e-mail address to commit with',
			'Set both: git config user.name "…" and git config user.email "…".',
		);
	}

	async #ask<T>(question: (git: GitProcess) => Promise<T>): Promise<Fact<T | null>> {
		const top = gitTop(this.#root);
		const at = this.#now().toISOString();
		if (top === null) return known(null, 'file system', at);
		if (this.#git === null) {
			return unknown('NoSource', `${top} is a git repository but git is not installed; install it or put it on PATH`);
		}
		try {
			return known(await question(this.#git), 'git', at);
		} catch (error) {
			return explain(error, top);
		}
	}

	async #tell<T>(action: (git: GitProcess) => Promise<T>): Promise<T> {
		const top = gitTop(this.#root);
		if (top === null) {
			throw hostError(
				hostErrors.gitNoRepository,
				`${this.#root} is in no git repository`,
				'Run git init, or leave the git flags out.',
			);
		}
		if (this.#git === null) throw hostError(hostErrors.gitMissing, 'git is not installed', 'Install git or put it on PATH.');
		try {
			return await action(this.#git);
		} catch (error) {
			if (!(error instanceof GitFailure)) throw error;
			const { message } = explain(error, top);
			throw hostError(hostErrors.gitFailed, message, 'Nothing was undone; put the repository in order and run again.', error);
		}
	}
}

function explain(error: unknown, top: string): Unknown {
	if (!(error instanceof GitFailure))
		return unknown('SourceFailed', error instanceof Error ? error.message : String(error), error);
	const { timedOut, stderr } = error.outcome;
	if (timedOut)
		return unknown('TimedOut', 'git did not answer in time; see what blocks it (a network file system, a prompt)', error);
	if (stderr.includes('dubious ownership') || stderr.includes('safe.directory')) {
		return unknown(
			'Forbidden',
			`git does not trust ${top} because another user owns it: git config --global --add safe.directory ${top}`,
			error,
		);
	}
	return unknown('SourceFailed', `git: ${stderr.trim() || error.message}`, error);
}

function nulTerminated(paths: readonly string[]): string {
	return paths.map((path) => `${path}\0`).join('');
}
