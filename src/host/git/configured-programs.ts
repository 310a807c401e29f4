/** What to ask `git config` for: every setting of these sections may name a program that git starts by itself. */
export const programSettings = ['config', '--show-scope', '--name-only', '-z', '--get-regexp', '^(filter|hook|gpg)\\.'];

/**
 * Settings that keep git from starting the programs that a repository's *own* configuration names: it may have come with an
 * archive or a shared folder. Those of the user and the system (git-lfs, a signing key) stand.
 *
 * @param listing what git printed for {@link programSettings}: scope and name in turn, NUL-terminated.
 */
export function withoutOwnPrograms(listing: string): ReadonlyMap<string, string> {
	const settings = new Map<string, string>();
	const parts = listing.split('\0');
	for (let at = 0; at + 1 < parts.length; at += 2) {
		const [scope, name] = [parts[at], parts[at + 1] as string];
		if (scope !== 'local' && scope !== 'worktree') continue;
		const driver = name.slice(0, name.lastIndexOf('.'));
		if (name.startsWith('filter.')) {
			for (const key of ['clean', 'smudge', 'process']) settings.set(`${driver}.${key}`, '');
			settings.set(`${driver}.required`, 'false');
		} else if (name.startsWith('hook.')) settings.set(`${driver}.enabled`, 'false');
		else if (/program$|command$/i.test(name)) settings.set('commit.gpgSign', 'false');
	}
	return settings;
}
