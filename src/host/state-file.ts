import fs from 'node:fs';
import { swapFile } from '../runtime/swap-file.ts';
import { stateNotWritable } from './errors.ts';

/** Replaces a file of the state folder at once: readers see the old or the new content. 0600 by default. Throws a coded error where it cannot. */
export function writeStateFile(
	file: string,
	bytes: string | Uint8Array,
	options: { readonly durable: boolean; readonly mode?: number },
): void {
	replaceStateFile(file, (fd) => {
		fs.writeFileSync(fd, bytes);
		if (options.mode !== undefined) fs.fchmodSync(fd, options.mode);
		if (options.durable) fs.fsyncSync(fd);
	});
}

/** The same for content that depends on the file that it is written to: `write` gets the new file, open and empty. */
export function replaceStateFile(file: string, write: (fd: number) => void): void {
	try {
		swapFile(file, write);
	} catch (cause) {
		throw stateNotWritable(file, cause);
	}
}
