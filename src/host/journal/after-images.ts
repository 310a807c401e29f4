import fs from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { writeStateFile } from '../state-file.ts';

/**
 * The content that our last revision gave each path, kept beside the records: a pass with nothing to do asks for the paths,
 * and reading thousands of intents for them took longer than looking at every file of the tree. It holds for the records
 * of one `key` only; a lost or damaged one only costs time.
 */
export interface AfterImages {
	/** What stat says of every record. */
	readonly key: string;
	readonly paths: readonly string[];
	/** sha256, hex; one for each path. */
	readonly hashes: readonly string[];
}

/** First line; the digit is the version of the format. */
const magic = 'GPAFTER1';
const name = 'after-images';

/** Reads what is kept below the state folder; `null` where there is none that tells of the records of `key`. */
export function readAfterImages(stateFolder: string, key: string): AfterImages | null {
	let bytes: Buffer;
	try {
		bytes = fs.readFileSync(path.join(stateFolder, name));
	} catch {
		return null;
	}
	const [first, second] = [bytes.indexOf(10), bytes.indexOf(10, bytes.indexOf(10) + 1)];
	if (first < 0 || second < 0) return null;
	const body = bytes.subarray(first + 1);
	if (bytes.toString('latin1', 0, first) !== `${magic} ${crc32(body)}`) return null;
	if (bytes.toString('utf8', first + 1, second) !== key) return null;
	const third = bytes.indexOf(10, second + 1);
	const paths = third + 1 === bytes.length ? [] : bytes.toString('utf8', third + 1).split('\0');
	const hex = bytes.toString('latin1', second + 1, third);
	return {
		key,
		paths,
		get hashes() {
			return paths.map((_, at) => hex.slice(at * 64, at * 64 + 64));
		},
	};
}

/** Replaces what is kept; best effort. */
export function writeAfterImages(stateFolder: string, { key, paths, hashes }: AfterImages): void {
	const body = Buffer.from(`${key}\n${hashes.join('')}\n${paths.join('\0')}`);
	try {
		writeStateFile(path.join(stateFolder, name), Buffer.concat([Buffer.from(`${magic} ${crc32(body)}\n`), body]), {
			durable: false,
		});
	} catch {
		// A full disk: the next pass reads the records again.
	}
}
