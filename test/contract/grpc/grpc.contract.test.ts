import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type GrpcCode, GrpcError } from '../../../src/kubelet/grpc/index.ts';
import { pairs, type Served, type TestMethods } from './peers.ts';

const echo = '/test.Test/Echo';
const list = '/test.Test/List';
const nothing = new Uint8Array(0);
const mebibyte = 1024 * 1024;
const limitMs = 30_000;

for (const pair of pairs)
	describe(`gRPC between ${pair.name}`, () => {
		let folder: string;
		let path: string;
		let ends: (() => unknown)[];

		beforeEach(() => {
			folder = mkdtempSync(join(tmpdir(), 'gpupolicy-grpc-'));
			path = join(folder, 'a.sock');
			ends = [];
		});
		afterEach(async () => {
			for (const end of ends.toReversed()) await end();
			rmSync(folder, { recursive: true, force: true });
		});

		async function serve(methods: TestMethods): Promise<Served> {
			const served = await pair.serve(path, methods);
			ends.push(() => served.kill());
			return served;
		}

		function connect() {
			const client = pair.connect(path);
			ends.push(() => client.close());
			return client;
		}

		/** As a caller that wants it done: tries again while nobody is there. */
		async function untilAnswered(client: ReturnType<typeof connect>, request: Uint8Array): Promise<Uint8Array> {
			for (const began = performance.now(); ; await pause(20)) {
				try {
					return await client.unary(echo, request, { timeoutMs: limitMs });
				} catch (error) {
					if ((error as GrpcError).code !== 'UNAVAILABLE' || performance.now() - began > limitMs) throw error;
				}
			}
		}

		it('carries messages of every size, there and back', async () => {
			await serve({ unary: { [echo]: (request) => request } });
			const client = connect();
			for (const bytes of [0, 1, 16_379, 16_380, 65_530, 65_535, 65_536, mebibyte, 3 * mebibyte, 4 * mebibyte]) {
				const message = Buffer.alloc(bytes, 'message of a length');
				const answer = await client.unary(echo, message);
				assert.ok(message.equals(answer), `${bytes} bytes came back as ${answer.length}`);
			}
		});

		it('carries many calls at once, more than the server takes at a time', async () => {
			await serve({
				unary: {
					[echo]: async (request) => {
						await pause(request[0] ?? 0);
						return request;
					},
				},
			});
			const client = connect();
			const calls = Array.from({ length: 300 }, async (_, index) => {
				const message = Buffer.alloc(1 + (index % 50) * 1_000, index % 20);
				assert.ok(message.equals(await client.unary(echo, message)));
			});
			await Promise.all(calls);
		});

		const codes: GrpcCode[] = ['CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'];
		codes.push('PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED');
		codes.push('INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED');
		it('carries each status with its text, whatever stands in that', async () => {
			const message = (code: GrpcCode): string => `${code}: 100 % of “GPU-1”\n\tin 日本, %41 %zz % \u007f \u0000`;
			await serve({
				unary: {
					[echo]: (request) => {
						const code = Buffer.from(request).toString() as GrpcCode;
						throw new GrpcError(code, message(code));
					},
				},
			});
			const client = connect();
			for (const code of codes)
				await assert.rejects(client.unary(echo, Buffer.from(code)), { code, message: message(code) }, code);
		});

		it('says UNIMPLEMENTED for a method that is not there, and goes on', async () => {
			await serve({ unary: { [echo]: (request) => request } });
			const client = connect();
			await assert.rejects(client.unary('/test.Test/Other', Buffer.alloc(100_000)), { code: 'UNIMPLEMENTED' });
			await assert.rejects(
				client.stream('/test.Test/Other', nothing, () => {}),
				{ code: 'UNIMPLEMENTED' },
			);
			assert.equal((await client.unary(echo, Buffer.from('x'))).length, 1);
		});

		it('ends a call at its deadline, and tells the server', async () => {
			let asked = false;
			const gone = Promise.withResolvers<void>();
			await serve({
				unary: {
					[echo]: (_, signal) => {
						asked = true;
						signal.addEventListener('abort', () => gone.resolve());
						return new Promise<Uint8Array>(() => {});
					},
				},
			});
			const client = connect();
			// Where connecting took all of its time, the server hears nothing of a call.
			do await assert.rejects(client.unary(echo, nothing, { timeoutMs: 100 }), { code: 'DEADLINE_EXCEEDED' });
			while (!asked);
			await gone.promise;
		});

		it('ends a call that is cancelled, and tells the server', async () => {
			const begun = Promise.withResolvers<void>();
			const gone = Promise.withResolvers<void>();
			await serve({
				unary: {
					[echo]: (_, signal) => {
						signal.addEventListener('abort', () => gone.resolve());
						begun.resolve();
						return new Promise<Uint8Array>(() => {});
					},
				},
			});
			const stop = new AbortController();
			const ended = assert.rejects(connect().unary(echo, nothing, { signal: stop.signal }), { code: 'CANCELLED' });
			await begun.promise;
			stop.abort();
			await Promise.all([ended, gone.promise]);
		});

		it('refuses a message over 4 MiB in either direction, and goes on', async () => {
			await serve({ unary: { [echo]: (request) => (request.length === 1 ? Buffer.alloc(4 * mebibyte + 1) : request) } });
			const client = connect();
			await assert.rejects(client.unary(echo, Buffer.alloc(4 * mebibyte + 1)), { code: 'RESOURCE_EXHAUSTED' });
			await assert.rejects(client.unary(echo, Buffer.alloc(1)), { code: 'RESOURCE_EXHAUSTED' });
			assert.equal((await client.unary(echo, Buffer.alloc(10))).length, 10);
		});

		it('streams answers in their order until the server ends them', async () => {
			const sizes = [0, 1, 70_000, 5, 2 * mebibyte, 3];
			await serve({
				stream: {
					[list]: async (_, { write }) => {
						for (const size of sizes) await write(Buffer.alloc(size, size % 251));
					},
				},
			});
			const seen: number[] = [];
			await connect().stream(list, Buffer.from('all'), (bytes) => {
				assert.ok(bytes.every((byte) => byte === bytes.length % 251));
				seen.push(bytes.length);
			});
			assert.deepEqual(seen, sizes);
		});

		it('ends a stream that is cancelled, and tells the server', async () => {
			const left = Promise.withResolvers<void>();
			await serve({
				stream: {
					[list]: async (request, { write, gone }) => {
						await write(request);
						await gone;
						left.resolve();
					},
				},
			});
			const stop = new AbortController();
			const over = connect().stream(list, Buffer.from('one'), () => stop.abort(), { signal: stop.signal });
			await assert.rejects(over, { code: 'CANCELLED' });
			await left.promise;
		});

		it('answers what runs when the server leaves, and what comes later where it is again', async () => {
			const asked = Promise.withResolvers<void>();
			const held = Promise.withResolvers<Uint8Array>();
			const server = await serve({
				unary: {
					[echo]: () => {
						asked.resolve();
						return held.promise;
					},
				},
			});
			const client = connect();
			const running = client.unary(echo, nothing);
			await asked.promise;
			const left = server.leave();
			held.resolve(Buffer.from('the last'));
			assert.equal(Buffer.from(await running).toString(), 'the last');
			await left;
			await serve({ unary: { [echo]: () => Buffer.from('the next') } });
			assert.equal(Buffer.from(await untilAnswered(client, nothing)).toString(), 'the next');
		});

		it('says that a server died during a call, and finds the one that comes after', async () => {
			const asked = Promise.withResolvers<void>();
			const server = await serve({
				unary: {
					[echo]: () => {
						asked.resolve();
						return new Promise<Uint8Array>(() => {});
					},
				},
			});
			const client = connect();
			const running = assert.rejects(client.unary(echo, nothing), { code: 'UNAVAILABLE' });
			await asked.promise;
			await server.kill();
			await running;
			await serve({ unary: { [echo]: (request) => request } });
			assert.equal((await untilAnswered(client, Buffer.from('again'))).length, 5);
		});
	});
