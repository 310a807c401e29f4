import fs from 'node:fs';
import { crc32 } from 'node:zlib';

/** First bytes of each file of the journal; the digit is the version of the format. */
export const magic = Buffer.from('GPJRNL1\n');

/** What a record holds. Records of `images` are skipped unless one is asked for. */
export const recordTypes = { begin: 1, files: 2, images: 3, seal: 4, commit: 5 } as const;
export type RecordType = (typeof recordTypes)[keyof typeof recordTypes];

const headerBytes = 9;

/** Type, length, crc32 over type and payload, payload: each record proves itself, so that a torn tail is seen. */
export function encodeRecord(type: RecordType, payload: Uint8Array): Buffer {
	const out = Buffer.allocUnsafe(headerBytes + payload.length);
	out[0] = type;
	out.writeUInt32LE(payload.length, 1);
	out.writeUInt32LE(crc32(payload, type), 5);
	out.set(payload, headerBytes);
	return out;
}

export interface StoredRecord {
	readonly type: RecordType;
	/** `null` for images. */
	readonly payload: Buffer | null;
	/** Offset of the record in its file. */
	readonly offset: number;
}

/** How the last bytes of the file look: whole, cut off within a record, or damaged before others. */
export type Tail = 'whole' | 'torn' | 'corrupt' | 'foreign' | 'newer';

/** Reads the records of a file up to its end or to the first that does not prove itself; `end` is where that is. */
export function readRecords(fd: number): {
	readonly records: readonly StoredRecord[];
	readonly tail: Tail;
	readonly end: number;
} {
	const size = fs.fstatSync(fd).size;
	const start = readAt(fd, 0, magic.length);
	if (start === null || !start.equals(magic)) {
		const newer = start?.subarray(0, 6).equals(magic.subarray(0, 6)) === true && (start[6] ?? 0) > (magic[6] ?? 0);
		const cut = size < magic.length || isZero(fd, 0, size);
		return { records: [], tail: newer ? 'newer' : cut ? 'torn' : 'foreign', end: 0 };
	}
	const records: StoredRecord[] = [];
	let offset = magic.length;
	while (offset < size) {
		const header = readAt(fd, offset, headerBytes);
		const length = header?.readUInt32LE(1) ?? 0;
		const end = offset + headerBytes + length;
		if (header === null || end > size) return { records, tail: 'torn', end: offset };
		const type = header[0] as RecordType;
		if (type === recordTypes.images) records.push({ type, payload: null, offset });
		else {
			const payload = readAt(fd, offset + headerBytes, length);
			if (payload === null || type < 1 || type > 5 || crc32(payload, type) !== header.readUInt32LE(5)) {
				return { records, tail: end === size || isZero(fd, offset, size) ? 'torn' : 'corrupt', end: offset };
			}
			records.push({ type, payload, offset });
		}
		offset = end;
	}
	return { records, tail: 'whole', end: offset };
}

/** Payload of the record at `offset`, `null` where it does not prove itself. */
export function readPayload(fd: number, offset: number): Buffer | null {
	const header = readAt(fd, offset, headerBytes);
	if (header === null) return null;
	const payload = readAt(fd, offset + headerBytes, header.readUInt32LE(1));
	return payload !== null && crc32(payload, header[0]) === header.readUInt32LE(5) ? payload : null;
}

function readAt(fd: number, offset: number, length: number): Buffer | null {
	const buffer = Buffer.allocUnsafe(length);
	let done = 0;
	while (done < length) {
		const count = fs.readSync(fd, buffer, done, length - done, offset + done);
		if (count === 0) return null;
		done += count;
	}
	return buffer;
}

/** After a power loss a file may have its length but not its bytes: zeros. */
function isZero(fd: number, from: number, to: number): boolean {
	for (let at = from; at < to; at += 1 << 16) {
		const chunk = readAt(fd, at, Math.min(1 << 16, to - at));
		if (chunk?.some((byte) => byte !== 0)) return false;
	}
	return true;
}
