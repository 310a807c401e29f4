import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A port of the loopback address that is free now. It lies below the range from which systems take ports for outgoing connections, else one
 * of those could hold it while the process that listens on it is down for a restart.
 */
export async function freePort(): Promise<number> {
	for (let attempt = 0; attempt < 100; attempt++) {
		const port = randomInt(15_000, 32_000);
		if (await canListen(port)) return port;
	}
	throw new Error('no free port of the loopback address between 15000 and 32000');
}

function canListen(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}
