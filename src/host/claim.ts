import { rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../runtime/errors.ts';

/** Something that one process of a machine has at a time. The kernel lets go of it with the process, however that ends. */
export interface Claim {
	release(): Promise<void>;
}

const settleMs = 50;

/**
 * Claims a path by listening on a unix socket there; a socket that nobody listens on is that of a process that was killed, and is taken over.
 * `null` where another process has it. Rejects where the path cannot be used at all.
 */
export async function claim(path: string): Promise<Claim | null> {
	for (let attempt = 0; attempt < 3; attempt++) {
		const server = createServer((socket) => socket.destroy());
		try {
			await listen(server, path);
		} catch (error) {
			if (errorCode(error) !== 'EADDRINUSE') throw error;
			const asked = identityOf(path);
			if (await answers(path)) return null;
			// While nobody answered, another may have taken it over.
			if (identityOf(path) === asked) rmSync(path, { force: true });
			continue;
		}
		const own = identityOf(path);
		// Two that found the same dead socket may each have removed what the other put there.
		await pause(settleMs);
		if (own !== null && identityOf(path) === own) {
			server.unref();
			return { release: () => close(server) };
		}
		await close(server);
	}
	return null;
}

function listen(server: Server, path: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(path, () => {
			server.off('error', reject);
			resolve();
		});
	});
}

function answers(path: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(path);
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', (error) => resolve(errorCode(error) !== 'ECONNREFUSED' && errorCode(error) !== 'ENOENT'));
	});
}

/** An inode number is used again at once: the time of its last change tells a new socket from the old one. */
function identityOf(path: string): string | null {
	const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
	return stats === undefined ? null : `${stats.ino}:${stats.ctimeNs}`;
}

function close(server: Server): Promise<void> {
	return new Promise((resolve) => server.close(() => resolve()));
}
