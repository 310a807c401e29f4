import type { Server } from 'node:net';

/** Resolves when a server takes connections; rejects where the address cannot be listened on. */
export function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, () => {
			server.off('error', reject);
			resolve();
		});
	});
}
