import { lstatSync, mkdirSync } from 'node:fs';
import module from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/**
 * Lets Node keep what V8 compiled of the command, so that the next start need not compile it: a folder of the user's own cache
 * for each command, since what is kept is what the first run of it used. Best effort: without it a start is only slower.
 *
 * What is kept is machine code in all but name. A folder that is not this user's, or that others may write, is not used; the
 * common temporary directory, which Node takes by default, never is. `NODE_DISABLE_COMPILE_CACHE=1` turns it off.
 */
export function useCompileCache(command: string): void {
	try {
		const folder = path.join(cacheHome(), 'gpupolicy', 'compiled', command);
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		const stat = lstatSync(folder);
		const user = process.geteuid?.();
		if (user !== undefined && (stat.uid !== user || (stat.mode & 0o022) !== 0)) return;
		module.enableCompileCache(folder);
	} catch {
		// No home, a read-only one, a full disk.
	}
}

function cacheHome(): string {
	const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
	if (xdg !== undefined && path.isAbsolute(xdg)) return xdg;
	if (process.platform === 'win32' && local !== undefined && path.isAbsolute(local)) return local;
	return path.join(os.homedir(), '.cache');
}
