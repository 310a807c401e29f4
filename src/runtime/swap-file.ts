import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/**
 * Replaces a file at once: a reader sees the old or the new content. `write` gets the new file, open, empty and 0600. Throws a system error, or what
 * `write` throws, and leaves nothing behind then.
 */
export function swapFile(file: string, write: (fd: number) => void): void {
	const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
	const fd = fs.openSync(temporary, 'w', 0o600);
	try {
		try {
			write(fd);
		} finally {
			fs.closeSync(fd);
		}
		fs.renameSync(temporary, file);
	} catch (error) {
		fs.rmSync(temporary, { force: true });
		throw error;
	}
}
