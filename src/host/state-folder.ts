import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../runtime/errors.ts';
import { swapFile } from '../runtime/swap-file.ts';
import { hostError, hostErrors, reasonOf, stateNotWritable } from './errors.ts';

/** Name of the folder that holds our state, below the root. */
export const stateFolderName = '.gpupolicy';

/**
 * Makes `.gpupolicy` below the root where it is missing: 0700, ignored by git through a `.gitignore` of its own.
 * Returns its absolute path. A link in its place is refused: the journal of a repo never lands outside the repo.
 */
export function ensureStateFolder(root: string): string {
	const folder = path.join(root, stateFolderName);
	const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
	if (stat && !stat.isDirectory()) {
		throw hostError(
			hostErrors.stateNotDirectory,
			`${folder} is not a directory`,
			'Move it away: gpupolicy keeps its journal in a directory of this name.',
		);
	}
	try {
		if (!stat) makeFolder(folder);
		const marker = path.join(folder, '.gitignore');
		// At once: an empty one, of a full disk, would be taken for ours from then on, and git see the journal.
		if (!fs.existsSync(marker)) swapFile(marker, (fd) => fs.writeFileSync(fd, '*\n'));
	} catch (cause) {
		throw stateNotWritable(folder, cause);
	}
	return folder;
}

/** Not `recursive`: Node then says ENOENT where the file system is read-only. Another pass may make it at the same time. */
function makeFolder(folder: string): void {
	try {
		fs.mkdirSync(folder, { mode: 0o700 });
	} catch (error) {
		if (errorCode(error) !== 'EEXIST') throw error;
	}
}

/** Removes temporary files that killed processes left in a folder of ours; young ones may belong to a living process. */
export function removeStaleTemporaries(folder: string, olderThanMs = 60_000): void {
	let names: string[];
	try {
		names = fs.readdirSync(folder);
	} catch {
		return;
	}
	for (const name of names) {
		if (!name.endsWith('.tmp')) continue;
		const file = path.join(folder, name);
		const stat = fs.lstatSync(file, { throwIfNoEntry: false });
		if (stat?.isFile() && Date.now() - stat.mtimeMs > olderThanMs) fs.rmSync(file, { force: true });
	}
}

/** The error for a file of the state folder that is there but cannot be read. */
export function stateUnreadable(file: string, cause: unknown): Error {
	const forbidden = errorCode(cause) === 'EACCES' || errorCode(cause) === 'EPERM';
	return hostError(
		hostErrors.stateForbidden,
		`${file} cannot be read: ${reasonOf(cause)}`,
		forbidden
			? 'It was made by another user: run as that user, or have it given to you with chown.'
			: 'It is not what gpupolicy made: move it away.',
		cause,
	);
}
