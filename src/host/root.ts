import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../runtime/errors.ts';
import { hostError, hostErrors, reasonOf } from './errors.ts';

/** The real, absolute path of a root that exists, is a directory and may be read; a coded error otherwise. */
export function resolveRoot(root: string): string {
	const absolute = path.resolve(root);
	try {
		const real = fs.realpathSync.native(absolute);
		if (!fs.statSync(real).isDirectory()) {
			throw hostError(hostErrors.rootNotDirectory, `${absolute} is not a directory`, 'Name the directory with -C DIR.');
		}
		fs.accessSync(real, fs.constants.R_OK | fs.constants.X_OK);
		return real;
	} catch (cause) {
		const code = errorCode(cause);
		if (code === hostErrors.rootNotDirectory) throw cause;
		if (code === 'ENOENT' || code === 'ENOTDIR') {
			throw hostError(hostErrors.rootMissing, `${absolute} does not exist`, 'Name the directory with -C DIR.', cause);
		}
		throw hostError(
			hostErrors.rootForbidden,
			`${absolute} cannot be read: ${reasonOf(cause)}`,
			'Run as a user that may list this directory.',
			cause,
		);
	}
}
