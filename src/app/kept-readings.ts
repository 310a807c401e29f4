import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { writeStateFile } from '../host/state-file.ts';
import { userCacheFolder } from './user-cache.ts';

/** Set by the build, to a digest of the bundle that this module is part of. */
declare const __BUILD_ID__: string | undefined;

/** Readings that are kept for one root; a repo has one manifest and one inventory, mostly. */
const maxEntries = 16;

/** Longer ones, in characters, are read each time. */
const maxLength = 1 << 20;

/**
 * What pure readers made of the texts of one root, so that an unchanged manifest is not parsed and validated at each start. It
 * is found by a hash of the build, the reader, the file's name and its whole content, so it cannot be stale. It lies in the
 * user's own cache, not in `.gpupolicy`: whoever hands over a repo must not be able to say what its manifest means.
 */
export class KeptReadings {
	readonly #file: string;
	readonly #build: string;
	readonly #texts = new Map<string, string>();

	constructor(file: string, build: string) {
		this.#file = file;
		this.#build = build;
		try {
			const [digest, ...lines] = readFileSync(file, 'utf8').split('\n');
			if (digest !== sha256(lines.join('\n'))) return;
			for (let at = 0; at + 1 < lines.length; at += 2) this.#texts.set(lines[at] as string, lines[at + 1] as string);
		} catch {
			// None yet.
		}
	}

	/** What `read` makes of `content`: plain data. It is kept where `worth` says so. */
	reading<T>(reader: string, name: string, content: string | Uint8Array, read: () => T, worth: (value: T) => boolean): T {
		const key = sha256(JSON.stringify([this.#build, reader, name]), content);
		const kept = this.#texts.get(key);
		if (kept !== undefined) return JSON.parse(kept) as T;
		const value = read();
		if (worth(value)) this.#keep(key, JSON.stringify(value));
		return value;
	}

	#keep(key: string, text: string): void {
		if (text.length > maxLength) return;
		for (const old of [...this.#texts.keys()].slice(0, Math.max(0, this.#texts.size - maxEntries + 1))) this.#texts.delete(old);
		this.#texts.set(key, text);
		const body = [...this.#texts].flat().join('\n');
		try {
			writeStateFile(this.#file, `${sha256(body)}\n${body}`, { durable: false });
		} catch {
			// A full disk: it is read again next time.
		}
	}
}

const opened = new Map<string, KeptReadings | null>();

/** The readings of a root; `null` where nothing may be kept, and outside of a bundle, whose digest says what the readers are. */
export function keptReadings(root: string): KeptReadings | null {
	const standing = opened.get(root);
	if (standing !== undefined) return standing;
	let readings: KeptReadings | null = null;
	try {
		const folder = typeof __BUILD_ID__ === 'string' ? userCacheFolder('readings') : null;
		if (folder !== null) readings = new KeptReadings(path.join(folder, sha256(root).slice(0, 32)), __BUILD_ID__ as string);
	} catch {
		// No home, a read-only one.
	}
	opened.set(root, readings);
	return readings;
}

function sha256(...parts: readonly (string | Uint8Array)[]): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(part);
	return hash.digest('hex');
}
