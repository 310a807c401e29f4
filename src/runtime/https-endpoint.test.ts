import assert from 'node:assert/strict';
import { request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { type ServedHttps, serveHttps } from './https-endpoint.ts';
import { createAuthority } from './pki/certificate.ts';

const bodyLimit = 10_000;
const json = { 'Content-Type': 'application/json' };

interface Answered {
	readonly status: number;
	readonly body: string;
	readonly closes: boolean;
}

describe('an endpoint over TLS', () => {
	const first = createAuthority('first');
	const failures: unknown[] = [];
	let release: (() => void) | null = null;
	let served: ServedHttps;
	before(async () => {
		served = await serve();
	});
	after(() => served.close(0));

	function serve(): Promise<ServedHttps> {
		const endpoint = {
			path: '/admit',
			bodyLimit,
			answer: async (body: string) => {
				if (body === '"fail"') throw new Error('a secret');
				if (body === '"wait"') {
					await new Promise<void>((resolve) => {
						release = resolve;
					});
				}
				return { status: 200, body };
			},
			failed: (error: unknown) => failures.push(error),
		};
		return serveHttps(endpoint, { host: '127.0.0.1', port: 0 }, first.server(['localhost']));
	}

	function send(
		body: string,
		options: { path?: string; method?: string; headers?: Record<string, string>; agent?: Agent; ca?: string; port?: number } = {},
	): Promise<Answered> {
		const {
			path = '/admit',
			method = 'POST',
			headers = json,
			agent = new Agent(),
			ca = first.certificate,
			port = served.port,
		} = options;
		return new Promise((resolve, reject) => {
			const call = request({ host: '127.0.0.1', servername: 'localhost', port, path, method, headers, ca, agent }, (answer) => {
				let text = '';
				answer.setEncoding('utf8').on('data', (chunk: string) => {
					text += chunk;
				});
				answer.once('end', () =>
					resolve({ status: answer.statusCode ?? 0, body: text, closes: answer.headers.connection === 'close' }),
				);
			});
			call.once('error', reject).end(body);
		});
	}

	it('answers JSON by POST on its path, and nothing else', async () => {
		assert.deepEqual(await send('{}'), { status: 200, body: '{}', closes: true }, 'an agent that keeps nothing alive');
		assert.equal((await send('{}', { path: '/admit?timeout=2s' })).status, 200, 'as API servers ask');
		assert.equal((await send('{}', { path: '/' })).status, 404);
		assert.equal((await send('{}', { path: '/admit/x' })).status, 404);
		assert.equal((await send('', { method: 'GET' })).status, 405);
		assert.equal((await send('{}', { method: 'PUT' })).status, 405);
		assert.equal((await send('{}', { headers: { 'Content-Type': 'text/plain' } })).status, 415);
		assert.equal((await send('{}', { headers: {} })).status, 415);
	});

	it('reads no body over its limit, whether its length is told or not', async () => {
		assert.equal((await send('x'.repeat(bodyLimit))).status, 200);
		assert.equal((await send('x'.repeat(bodyLimit + 1))).status, 413);
		assert.equal((await send('x'.repeat(bodyLimit + 1), { headers: { ...json, 'Transfer-Encoding': 'chunked' } })).status, 413);
	});

	it('says nothing of what failed', async () => {
		assert.deepEqual(await send('"fail"'), { status: 500, body: 'failed\n', closes: true });
		assert.match(String(failures.at(-1)), /a secret/);
	});

	it('goes on after whoever speaks no TLS, an old version of it, or half a request', async () => {
		await assert.rejects(
			new Promise((_, reject) =>
				plainRequest({ host: '127.0.0.1', port: served.port, path: '/admit' }).once('error', reject).end(),
			),
		);
		await assert.rejects(
			new Promise((resolve, reject) => {
				const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
				const socket = connect(
					{ host: '127.0.0.1', port: served.port, ca: first.certificate, servername: 'localhost', ...old },
					() => resolve(socket),
				);
				socket.once('error', reject);
			}),
			/protocol version/,
		);
		await new Promise<void>((resolve) => {
			const socket = connect({ host: '127.0.0.1', port: served.port, ca: first.certificate, servername: 'localhost' }, () => {
				socket.write('POST /admit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{', () =>
					socket.destroy(),
				);
			});
			socket.once('close', () => resolve());
		});
		assert.equal((await send('{}')).status, 200);
	});

	it('takes another certificate without breaking what is open', async () => {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const second = createAuthority('second');
		assert.equal((await send('1', { agent })).status, 200);
		served.use(second.server(['localhost']));
		assert.deepEqual(await send('2', { agent }), { status: 200, body: '2', closes: false }, 'over the connection of before');
		await assert.rejects(send('3'), /certificate|issuer/);
		assert.equal((await send('4', { ca: second.certificate })).status, 200);
		served.use(first.server(['localhost']));
		agent.destroy();
	});

	it('refuses a certificate with the key of another, and keeps the one that it has', async () => {
		const { certificate } = first.server(['localhost']);
		assert.throws(() => served.use({ certificate, key: createAuthority('x').key }));
		assert.equal((await send('{}')).status, 200);
	});

	it('sends clients elsewhere before it ends, and finishes what it has begun', async () => {
		const one = await serve();
		const agent = new Agent({ keepAlive: true });
		const waiting = send('"wait"', { port: one.port });
		while (release === null) await new Promise((resolve) => setTimeout(resolve, 5));
		const closing = one.close(300);
		assert.deepEqual(await send('{}', { agent, port: one.port }), { status: 200, body: '{}', closes: true });
		release();
		assert.equal((await waiting).status, 200);
		await closing;
		await assert.rejects(send('{}', { port: one.port }), /ECONNREFUSED/);
		agent.destroy();
	});
});
