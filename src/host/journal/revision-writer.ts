import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import type { FileWrite } from '../../core/ports/journal.ts';
import { contentHash } from './content-hash.ts';
import { syncDirectory } from './durability.ts';
import { type Patch, patchBetween } from './patch.ts';
import { encodeRecord, magic, type RecordType, recordTypes } from './record-file.ts';
import type { BeginRecord, Intent } from './revision-file.ts';

/** Before-images are packed and compressed together up to this size, in bytes: files of one repo have much in common. */
const packBytes = 1 << 20;

const fast = { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } };

/** Writes the record of a revision: intents with their before-images, the seal, and later the commit. */
export class RevisionWriter {
	readonly file: string;
	/** In the order of `add`, each with what makes its new content. */
	readonly planned: { readonly intent: Intent; readonly patch: Patch }[] = [];
	/** Bytes written to the journal so far. */
	bytes = 0;
	fsyncs = 0;
	readonly #fd: number;
	/** Images of the pack that is being filled; one buffer for all packs, or thousands of copies outlive their use. */
	#pack = Buffer.allocUnsafe(2 * packBytes);
	#imageBytes = 0;
	#pending: Intent[] = [];

	constructor(file: string, begin: BeginRecord) {
		this.file = file;
		this.#fd = fs.openSync(file, 'wx', 0o600);
		this.#append(magic);
		this.#record(recordTypes.begin, begin);
	}

	/** Takes over what is needed of the write; its bytes are not kept. */
	add(write: FileWrite, holds: Intent['holds']): void {
		const patch = patchBetween(write.before, write.after);
		const at = this.#imageBytes;
		const intent: Intent = {
			path: write.path,
			mode: write.stamp.mode,
			beforeHash: contentHash(write.before),
			afterHash: contentHash(write.after),
			policies: write.policies,
			summary: write.summary,
			patch: { prefix: patch.prefix, suffix: patch.suffix, at: at + write.before.length, length: patch.middle.length },
			at,
			length: write.before.length,
			holds,
		};
		this.#image(write.before);
		this.#image(patch.middle);
		this.#pending.push(intent);
		this.planned.push({ intent, patch });
		if (this.#imageBytes >= packBytes) this.#flush();
	}

	/** Makes all intents durable; from here on files may be touched. */
	seal(): void {
		if (this.#pending.length > 0) this.#flush();
		this.#record(recordTypes.seal, { files: this.planned.length });
		fs.fsyncSync(this.#fd);
		syncDirectory(path.dirname(this.file));
		this.fsyncs += 2;
	}

	/** Marks the revision as ended. Not forced out: should the mark be lost, recovery works it out again. */
	commit(failed: readonly number[]): void {
		this.#record(recordTypes.commit, { failed });
	}

	close(): void {
		fs.closeSync(this.#fd);
	}

	/** Removes the record: nothing was done. */
	discard(): void {
		this.close();
		fs.rmSync(this.file, { force: true });
	}

	#image(bytes: Uint8Array): void {
		const end = this.#imageBytes + bytes.length;
		if (end > this.#pack.length) {
			const larger = Buffer.allocUnsafe(end * 2);
			this.#pack.copy(larger, 0, 0, this.#imageBytes);
			this.#pack = larger;
		}
		this.#pack.set(bytes, this.#imageBytes);
		this.#imageBytes = end;
	}

	#flush(): void {
		const packed = zlib.zstdCompressSync(this.#pack.subarray(0, this.#imageBytes), fast);
		this.#append(encodeRecord(recordTypes.images, packed));
		this.#record(recordTypes.files, this.#pending);
		this.#imageBytes = 0;
		this.#pending = [];
	}

	#record(type: RecordType, value: unknown): void {
		this.#append(encodeRecord(type, Buffer.from(JSON.stringify(value))));
	}

	#append(bytes: Uint8Array): void {
		let done = 0;
		while (done < bytes.length) done += fs.writeSync(this.#fd, bytes, done);
		this.bytes += bytes.length;
	}
}

/** Adds the commit to a record that was left without; whatever torn bytes follow its end are cut off. */
export function appendCommit(file: string, end: number, failed: readonly number[]): void {
	const fd = fs.openSync(file, 'r+');
	try {
		fs.ftruncateSync(fd, end);
		fs.writeSync(fd, encodeRecord(recordTypes.commit, Buffer.from(JSON.stringify({ failed }))), 0, undefined, end);
		fs.fsyncSync(fd);
	} finally {
		fs.closeSync(fd);
	}
}
