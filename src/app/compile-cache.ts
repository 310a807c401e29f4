import process from 'node:process';
import { userCacheFolder } from './user-cache.ts';

/**
 * Lets Node keep what V8 compiled of the command, so that the next start need not compile it: a folder of the user's own cache
 * for each command, since what is kept is what the first run of it used. Best effort: without it a start is only slower.
 *
 * What is kept is machine code in all but name, so only a folder that is safe from others is used, and never the common
 * temporary directory, which Node takes by default. `NODE_DISABLE_COMPILE_CACHE=1` turns it off.
 */
export function useCompileCache(command: string): void {
	try {
		const folder = userCacheFolder('compiled', command);
		if (folder !== null) process.getBuiltinModule('node:module').enableCompileCache(folder);
	} catch {
		// No home, a read-only one, a full disk.
	}
}
