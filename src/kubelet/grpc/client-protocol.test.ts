import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { RawPeer, raw } from '../http2/raw-peer.fixture.ts';
import { GrpcClient } from './index.ts';

const settings = raw(4, 0, 0);
const endStream = 0x1;
const endHeaders = 0x4;
const greeting = 24;

const field = (name: string, value: string): Buffer =>
	Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)]);
const fields = (all: Readonly<Record<string, string>>): Buffer =>
	Buffer.concat(Object.entries(all).map(([name, value]) => field(name, value)));
const grpc = { ':status': '200', 'content-type': 'application/grpc' };
const begin = (stream: number, over: Readonly<Record<string, string>> = {}) =>
	raw(1, endHeaders, stream, fields({ ...grpc, ...over }));
const message = (text: string): Buffer => Buffer.concat([Buffer.of(0, 0, 0, 0, text.length), Buffer.from(text)]);
const end = (stream: number, all: Readonly<Record<string, string>>) => raw(1, endHeaders | endStream, stream, fields(all));
const well = (stream: number) =>
	Buffer.concat([begin(stream), raw(0, 0, stream, message('ok')), end(stream, { 'grpc-status': '0' })]);

describe('our gRPC client, over bytes as they may come', () => {
	let folder: string;
	let server: Server;
	let client: GrpcClient;
	let path: string;
	let connections: RawPeer[];
	let told: () => void;

	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), 'gpupolicy-grpc-'));
		path = join(folder, 'a.sock');
		connections = [];
		told = () => {};
		server = createServer((socket) => {
			connections.push(new RawPeer(socket, greeting));
			told();
		});
		await new Promise<void>((resolve) => server.listen(path, resolve));
		client = new GrpcClient(path);
	});
	afterEach(async () => {
		client.close();
		for (const peer of connections) peer.end();
		await new Promise((resolve) => server.close(resolve));
		rmSync(folder, { recursive: true, force: true });
	});

	async function connection(index = 0): Promise<RawPeer> {
		while (connections.length <= index) {
			const came = Promise.withResolvers<void>();
			told = came.resolve;
			await came.promise;
		}
		return connections[index] as RawPeer;
	}

	const ask = (limits = {}) => client.unary('/t/E', Buffer.from('hi'), limits);
	const asked = (peer: RawPeer, stream: number) =>
		peer.next(0, (frame) => frame.stream === stream && (frame.flags & endStream) !== 0);

	it('sends a call as gRPC has it, with its deadline', async () => {
		const call = ask({ timeoutMs: 60_000 });
		const peer = await connection();
		peer.send(settings);
		assert.deepEqual((await asked(peer, 1)).payload, message('hi'));
		const { payload, flags } = await peer.next(1);
		assert.equal(flags, endHeaders);
		const text = payload.toString('latin1');
		// The table is emptied first; POST and http stand in it for everybody.
		assert.deepEqual([...payload.subarray(0, 3)], [0x20, 0x83, 0x86]);
		for (const part of ['/t/E', 'te\btrailers', 'application/grpc']) assert.ok(text.includes(part), part);
		assert.match(text, /grpc-timeout.(60000|59\d\d\d)m$/s);
		peer.send(well(1));
		assert.equal(Buffer.from(await call).toString(), 'ok');
	});

	const endings: [string, Buffer[], { code: string; message?: RegExp | string }][] = [
		[
			'trailers alone',
			[end(1, { ...grpc, 'grpc-status': '5', 'grpc-message': 'not %E2%80%9chere%' })],
			{ code: 'NOT_FOUND', message: 'not “here%' },
		],
		[
			'trailers alone of one that names no content type',
			[end(1, { ':status': '200', 'grpc-status': '14' })],
			{ code: 'UNAVAILABLE' },
		],
		['a status that nobody knows', [end(1, { ...grpc, 'grpc-status': '99' })], { code: 'UNKNOWN' }],
		['no status', [begin(1), end(1, { other: 'x' })], { code: 'UNKNOWN', message: /without a status/ }],
		['no trailers', [begin(1), raw(0, endStream, 1, message('ok'))], { code: 'INTERNAL', message: /without a status/ }],
		['no message', [begin(1), end(1, { 'grpc-status': '0' })], { code: 'INTERNAL', message: /without a message/ }],
		[
			'two messages',
			[begin(1), raw(0, 0, 1, message('a')), raw(0, 0, 1, message('b'))],
			{ code: 'INTERNAL', message: /more than once/ },
		],
		[
			'half a message',
			[begin(1), raw(0, 0, 1, '00 00000002 00'), end(1, { 'grpc-status': '0' })],
			{ code: 'INTERNAL', message: /cut off/ },
		],
		[
			'a compressed message',
			[begin(1, { 'grpc-encoding': 'gzip' }), raw(0, 0, 1, '01 00000001 00')],
			{ code: 'INTERNAL', message: /gzip/ },
		],
		['a message over the limit', [begin(1), raw(0, 0, 1, '00 00400001')], { code: 'RESOURCE_EXHAUSTED' }],
		['headers within the answer', [begin(1), begin(1)], { code: 'INTERNAL', message: /within/ }],
		['data before headers', [raw(0, 0, 1, message('a'))], { code: 'INTERNAL', message: /before/ }],
		['503 of HTTP', [raw(1, endHeaders, 1, fields({ ':status': '503' }))], { code: 'UNAVAILABLE', message: /503/ }],
		['404 of HTTP', [end(1, { ':status': '404', 'content-type': 'text/html' })], { code: 'UNIMPLEMENTED' }],
		['a page', [begin(1, { 'content-type': 'text/html' })], { code: 'UNKNOWN', message: /text\/html/ }],
		['a reset that refuses it twice', [raw(3, 0, 1, '00000007'), raw(3, 0, 3, '00000007')], { code: 'UNAVAILABLE' }],
		['a reset that cancels', [raw(3, 0, 1, '00000008')], { code: 'CANCELLED' }],
		['a reset that asks for calm', [begin(1), raw(3, 0, 1, '0000000b')], { code: 'RESOURCE_EXHAUSTED' }],
		['a reset for nothing', [raw(3, 0, 1, '00000000')], { code: 'INTERNAL' }],
		['a reset that nobody knows', [raw(3, 0, 1, '000000ff')], { code: 'INTERNAL' }],
		[
			'a goodbye that asks for calm',
			[raw(7, 0, 0, Buffer.from('000000010000000b746f6f5f6d616e795f70696e6773', 'hex'))],
			{ code: 'UNAVAILABLE', message: /ENHANCE_YOUR_CALM too_many_pings/ },
		],
		['what is no HTTP/2', [raw(4, 0, 1)], { code: 'UNAVAILABLE', message: /settings|type 4/ }],
		[
			'headers over the limit',
			[raw(1, 0, 1), ...Array.from({ length: 5 }, () => raw(9, 0, 1, Buffer.alloc(16_384)))],
			{ code: 'UNAVAILABLE' },
		],
	];
	for (const [what, frames, error] of endings)
		it(`ends a call that is answered by ${what}`, async () => {
			const call = assert.rejects(ask(), error);
			const peer = await connection();
			peer.send(settings);
			await asked(peer, 1);
			if (what.includes('twice')) {
				peer.send(frames[0] as Buffer);
				await asked(peer, 3);
				peer.send(frames[1] as Buffer);
			} else peer.send(...frames);
			// A goodbye alone leaves what it takes to be answered, and then the end of the connection says what became of it.
			if (what.startsWith('a goodbye')) peer.end();
			await call;
		});

	it('passes over informational headers', async () => {
		const call = ask();
		const peer = await connection();
		peer.send(settings, raw(1, endHeaders, 1, fields({ ':status': '103' })), well(1));
		assert.equal(Buffer.from(await call).toString(), 'ok');
	});

	it('makes a call again that the server refused unprocessed, or left before it', async () => {
		const call = ask();
		const first = await connection();
		first.send(settings);
		await asked(first, 1);
		first.send(raw(3, 0, 1, '00000007'));
		await asked(first, 3);
		first.send(well(3));
		await call;
		const next = ask();
		await asked(first, 5);
		first.send(raw(7, 0, 0, '00000003 00000000'));
		const second = await connection(1);
		second.send(settings);
		await asked(second, 1);
		second.send(well(1));
		await next;
		await first.closed;
	});

	it('lets a call end that the server has begun before it leaves, and makes the next one elsewhere', async () => {
		const call = ask();
		const first = await connection();
		first.send(settings);
		await asked(first, 1);
		first.send(raw(7, 0, 0, '7fffffff 00000000'), raw(6, 0, 0, Buffer.alloc(8)));
		await first.next(6);
		const next = ask();
		const second = await connection(1);
		second.send(settings, well(1));
		await next;
		first.send(well(1));
		await call;
		await first.closed;
	});

	it('makes no more calls at once than the server takes, and the others when there is room', async () => {
		const calls = [ask()];
		const peer = await connection();
		peer.send(raw(4, 0, 0, '0003 00000002'), raw(6, 0, 0, Buffer.alloc(8)));
		await peer.next(6);
		calls.push(ask(), ask(), ask());
		const stop = new AbortController();
		const cancelled = assert.rejects(ask({ signal: stop.signal }), { code: 'CANCELLED' });
		stop.abort();
		await cancelled;
		await asked(peer, 3);
		assert.equal(peer.frames.filter(({ type }) => type === 1).length, 2);
		peer.send(well(1));
		await asked(peer, 5);
		peer.send(well(3), well(5));
		await asked(peer, 7);
		peer.send(well(7));
		await Promise.all(calls);
	});

	it('cancels at the server what nobody waits for, and takes what it still says', async () => {
		const stop = new AbortController();
		const call = assert.rejects(ask({ signal: stop.signal }), { code: 'CANCELLED' });
		const peer = await connection();
		peer.send(settings);
		await asked(peer, 1);
		stop.abort();
		await call;
		assert.equal((await peer.next(3)).payload.readUInt32BE(), 8);
		const next = ask();
		await asked(peer, 3);
		peer.send(well(1), well(3));
		await next;
	});

	it('waits for its deadline and no longer for one that does not speak', async () => {
		await assert.rejects(ask({ timeoutMs: 50 }), { code: 'DEADLINE_EXCEEDED' });
	});

	it('keeps no process alive that waits for no answer', async () => {
		const module = JSON.stringify(new URL('./index.ts', import.meta.url).href);
		const script = `const { GrpcClient } = await import(${module}); await new GrpcClient(process.argv[1]).unary('/t/E', Buffer.alloc(0));`;
		const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script, path], { timeout: 60_000 });
		const peer = await connection();
		peer.send(settings, well(1));
		await Promise.all([run, peer.closed]);
	});
});
