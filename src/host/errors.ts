import type { ErrorCode } from '../api/error-codes.ts';
import { CodedError, errorCode } from '../runtime/errors.ts';

/** Codes of the errors that the local machine raises; stable, their pages stand in api/error-codes.ts. */
export const hostErrors = {
	/** The root does not exist. */
	rootMissing: 'GP3101',
	/** The root is not a directory. */
	rootNotDirectory: 'GP3102',
	/** The root may not be read. */
	rootForbidden: 'GP3103',
	/** `.gpupolicy` cannot be made or written. */
	stateNotWritable: 'GP3104',
	/** `.gpupolicy` is a link or not a directory. */
	stateNotDirectory: 'GP3105',
	/** A file of `.gpupolicy` may not be read. */
	stateForbidden: 'GP3106',
	/** The operating system refused something else. */
	systemRefused: 'GP3107',
	/** Standard output cannot be written. */
	outputFailed: 'GP3108',
	/** A file of the journal is damaged. */
	journalCorrupt: 'GP3201',
	/** A file of the journal was written by a newer version. */
	journalNewer: 'GP3202',
	/** The revision does not exist. */
	noSuchRevision: 'GP3203',
	/** The before-images of the revision were dropped to bound the size of the journal. */
	revisionPruned: 'GP3204',
	/** The record of a committed revision is gone. */
	revisionLost: 'GP3205',
	/** The lock could not be tried at all. */
	lockUnavailable: 'GP3301',
	/** git is not installed. */
	gitMissing: 'GP3401',
	/** git refused or failed. */
	gitFailed: 'GP3402',
	/** The root is in no git work tree. */
	gitNoRepository: 'GP3403',
	/** git has no user name or e-mail to commit with. */
	gitNoIdentity: 'GP3404',
	/** The tag or branch exists already, or its name is not valid. */
	gitRefused: 'GP3405',
	/** The repository has no commit yet. */
	gitNoCommit: 'GP3406',
	/** A file that is to be made is there already. */
	fileExists: 'GP3601',
	/** A file cannot be made. */
	fileNotCreated: 'GP3602',
} as const satisfies Readonly<Record<string, ErrorCode>>;

const phrases: Readonly<Record<string, string>> = {
	EACCES: 'permission denied',
	EBUSY: 'in use by another program',
	EDQUOT: 'disk quota exceeded',
	EFBIG: 'file too large for the file system',
	EIO: 'input/output error',
	EISDIR: 'is a directory',
	ELOOP: 'too many symbolic links',
	EMFILE: 'too many open files',
	ENAMETOOLONG: 'name too long',
	ENOENT: 'no such file or directory',
	ENOSPC: 'no space left on device',
	ENOTDIR: 'not a directory',
	ENXIO: 'no such device or address',
	EPERM: 'operation not permitted',
	EROFS: 'read-only file system',
};

/** The code of the operating system: Node has names of its own for some (`ERR_FS_EISDIR`). */
function systemCode(error: unknown): string | undefined {
	return errorCode(error)?.replace(/^ERR_FS_(?=E)/, '');
}

/** What went wrong, for a person, without paths or call names: `no space left on device`. */
export function reasonOf(error: unknown): string {
	const code = systemCode(error);
	if (code !== undefined && phrases[code]) return phrases[code];
	return error instanceof Error ? error.message : String(error);
}

/** A coded error with what to do next. */
export function hostError(
	code: (typeof hostErrors)[keyof typeof hostErrors],
	message: string,
	hint: string,
	cause?: unknown,
): CodedError {
	return new CodedError(code, message, cause === undefined ? { hint } : { hint, cause });
}

const hints: Readonly<Record<string, string>> = {
	EACCES: 'Run as a user who may do that, or change the permissions.',
	EDQUOT: 'Free some space, or raise the quota.',
	EISDIR: 'Move that directory away, or name another file.',
	EMFILE: 'Raise the limit of open files: ulimit -n.',
	ENOSPC: 'Free some space on that disk and run again.',
	ENOTDIR: 'Move away what stands in the place of a directory.',
	EPERM: 'Run as a user who may do that, or change the permissions.',
	EROFS: 'Mount that file system writable, or work on a copy.',
};

/** What to do about an error of the operating system. */
export function hintOf(error: unknown): string {
	return hints[systemCode(error) ?? ''] ?? 'See what is wrong with that path and run again.';
}

/** An error of the operating system that nobody explained better, with the path it is about; `null` where it is none. */
export function systemError(error: unknown): CodedError | null {
	const { code, path, dest, syscall } = (error ?? {}) as NodeJS.ErrnoException & { readonly dest?: string };
	if (!(error instanceof Error) || code === undefined || !/^(?:ERR_FS_)?E[A-Z0-9]+$/.test(code)) return null;
	const place = dest ?? path;
	const what = place === undefined ? `the system refused ${syscall ?? 'a call'}` : place;
	return hostError(hostErrors.systemRefused, `${what}: ${reasonOf(error)}`, hintOf(error), error);
}

/** The error for a file or folder of `.gpupolicy` that cannot be made or written. */
export function stateNotWritable(file: string, cause: unknown): CodedError {
	return hostError(hostErrors.stateNotWritable, `${file} cannot be written: ${reasonOf(cause)}`, hintOf(cause), cause);
}

/** The error for results that cannot be printed. */
export function outputFailed(cause: unknown): CodedError {
	const message = `the result cannot be written to standard output: ${reasonOf(cause)}`;
	return hostError(hostErrors.outputFailed, message, hintOf(cause), cause);
}

/** The error for a revision that the journal does not hold; `numbers` are those that it holds, ascending. */
export function noSuchRevision(number: number, numbers: readonly number[]): CodedError {
	const known =
		numbers.length === 0 ? 'There is no revision yet.' : `There are ${numbers[0]} to ${numbers.at(-1)}: gpupolicy history.`;
	return hostError(hostErrors.noSuchRevision, `there is no revision ${number}`, known);
}

/** The error for a revision that was committed and whose record is no longer there. */
export function revisionLost(number: number): CodedError {
	return hostError(
		hostErrors.revisionLost,
		`the record of revision ${number} is gone from the journal: it was removed from outside`,
		'Put its file back into .gpupolicy/journal, or restore the files from version control; the other revisions stand.',
	);
}
