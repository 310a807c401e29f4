import { inflateRawSync } from 'node:zlib';

/** A file of a zip archive. */
export interface ZipEntry {
	/** With `/`. */
	readonly name: string;
	content(): Buffer;
}

const endSize = 22;

/** The files of a zip archive without ZIP64 and encryption, which is what module proxies serve. */
export function readZip(archive: Buffer): ZipEntry[] {
	const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]), archive.length - endSize);
	if (end < 0) throw new Error('this is not a zip archive: it has no central directory');
	const entries: ZipEntry[] = [];
	let at = archive.readUInt32LE(end + 16);
	for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
		if (archive.readUInt32LE(at) !== 0x02014b50) throw new Error(`the zip archive is damaged at byte ${at}`);
		const method = archive.readUInt16LE(at + 10);
		const packed = archive.readUInt32LE(at + 20);
		const nameLength = archive.readUInt16LE(at + 28);
		const header = archive.readUInt32LE(at + 42);
		const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
		at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
		if (name.endsWith('/')) continue;
		entries.push({
			name,
			content: () => {
				// The local header has lengths of its own: its extra field may differ from the one in the directory.
				const begin = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
				const bytes = archive.subarray(begin, begin + packed);
				if (method === 0) return bytes;
				if (method === 8) return inflateRawSync(bytes);
				throw new Error(`${name} is packed by method ${method}, which is neither stored nor deflated`);
			},
		});
	}
	return entries;
}
