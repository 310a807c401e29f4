import fs from 'node:fs';
import path from 'node:path';
import { writeStateFile } from '../state-file.ts';

const name = 'extent.json';

/** Which revisions the journal is to hold, noted after each commit: what is missing or cut off later was taken from outside. */
export interface Extent {
	/** The oldest that retention keeps. */
	readonly first: number;
	/** The last that was committed. */
	readonly last: number;
}

/** Reads the note below the journal's folder; `null` where there is none that can be understood: then nothing is claimed. */
export function readExtent(folder: string): Extent | null {
	try {
		const value = JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as Partial<Extent> & { readonly version?: number };
		const { version, first, last } = value;
		const sound = version === 1 && Number.isSafeInteger(first) && Number.isSafeInteger(last);
		return sound ? { first: first as number, last: last as number } : null;
	} catch {
		return null;
	}
}

/**
 * Replaces the note. Not forced out: an older one after a power loss only says less, and a newer one cannot be, since the
 * intents of a revision are durable before it is committed.
 */
export function writeExtent(folder: string, extent: Extent): void {
	writeStateFile(path.join(folder, name), `${JSON.stringify({ version: 1, ...extent })}\n`, { durable: false });
}
