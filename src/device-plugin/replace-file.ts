import { fchmodSync, writeFileSync } from 'node:fs';
import { swapFile } from '../runtime/swap-file.ts';

/** Replaces a file at once, for every user to read. Throws a system error. */
export function replaceFile(path: string, text: string): void {
	swapFile(path, (fd) => {
		writeFileSync(fd, text);
		fchmodSync(fd, 0o644);
	});
}
