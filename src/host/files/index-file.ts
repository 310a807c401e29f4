import fs from 'node:fs';
import { crc32 } from 'node:zlib';
import type { SkippedEntry } from '../../core/ports/worktree.ts';
import { replaceStateFile } from '../state-file.ts';

/** A directory as it was listed. Unchanged, it is not listed again. */
export interface IndexedDirectory {
	readonly path: string;
	/** Position of its parent, which stands before it; -1 for the root. */
	readonly parent: number;
	/** Selectors that reach into it. */
	readonly selectors: readonly number[];
	readonly seen: number;
	readonly skipped: readonly SkippedEntry[];
	readonly mtimeMs: number;
	readonly ctimeMs: number;
	readonly ino: number;
	/** False where the listing alone does not tell: links in it, files that could not be looked at, no permission. */
	readonly reusable: boolean;
}

/** An ignore file that was consulted, present or not. */
export interface IndexedIgnoreFile {
	/** Absolute, or relative to the root. */
	readonly path: string;
	/** What stat said; empty where there was none. */
	readonly key: string;
}

/** Everything but the files. */
export interface IndexHead {
	/** Digest of the selectors that the directories were listed for. */
	readonly selectors: string;
	readonly basis: string;
	readonly directories: readonly IndexedDirectory[];
	readonly ignoreFiles: readonly IndexedIgnoreFile[];
	/** Sets of selector indexes that files refer to. */
	readonly sets: readonly (readonly number[])[];
	/** Distinct outcomes. */
	readonly outcomes: readonly string[];
}

/** The files, one column per property, sorted by path; -1 stands for none. */
export interface IndexColumns {
	readonly paths: readonly string[];
	readonly mtimeNs: BigInt64Array;
	readonly ino: BigInt64Array;
	readonly size: Float64Array;
	readonly mtimeMs: Float64Array;
	readonly ctimeMs: Float64Array;
	/** Position of the directory whose listing shows the file; -1 where only a link or an exact include leads to it. */
	readonly directory: Int32Array;
	/** Set of selectors by the listing alone. */
	readonly listed: Int32Array;
	/** Set of selectors in all. */
	readonly selectors: Int32Array;
	readonly outcome: Int32Array;
	readonly mode: Int32Array;
	readonly declared: Int32Array;
}

export interface StoredIndex {
	readonly head: IndexHead;
	readonly columns: IndexColumns;
	/** Whatever was modified at or after this moment (ms since 1970, the file system's clock) may have changed unseen. */
	readonly racyFromMs: number;
}

/** `GPX` and the version of the format, in the byte order of this machine: an index of another is not read. */
const magic = 0x47505801;
const prefixBytes = 40;

/** Empty columns for `count` files. */
export function newColumns(paths: readonly string[]): IndexColumns {
	const count = paths.length;
	const buffer = new ArrayBuffer(columnBytes(count));
	return columnsIn(buffer, 0, paths, count);
}

/** Reads the index; `undefined` where there is none that can be trusted. */
export function readIndex(file: string): StoredIndex | undefined {
	try {
		const read = fs.readFileSync(file);
		if (read.length < prefixBytes) return undefined;
		const bytes = read.byteOffset % 8 === 0 ? read : Buffer.from(new Uint8Array(read).buffer);
		const prefix = new DataView(bytes.buffer, bytes.byteOffset, prefixBytes);
		const count = prefix.getUint32(4, true);
		const headLength = prefix.getUint32(8, true);
		const pathsLength = prefix.getUint32(12, true);
		const body = bytes.subarray(prefixBytes);
		if (
			new Uint32Array(bytes.buffer, bytes.byteOffset, 1)[0] !== magic ||
			crc32(bytes.subarray(0, 32)) !== prefix.getUint32(32, true)
		) {
			return undefined;
		}
		if (body.length !== columnBytes(count) + headLength + pathsLength || crc32(body) !== prefix.getUint32(16, true))
			return undefined;
		const headAt = columnBytes(count);
		const head = JSON.parse(body.toString('utf8', headAt, headAt + headLength)) as IndexHead;
		const paths = count === 0 ? [] : body.toString('utf8', headAt + headLength).split('\0');
		const columns = columnsIn(bytes.buffer, bytes.byteOffset + prefixBytes, paths, count);
		return { head, columns, racyFromMs: prefix.getFloat64(24, true) };
	} catch {
		return undefined;
	}
}

/**
 * Replaces the index. `passMs` is how long ago the pass began that it tells of; with the time that the file system gives
 * the new index this yields the moment from which on timestamps prove nothing.
 */
export function writeIndex(file: string, head: IndexHead, columns: IndexColumns, passMs: () => number): void {
	const headBytes = Buffer.from(JSON.stringify(head));
	const pathBytes = Buffer.from(columns.paths.join('\0'));
	const columnsBytes = new Uint8Array(columns.mtimeNs.buffer);
	const body = Buffer.concat([columnsBytes, headBytes, pathBytes]);
	const prefix = Buffer.alloc(prefixBytes);
	prefix.set(new Uint8Array(new Uint32Array([magic]).buffer));
	prefix.writeUInt32LE(columns.paths.length, 4);
	prefix.writeUInt32LE(headBytes.length, 8);
	prefix.writeUInt32LE(pathBytes.length, 12);
	prefix.writeUInt32LE(crc32(body), 16);
	replaceStateFile(file, (fd) => {
		fs.writeFileSync(fd, Buffer.concat([prefix, body]));
		prefix.writeDoubleLE(racyFrom(fs.fstatSync(fd, { bigint: true }).mtimeNs, passMs()), 24);
		prefix.writeUInt32LE(crc32(prefix.subarray(0, 32)), 32);
		fs.writeSync(fd, prefix, 0, prefixBytes, 0);
	});
}

/** Kernels stamp files by a clock that ticks every few milliseconds, some file systems by one that ticks every second or two. */
function racyFrom(mtimeNs: bigint, passMs: number): number {
	const tickMs = mtimeNs % 1_000_000_000n === 0n ? 2_100 : 20;
	return Number(mtimeNs / 1_000_000n) - Math.max(0, passMs) - tickMs;
}

/** Five columns of eight bytes, six of four. */
function columnBytes(count: number): number {
	return count * 40 + Math.ceil((count * 24) / 8) * 8;
}

function columnsIn(buffer: ArrayBufferLike, offset: number, paths: readonly string[], count: number): IndexColumns {
	let at = offset;
	const wide = <T>(make: (buffer: ArrayBufferLike, at: number, count: number) => T): T => {
		const column = make(buffer, at, count);
		at += count * 8;
		return column;
	};
	const narrow = (): Int32Array => {
		const column = new Int32Array(buffer, at, count);
		at += count * 4;
		return column;
	};
	return {
		paths,
		mtimeNs: wide((b, o, n) => new BigInt64Array(b, o, n)),
		ino: wide((b, o, n) => new BigInt64Array(b, o, n)),
		size: wide((b, o, n) => new Float64Array(b, o, n)),
		mtimeMs: wide((b, o, n) => new Float64Array(b, o, n)),
		ctimeMs: wide((b, o, n) => new Float64Array(b, o, n)),
		directory: narrow(),
		listed: narrow(),
		selectors: narrow(),
		outcome: narrow(),
		mode: narrow(),
		declared: narrow(),
	};
}

/** Milliseconds as `fs.Stats` gives them, of nanoseconds as `fs.BigIntStats` gives them. */
export function millisecondsOf(ns: bigint): number {
	return Number(ns / 1_000_000_000n) * 1000 + Number(ns % 1_000_000_000n) / 1e6;
}
