import { read, writeSync } from 'node:fs';
import { LineSplitter } from '../../runtime/lines.ts';
import { type Reply, type Request, repliesAt, requestsAt } from './protocol.ts';

const piece = Buffer.allocUnsafe(4096);
const lines = new LineSplitter();

/** Takes each request until the parent is gone. Bare reads: Node's own channel between processes takes 3 MB, and so do its streams. */
export function receive(take: (request: Request) => void, onEnd: () => void): void {
	read(requestsAt, piece, 0, piece.length, null, (error, length) => {
		if (error !== null || length === 0) {
			onEnd();
			return;
		}
		lines.push(piece.subarray(0, length), (line) => take(JSON.parse(line) as Request));
		receive(take, onEnd);
	});
}

/** Returns when the parent has room for all of it. Whoever is gone meanwhile waits for nothing. */
export function reply(message: Reply): void {
	const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
	try {
		for (let sent = 0; sent < bytes.length; ) sent += writeSync(repliesAt, bytes, sent);
	} catch {
		// The end of the requests tells that the parent is gone.
	}
}
