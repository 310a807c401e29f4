import { createRequire } from 'node:module';
import process from 'node:process';
import type koffi from 'koffi';

/**
 * The native part of koffi, as it stands: what its JavaScript adds are functions that are deprecated, for 3 MB that stay. Where it is not found
 * by its name (another package manager, a build from source), koffi finds it.
 */
export const ffi: Pick<typeof koffi, 'load'> = native();

function native(): Pick<typeof koffi, 'load'> {
	const require = createRequire(import.meta.url);
	try {
		return require(`@koromix/koffi-${process.platform}-${process.arch}`) as typeof koffi;
	} catch {
		return require('koffi') as typeof koffi;
	}
}
