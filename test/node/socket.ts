import { request } from 'node:http';
import { connect } from 'node:net';

/** Whether somebody listens on a unix socket now. */
export function listens(path: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(path);
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});
}

/** Posts nothing to an HTTP server on a unix socket. Rejects with what it says where that is not a 200. */
export function post(socketPath: string, path: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const sent = request({ socketPath, path, method: 'POST', agent: false }, (response) => {
			let text = '';
			response.setEncoding('utf8').on('data', (more: string) => {
				text += more;
			});
			response.once('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`${path}: ${text.trim()}`))));
		});
		sent.once('error', reject);
		sent.end();
	});
}
