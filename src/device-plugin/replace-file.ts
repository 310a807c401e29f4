import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Replaces a file at once, for every user to read: a reader sees the old or the new content. Throws a system error. */
export function replaceFile(path: string, text: string): void {
	const temporary = `${path}.${process.pid}.tmp`;
	try {
		writeFileSync(temporary, text, { mode: 0o644 });
		renameSync(temporary, path);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
}
