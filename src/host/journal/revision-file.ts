import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import type { Revision } from '../../core/ports/journal.ts';
import { CodedError } from '../../runtime/errors.ts';
import { hostError, hostErrors } from '../errors.ts';
import { isWritablePath } from '../files/writable-path.ts';
import { stateUnreadable } from '../state-folder.ts';
import { contentHash } from './content-hash.ts';
import { patched } from './patch.ts';
import { readPayload, readRecords, recordTypes } from './record-file.ts';

/** First record of a revision. */
export interface BeginRecord {
	readonly number: number;
	readonly at: string;
	readonly kind: Revision['kind'];
	readonly policies: Readonly<Record<string, string>>;
	readonly undoes: readonly number[];
	/** True where the before-images were dropped. */
	readonly pruned?: boolean;
}

/** What is to happen to one file; written, and durable, before the file is touched. */
export interface Intent {
	readonly path: string;
	readonly mode: number;
	readonly beforeHash: string;
	readonly afterHash: string;
	readonly policies: readonly string[];
	readonly summary: string;
	/** What makes the new content of the old one; its new part stands among the images, at `at`. */
	readonly patch: { readonly prefix: number; readonly suffix: number; readonly at: number; readonly length: number };
	/** Where the before-image stands in the images that precede this record. */
	readonly at: number;
	readonly length: number;
	/** For a rollback: the holds to place on the file. */
	readonly holds: readonly { readonly policy: string; readonly digest: string }[];
}

export interface StoredIntent extends Intent {
	/** Offset of its record of images in the revision's file. */
	readonly images: number;
}

/** A revision as it stands on disk. */
export interface StoredRevision {
	readonly file: string;
	readonly begin: BeginRecord;
	readonly intents: readonly StoredIntent[];
	/** All intents are there: files may have been touched. */
	readonly sealed: boolean;
	/** Indexes of the intents that were not carried out; `null` while the pass has not ended. */
	readonly failed: readonly number[] | null;
	/** Where the next record goes. */
	readonly end: number;
}

/** File name of a revision's record. */
export function revisionFileName(number: number, pruned = false): string {
	return `${String(number).padStart(8, '0')}.${pruned ? 'pruned' : 'rev'}`;
}

/** Reads a revision without its images, proving that every path lies below the root; `null` where it was cut off before anything was sealed. */
export function readRevision(file: string): StoredRevision | null {
	const fd = openForReading(file);
	try {
		const { records, tail, end } = readRecords(fd);
		if (tail === 'newer') throw newerFormat(file);
		if (tail === 'foreign' || tail === 'corrupt') throw corrupt(file);
		let begin: BeginRecord | undefined;
		let images = 0;
		let sealed = false;
		let failed: readonly number[] | null = null;
		const intents: StoredIntent[] = [];
		for (const { type, payload, offset } of records) {
			if (payload === null) images = offset;
			else {
				const value: unknown = JSON.parse(payload.toString('utf8'));
				if (type === recordTypes.begin) begin = value as BeginRecord;
				else if (type === recordTypes.files) for (const intent of value as Intent[]) intents.push({ ...intent, images });
				else if (type === recordTypes.seal) sealed = (value as { files: number }).files === intents.length;
				else if (type === recordTypes.commit) failed = (value as { failed: number[] }).failed;
			}
		}
		if (!begin || !sealed) {
			if (tail === 'whole' && sealed) throw corrupt(file);
			return null;
		}
		// A repo may carry a journal that somebody made up.
		if (!intents.every((intent) => isWritablePath(intent.path))) throw corrupt(file);
		return { file, begin, intents, sealed, failed, end };
	} catch (error) {
		if (error instanceof CodedError) throw error;
		throw error instanceof SyntaxError ? corrupt(file, error) : stateUnreadable(file, error);
	} finally {
		fs.closeSync(fd);
	}
}

function openForReading(file: string): number {
	try {
		return fs.openSync(file, 'r');
	} catch (cause) {
		throw stateUnreadable(file, cause);
	}
}

/** Gives before-images of one revision, proved against their hashes. */
export class BeforeImages {
	readonly #file: string;
	#loaded: { readonly offset: number; readonly bytes: Buffer } | undefined;

	constructor(file: string) {
		this.#file = file;
	}

	/** The bytes are valid until the next call. Throws a coded error where the image is damaged. */
	read(intent: StoredIntent): Buffer {
		if (this.#loaded?.offset !== intent.images) this.#loaded = { offset: intent.images, bytes: this.#load(intent.images) };
		const image = this.#loaded.bytes.subarray(intent.at, intent.at + intent.length);
		if (contentHash(image) !== intent.beforeHash) throw corrupt(this.#file);
		return image;
	}

	/** The content that the revision gave the file. The bytes of `before` are those of `read`. */
	after(intent: StoredIntent, before: Uint8Array): Buffer {
		if (this.#loaded?.offset !== intent.images) this.#loaded = { offset: intent.images, bytes: this.#load(intent.images) };
		const { prefix, suffix, at, length } = intent.patch;
		return patched(before, { prefix, suffix, middle: this.#loaded.bytes.subarray(at, at + length) });
	}

	#load(offset: number): Buffer {
		const fd = openForReading(this.#file);
		try {
			const payload = readPayload(fd, offset);
			if (payload === null) throw corrupt(this.#file);
			return zlib.zstdDecompressSync(payload);
		} finally {
			fs.closeSync(fd);
		}
	}
}

/** The error for a record that ended well and was cut off afterwards, from outside. */
export function cutOff(file: string): CodedError {
	return corrupt(file, undefined, ' was cut off after it was written');
}

/** The error for a damaged file of the journal. */
function corrupt(file: string, cause?: unknown, how = ''): CodedError {
	return hostError(
		hostErrors.journalCorrupt,
		`the journal is damaged: ${file}${how}`,
		`Move this file away (revision ${Number.parseInt(path.basename(file), 10)} can then not be rolled back) or restore it from a backup; the files of the repo were not touched.`,
		cause,
	);
}

function newerFormat(file: string): Error {
	return hostError(
		hostErrors.journalNewer,
		`the journal was written by a newer gpupolicy: ${file}`,
		'Use that version, or move the folder .gpupolicy/journal away and lose what it can roll back.',
	);
}
