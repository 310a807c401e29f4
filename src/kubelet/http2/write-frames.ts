import { errorCodes, flags, frameTypes, type Http2ErrorCode, headerBytes, maxFrameBytes } from './constants.ts';

/** The first nine bytes of a frame. */
export function frameHeader(type: number, frameFlags: number, stream: number, length: number): Buffer {
	const bytes = Buffer.allocUnsafe(headerBytes);
	bytes.writeUIntBE(length, 0, 3);
	bytes[3] = type;
	bytes[4] = frameFlags;
	bytes.writeUInt32BE(stream, 5);
	return bytes;
}

/** A header block as HEADERS, and CONTINUATION where one frame does not hold it. */
export function headersFrames(stream: number, block: Buffer, endStream: boolean): Buffer[] {
	const parts: Buffer[] = [];
	for (let at = 0; at === 0 || at < block.length; at += maxFrameBytes) {
		const part = block.subarray(at, at + maxFrameBytes);
		const first = at === 0;
		const end = (at + part.length === block.length ? flags.endHeaders : 0) | (first && endStream ? flags.endStream : 0);
		parts.push(frameHeader(first ? frameTypes.headers : frameTypes.continuation, end, stream, part.length), part);
	}
	return parts;
}

export function rstStreamFrame(stream: number, code: Http2ErrorCode): Buffer {
	return Buffer.concat([frameHeader(frameTypes.rstStream, 0, stream, 4), number(errorCodes[code])]);
}

export function windowUpdateFrame(stream: number, bytes: number): Buffer {
	return Buffer.concat([frameHeader(frameTypes.windowUpdate, 0, stream, 4), number(bytes)]);
}

export function pingAckFrame(payload: Buffer): Buffer {
	return Buffer.concat([frameHeader(frameTypes.ping, flags.ack, 0, payload.length), payload]);
}

export function goawayFrame(lastStream: number, code: Http2ErrorCode, why: string): Buffer {
	const text = Buffer.from(why);
	const length = 8 + text.length;
	return Buffer.concat([frameHeader(frameTypes.goaway, 0, 0, length), number(lastStream), number(errorCodes[code]), text]);
}

function number(value: number): Buffer {
	const bytes = Buffer.allocUnsafe(4);
	bytes.writeUInt32BE(value);
	return bytes;
}
