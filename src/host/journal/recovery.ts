import fs from 'node:fs';
import os from 'node:os';
import type { Hold, Recovery } from '../../core/ports/journal.ts';
import { parentIsInside } from '../files/read-file.ts';
import { absolutePath, parentPath } from '../files/relative-path.ts';
import { contentHash } from './content-hash.ts';
import { readCurrent, replaceFile, temporaryName } from './replace-file.ts';
import { BeforeImages, type StoredIntent, type StoredRevision } from './revision-file.ts';

export const nothingToRecover: Recovery = {
	revision: null,
	finished: [],
	untouched: [],
	foreign: [],
	removedTemporaries: [],
};

export interface Recovered {
	readonly recovery: Recovery;
	/** Indexes of the intents that are not in effect. */
	readonly failed: readonly number[];
	readonly holds: readonly Hold[];
}

/**
 * Works out, file by file, how far a pass came that did not end. A file that is neither old nor new was either written
 * by somebody since, and is left alone, or cut off by a power loss, and gets its before-image back.
 */
export function recoverRevision(root: string, revision: StoredRevision): Recovered {
	const finished: string[] = [];
	const untouched: string[] = [];
	const foreign: string[] = [];
	const removedTemporaries: string[] = [];
	const failed: number[] = [];
	const holds: Hold[] = [];
	const { number } = revision.begin;
	const images = new BeforeImages(revision.file);
	const rebooted = Date.now() - os.uptime() * 1000 > Date.parse(revision.begin.at);
	for (const [index, intent] of revision.intents.entries()) {
		const temporary = temporaryName(intent.path, number, index);
		if (parentIsInside(root, parentPath(intent.path)) && removeFile(absolutePath(root, temporary)))
			removedTemporaries.push(temporary);
		const state = stateOf(root, intent, rebooted ? images : null, temporary);
		if (state === 'after') {
			finished.push(intent.path);
			for (const hold of intent.holds)
				holds.push({ ...hold, path: intent.path, contentHash: intent.afterHash, revision: number });
		} else {
			failed.push(index);
			(state === 'before' ? untouched : foreign).push(intent.path);
		}
	}
	const completed = finished.length > 0 ? number : null;
	return { recovery: { revision: completed, finished, untouched, foreign, removedTemporaries }, failed, holds };
}

/** `images` is `null` where the machine ran all the time: a kill alone leaves no file torn. */
function stateOf(
	root: string,
	intent: StoredIntent,
	images: BeforeImages | null,
	temporary: string,
): 'before' | 'after' | 'foreign' {
	const current = readCurrent(root, intent.path);
	if (!current.ok) return 'foreign';
	const hash = contentHash(current.bytes);
	if (hash === intent.afterHash) return 'after';
	if (hash === intent.beforeHash) return 'before';
	if (images === null) return 'foreign';
	const before = images.read(intent);
	if (!isTorn(current.bytes, images.after(intent, before))) return 'foreign';
	return replaceFile(root, intent.path, temporary, current, before, { fsync: true }).ok ? 'before' : 'foreign';
}

/** True where `bytes` is what a power loss leaves of `whole`: shorter, or zeros where data had not reached the disk. */
function isTorn(bytes: Uint8Array, whole: Uint8Array): boolean {
	return bytes.length <= whole.length && bytes.every((byte, at) => byte === 0 || byte === whole[at]);
}

function removeFile(file: string): boolean {
	try {
		fs.unlinkSync(file);
		return true;
	} catch {
		return false;
	}
}
