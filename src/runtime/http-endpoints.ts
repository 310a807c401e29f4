import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from './listen.ts';

/** What one path answers; `null` where it is in order, else why not. */
export interface Endpoints {
	/** Whether the process is alive: restarted where it is not. */
	healthz(): string | null;
	/** Whether it does its work, or stands by to take it over. */
	readyz(): string | null;
	metrics(): string;
}

/** An HTTP server for probes and metrics. */
export interface ServedEndpoints {
	readonly port: number;
	close(): Promise<void>;
}

const requestTimeoutMs = 5_000;
const headersTimeoutMs = 2_000;
const maxConnections = 64;

/** Serves `/healthz`, `/readyz` and `/metrics` by GET, and nothing else. Rejects where the address cannot be listened on. */
export async function serveEndpoints(
	endpoints: Endpoints,
	at: { readonly host: string; readonly port: number },
): Promise<ServedEndpoints> {
	const server = createServer({ requestTimeout: requestTimeoutMs, headersTimeout: headersTimeoutMs }, (request, response) => {
		const answer = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
			response.writeHead(status, { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' });
			response.end(request.method === 'HEAD' ? undefined : text);
		};
		if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'GET only\n');
		const probe = (wrong: string | null): void => answer(wrong === null ? 200 : 503, `${wrong ?? 'ok'}\n`);
		switch ((request.url ?? '').split('?')[0]) {
			case '/healthz':
				return probe(endpoints.healthz());
			case '/readyz':
				return probe(endpoints.readyz());
			case '/metrics':
				return answer(200, endpoints.metrics(), 'text/plain; version=0.0.4; charset=utf-8');
			default:
				return answer(404, 'not found\n');
		}
	});
	server.maxConnections = maxConnections;
	await listen(server, at);
	return {
		port: (server.address() as AddressInfo).port,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
