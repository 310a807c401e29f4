/**
 * Folders that hold other people's code, by name at any depth: ruff's list, and the names under which repos keep
 * vendored sources. Skipped unless a selector says `defaultExcludes: false`; listed to the user.
 */
export const vendoredFolders: ReadonlySet<string> = new Set([
	'.direnv',
	'.eggs',
	'.nox',
	'.pants.d',
	'.pyenv',
	'.tox',
	'.venv',
	'__pypackages__',
	'_vendor',
	'_vendored',
	'bower_components',
	'buck-out',
	'dist',
	'dist-packages',
	'node_modules',
	'site-packages',
	'third-party',
	'third_party',
	'thirdparty',
	'vendor',
	'vendored',
	'venv',
]);

/** Folders in which tools keep caches and records: skipped alike, but not worth a line each. */
export const toolFolders: ReadonlySet<string> = new Set([
	'.bzr',
	'.git-rewrite',
	'.hg',
	'.ipynb_checkpoints',
	'.mypy_cache',
	'.pytest_cache',
	'.pytype',
	'.ruff_cache',
	'.svn',
	'.vscode',
	'__pycache__',
	'_build',
]);

/** Folders that are never looked into, whatever a policy says: git's records and our own. */
export const forbiddenFolders: ReadonlySet<string> = new Set(['.git', '.gpupolicy']);

/**
 * Why a folder is a Python environment, whatever its name: `python -m venv` leaves `pyvenv.cfg`, conda `conda-meta`.
 * `null` where it is none.
 */
export function environmentMarker(entryNames: Iterable<string>): string | null {
	for (const name of entryNames) {
		if (name === 'pyvenv.cfg') return 'virtual environment';
		if (name === 'conda-meta') return 'conda environment';
	}
	return null;
}
