import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Replaces a file at once: a reader sees the old or the new content. Rejects with a system error. */
export function replaceFile(path: string, text: string): void {
	const temporary = `${path}.${process.pid}.tmp`;
	try {
		writeFileSync(temporary, text, { mode: 0o600 });
		renameSync(temporary, path);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
}
