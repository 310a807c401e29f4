import { lstatSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/**
 * A folder below this user's cache for gpupolicy, made where it is missing. `null` where it is not this user's or others may
 * write it: what is kept there is believed. Throws where there is no home or it cannot be made.
 */
export function userCacheFolder(...names: readonly string[]): string | null {
	const folder = path.join(cacheHome(), 'gpupolicy', ...names);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const stat = lstatSync(folder);
	const user = process.geteuid?.();
	const own = user === undefined || (stat.uid === user && (stat.mode & 0o022) === 0);
	return stat.isDirectory() && own ? folder : null;
}

function cacheHome(): string {
	const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
	if (xdg !== undefined && path.isAbsolute(xdg)) return xdg;
	if (process.platform === 'win32' && local !== undefined && path.isAbsolute(local)) return local;
	return path.join(os.homedir(), '.cache');
}
