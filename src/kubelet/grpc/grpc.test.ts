import assert from 'node:assert/strict';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { GrpcClient, GrpcError, type GrpcMethods, type GrpcServer, type ServerStream, serveGrpc } from './index.ts';

const echo = '/test.Test/Echo';
const list = '/test.Test/List';

describe('gRPC over a unix socket', () => {
	let folder: string;
	let socket: string;
	const ends: (() => unknown)[] = [];

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'gpupolicy-grpc-'));
		socket = join(folder, 'a.sock');
	});
	afterEach(async () => {
		for (const end of ends.splice(0)) await end();
		rmSync(folder, { recursive: true, force: true });
	});

	async function serve(methods: GrpcMethods, path = socket): Promise<GrpcServer> {
		const server = await serveGrpc(path, methods);
		ends.push(() => server.close());
		return server;
	}

	function connect(path = socket): GrpcClient {
		const client = new GrpcClient(path);
		ends.push(() => client.close());
		return client;
	}

	it('passes on a status with its text, whatever stands in it', async () => {
		const details = 'policy “rtx3090-only” forbids GPU-1\nand a lone \ud800';
		await serve({
			unary: {
				[echo]: () => {
					throw new GrpcError('FAILED_PRECONDITION', details);
				},
			},
		});
		await assert.rejects(connect().unary(echo, Buffer.alloc(0)), {
			code: 'FAILED_PRECONDITION',
			message: details.toWellFormed(),
		});
	});

	it('answers any other error as INTERNAL, and serves on', async () => {
		await serve({ unary: { [echo]: () => Promise.reject(new Error('broken')) } });
		const client = connect();
		for (const _ of [1, 2]) await assert.rejects(client.unary(echo, Buffer.alloc(0)), { code: 'INTERNAL', message: 'broken' });
	});

	it('fails at once where nobody listens, and later where somebody does again', async () => {
		const client = connect();
		await assert.rejects(client.unary(echo, Buffer.alloc(0), { timeoutMs: 60_000 }), { code: 'UNAVAILABLE' });
		await serve({ unary: { [echo]: (request) => request } });
		const until = performance.now() + 30_000;
		for (;;) {
			const answer = await client.unary(echo, Buffer.from('x')).catch((error: unknown) => error);
			if (answer instanceof Uint8Array) break;
			assert.ok(performance.now() < until, String(answer));
			await pause(20);
		}
	});

	it('sends the newest of many answers, and not all of them, to a client that is slow', async () => {
		const sent = 2_000;
		await serve({
			stream: {
				[list]: (_, stream) => {
					for (let index = 1; index <= sent; index++) stream.send(Buffer.alloc(100_000, index % 251));
				},
			},
		});
		const seen: number[] = [];
		const newest = Promise.withResolvers<void>();
		const stop = new AbortController();
		const over = connect().stream(
			list,
			Buffer.alloc(0),
			(bytes) => {
				seen.push(bytes[0] ?? -1);
				if (bytes[0] === sent % 251) newest.resolve();
			},
			{ signal: stop.signal },
		);
		await newest.promise;
		assert.ok(seen.length < 10, `${seen.length} were sent`);
		stop.abort();
		await assert.rejects(over, { code: 'CANCELLED' });
	});

	it('tells each end that the other is gone', async () => {
		let opened = Promise.withResolvers<ServerStream>();
		const server = await serve({ stream: { [list]: (_, stream) => opened.resolve(stream) } });
		const client = connect();
		const over = client.stream(list, Buffer.alloc(0), () => {});
		const lost = assert.rejects(over, { code: 'CANCELLED' });
		const stream = await opened.promise;
		assert.equal(stream.open, true);
		client.close();
		await Promise.all([stream.closed, server.idle()]);
		assert.equal(stream.open, false);
		stream.send(Buffer.from('to nobody'));
		await lost;

		opened = Promise.withResolvers<ServerStream>();
		const second = connect().stream(list, Buffer.alloc(0), () => {});
		await opened.promise;
		await server.close();
		await second;
	});

	it('takes a stale socket away, serves this user only, and leaves nothing behind', async () => {
		const stale = createServer().listen(socket);
		await new Promise((resolve) => stale.once('listening', resolve));
		// The name stays when the listener goes, as after kill -9.
		const kept = join(folder, 'kept.sock');
		linkSync(socket, kept);
		await new Promise((resolve) => stale.close(resolve));
		const server = await serve({ unary: { [echo]: (request) => request } }, kept);
		assert.equal(statSync(kept).mode & 0o777, 0o600);
		await connect(kept).unary(echo, Buffer.alloc(0));
		await server.close();
		assert.deepEqual(readdirSync(folder), []);
	});

	it('leaves what stands in its place and is no socket', async () => {
		mkdirSync(socket);
		await assert.rejects(serveGrpc(socket, {}), { code: 'EADDRINUSE' });
		rmSync(socket, { recursive: true });
		writeFileSync(socket, 'a file');
		await assert.rejects(serveGrpc(socket, {}), { code: 'EADDRINUSE' });
		assert.ok(existsSync(socket));
	});

	it('refuses a path that the system would cut off, to the byte', async () => {
		const path = (bytes: number): string => join(folder, 'x'.repeat(bytes - folder.length - 1));
		await serve({ unary: { [echo]: (request) => request } }, path(107));
		await connect(path(107)).unary(echo, Buffer.alloc(0));
		const tooLong = { code: 'INVALID_ARGUMENT', message: `the path of the socket is 1 bytes too long: ${path(108)}` };
		await assert.rejects(serveGrpc(path(108), {}), tooLong);
		assert.throws(() => new GrpcClient(path(108)), tooLong);
	});
});
