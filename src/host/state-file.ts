import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { stateNotWritable } from './errors.ts';

/** Replaces a file of the state folder at once: readers see the old or the new content. 0600. Throws a coded error where it cannot. */
export function writeStateFile(file: string, bytes: string | Uint8Array, options: { readonly durable: boolean }): void {
	try {
		replace(file, bytes, options.durable);
	} catch (cause) {
		throw stateNotWritable(file, cause);
	}
}

function replace(file: string, bytes: string | Uint8Array, durable: boolean): void {
	const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
	const fd = fs.openSync(temporary, 'w', 0o600);
	try {
		try {
			fs.writeFileSync(fd, bytes);
			if (durable) fs.fsyncSync(fd);
		} finally {
			fs.closeSync(fd);
		}
		fs.renameSync(temporary, file);
	} catch (error) {
		fs.rmSync(temporary, { force: true });
		throw error;
	}
}
