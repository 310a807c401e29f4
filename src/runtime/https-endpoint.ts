import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { listen } from './listen.ts';

/** What a server proves itself with, PEM. */
export interface TlsIdentity {
	readonly certificate: string;
	readonly key: string;
}

/** An answer to a POST: JSON for 200, else a line of text. */
export interface PostAnswer {
	readonly status: number;
	readonly body: string;
}

export interface HttpsEndpoint {
	readonly path: string;
	/** Largest body that is read, in bytes; a larger one is answered 413. */
	readonly bodyLimit: number;
	/** Answers a body that was read whole. What it throws is answered 500 without a word of it, and told to `failed`. */
	answer(body: string): Promise<PostAnswer>;
	failed(error: unknown): void;
}

/** A server that takes JSON by POST on one path over TLS, and nothing else. */
export interface ServedHttps {
	readonly port: number;
	/** Serves new connections with another certificate; open ones go on. */
	use(identity: TlsIdentity): void;
	/**
	 * Ends without breaking off a request: clients are sent elsewhere for `lingerMs`, while whoever does not know yet is still
	 * answered; then what runs is finished.
	 */
	close(lingerMs: number): Promise<void>;
}

/** Longer than Go's clients keep an idle connection (90 s): the client closes it, and never sends into one that closes. */
const keepAliveMs = 120_000;
const headersMs = 5_000;
const requestMs = 10_000;
const maxConnections = 1_024;
/** Bodies that are read at one time, in units of the largest one: more are answered 503. */
const bodiesAtOnce = 4;
const finishMs = 3_000;

/** Rejects where the address cannot be listened on, or the certificate and its key do not belong together. */
export async function serveHttps(
	endpoint: HttpsEndpoint,
	at: { readonly host: string; readonly port: number },
	identity: TlsIdentity,
): Promise<ServedHttps> {
	const timeouts = { keepAliveTimeout: keepAliveMs, headersTimeout: headersMs, requestTimeout: requestMs };
	const server = createServer({ ...secure(identity), ...timeouts });
	server.maxConnections = maxConnections;
	const state = { closing: false, reading: 0 };
	server.on('request', (request, response) => {
		respond(endpoint, state, request, response).catch((error: unknown) => {
			endpoint.failed(error);
			response.destroy();
		});
	});
	// A client that speaks no TLS, or too old a version of it, is nobody's trouble but its own.
	server.on('tlsClientError', (_, socket) => socket.destroy());
	await listen(server, at);
	return {
		port: (server.address() as AddressInfo).port,
		use: (next) => server.setSecureContext(secure(next)),
		close: async (lingerMs) => {
			state.closing = true;
			await new Promise((resolve) => setTimeout(resolve, lingerMs));
			const closed = new Promise((resolve) => server.close(resolve));
			server.closeIdleConnections();
			const cut = setTimeout(() => server.closeAllConnections(), finishMs);
			await closed;
			clearTimeout(cut);
		},
	};
}

function secure({ certificate, key }: TlsIdentity): { cert: string; key: string; minVersion: 'TLSv1.2' } {
	return { cert: certificate, key, minVersion: 'TLSv1.2' };
}

async function respond(
	{ path, bodyLimit, answer, failed }: HttpsEndpoint,
	state: { readonly closing: boolean; reading: number },
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const send = ({ status, body }: PostAnswer): void => {
		const type = status === 200 ? 'application/json' : 'text/plain; charset=utf-8';
		// What is left of a body that nobody reads would be taken for the next request.
		const last = state.closing || !request.complete;
		response.writeHead(status, {
			'Content-Type': type,
			'X-Content-Type-Options': 'nosniff',
			...(last ? { Connection: 'close' } : {}),
		});
		response.end(body);
	};
	if ((request.url ?? '').split('?')[0] !== path) return send({ status: 404, body: 'not found\n' });
	if (request.method !== 'POST') return send({ status: 405, body: 'POST only\n' });
	if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
		return send({ status: 415, body: 'application/json only\n' });
	const tooLarge = { status: 413, body: `a body of more than ${bodyLimit} bytes is not read\n` };
	if (Number(request.headers['content-length'] ?? 0) > bodyLimit) return send(tooLarge);
	const body = await read(request, bodyLimit, state);
	if (body === 'gone') return;
	if (body === 'too large') return send(tooLarge);
	if (body === 'busy') return send({ status: 503, body: 'busy\n' });
	try {
		send(await answer(body.toString()));
	} catch (error) {
		failed(error);
		send({ status: 500, body: 'failed\n' });
	} finally {
		state.reading -= body.length;
	}
}

/** The body, which counts as being read until it was answered. */
function read(
	request: IncomingMessage,
	limit: number,
	state: { reading: number },
): Promise<Buffer | 'too large' | 'busy' | 'gone'> {
	const chunks: Buffer[] = [];
	let size = 0;
	return new Promise((resolve) => {
		const giveUp = (why: 'too large' | 'busy' | 'gone'): void => {
			state.reading -= size;
			size = 0;
			chunks.length = 0;
			request.off('data', take);
			request.resume();
			resolve(why);
		};
		const take = (chunk: Buffer): void => {
			size += chunk.length;
			state.reading += chunk.length;
			chunks.push(chunk);
			if (size > limit) giveUp('too large');
			else if (state.reading > bodiesAtOnce * limit) giveUp('busy');
		};
		request.on('data', take);
		request.once('end', () => resolve(Buffer.concat(chunks)));
		request.once('close', () => {
			if (!request.complete && size <= limit) giveUp('gone');
		});
	});
}
