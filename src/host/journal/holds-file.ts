import fs from 'node:fs';
import path from 'node:path';
import type { Hold } from '../../core/ports/journal.ts';
import { errorCode } from '../../runtime/errors.ts';
import { hostError, hostErrors } from '../errors.ts';
import { writeStateFile } from '../state-file.ts';
import { stateUnreadable } from '../state-folder.ts';

const name = 'holds.json';

/** Reads the holds below the state folder; throws a coded error where the file is damaged. */
export function readHolds(folder: string): readonly Hold[] {
	const file = path.join(folder, name);
	let text: string;
	try {
		text = fs.readFileSync(file, 'utf8');
	} catch (error) {
		if (errorCode(error) === 'ENOENT') return [];
		throw stateUnreadable(file, error);
	}
	try {
		const value = JSON.parse(text) as { readonly version: number; readonly holds: readonly Hold[] };
		if (value.version === 1 && Array.isArray(value.holds)) return value.holds;
	} catch (error) {
		throw damaged(file, error);
	}
	throw damaged(file);
}

/** Replaces the holds, durably; nothing is written where they stay the same. */
export function writeHolds(folder: string, holds: readonly Hold[]): void {
	if (JSON.stringify(holds) === JSON.stringify(readHolds(folder))) return;
	writeStateFile(path.join(folder, name), `${JSON.stringify({ version: 1, holds }, null, '\t')}\n`, { durable: true });
}

/** Holds after a revision: what it wrote is released, what it put back is held. */
export function holdsAfter(holds: readonly Hold[], written: ReadonlySet<string>, placed: readonly Hold[]): readonly Hold[] {
	return [...holds.filter((hold) => !written.has(hold.path)), ...placed];
}

function damaged(file: string, cause?: unknown): Error {
	return hostError(
		hostErrors.journalCorrupt,
		`the list of held files is damaged: ${file}`,
		'Remove it to release every file that a rollback put back.',
		cause,
	);
}
