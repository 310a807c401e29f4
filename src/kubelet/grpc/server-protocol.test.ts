import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { RawPeer, raw } from '../http2/raw-peer.fixture.ts';
import { type GrpcServer, serveGrpc } from './index.ts';

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const settings = raw(4, 0, 0);
const endStream = 0x1;
const endHeaders = 0x4;

/** `:path: /t/E` and what a call has besides, without Huffman coding and without a table. */
function callHeaders(over: Readonly<Record<string, string>> = {}): Buffer {
	const fields = {
		':method': 'POST',
		':scheme': 'http',
		':path': '/t/E',
		'content-type': 'application/grpc',
		te: 'trailers',
		...over,
	};
	const text = (value: string): Buffer => Buffer.concat([Buffer.of(0x7f, value.length - 0x7f), Buffer.from(value)]);
	const short = (value: string): Buffer => Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
	const written = (value: string): Buffer => (value.length < 0x7f ? short(value) : text(value));
	return Buffer.concat(Object.entries(fields).flatMap(([name, value]) => [Buffer.of(0), written(name), written(value)]));
}

const message = (text: string): Buffer => Buffer.concat([Buffer.of(0, 0, 0, 0, text.length), Buffer.from(text)]);
const call = (stream: number, over: Readonly<Record<string, string>> = {}): Buffer =>
	Buffer.concat([raw(1, endHeaders, stream, callHeaders(over)), raw(0, endStream, stream, message('hi'))]);

describe('our gRPC server, over bytes as they may come', () => {
	let folder: string;
	let server: GrpcServer;
	let peer: RawPeer;
	let requests: string[];

	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), 'gpupolicy-grpc-'));
		requests = [];
		const path = join(folder, 'a.sock');
		const echo = (request: Uint8Array): Uint8Array => {
			requests.push(Buffer.from(request).toString());
			return request;
		};
		server = await serveGrpc(path, {
			unary: { '/t/E': echo, '/t/Never': () => new Promise<Uint8Array>(() => {}) },
			stream: { '/t/S': (_, stream) => stream.send(Buffer.alloc(100_000, 1)) },
		});
		const socket = createConnection(path);
		await once(socket, 'connect');
		peer = new RawPeer(socket, 0);
	});
	afterEach(async () => {
		peer.end();
		await server.close();
		rmSync(folder, { recursive: true, force: true });
	});

	/** The answer stands in the headers with END_STREAM, trailers or not. */
	const ended = (stream: number) => peer.next(1, (frame) => frame.stream === stream && (frame.flags & endStream) !== 0);
	const reset = async (stream: number): Promise<number> =>
		(await peer.next(3, (frame) => frame.stream === stream)).payload.readUInt32BE();

	it('answers a call with headers, the message and trailers', async () => {
		peer.send(preface, settings, call(1));
		const trailers = await ended(1);
		assert.match(trailers.payload.toString('latin1'), /grpc-status.0$/);
		assert.deepEqual(
			peer.frames.map(({ type }) => type).filter((type) => type < 2),
			[1, 0, 1],
		);
		assert.deepEqual((await peer.next(0)).payload, message('hi'));
	});

	it('answers a call that comes byte by byte', async () => {
		for (const byte of Buffer.concat([preface, settings, call(1)])) peer.send(Buffer.of(byte));
		await ended(1);
		assert.deepEqual(requests, ['hi']);
	});

	it('reads padding, priorities, empty frames, and what nobody knows yet', async () => {
		const headers = callHeaders();
		peer.send(preface, settings, raw(0x42, 0xff, 7, '00'), raw(2, 0, 1, '00000000 10'));
		peer.send(
			raw(
				1,
				0x8 | 0x20,
				1,
				Buffer.concat([Buffer.from('0300000000 10'.replaceAll(' ', ''), 'hex'), headers.subarray(0, 10), Buffer.alloc(3)]),
			),
		);
		peer.send(raw(9, 0, 1), raw(9, endHeaders, 1, headers.subarray(10)));
		peer.send(raw(0, 0, 1), raw(0, 0x8, 1, Buffer.concat([Buffer.of(2), message('hi').subarray(0, 3), Buffer.alloc(2)])));
		peer.send(raw(0, 0, 1, message('hi').subarray(3)), raw(0, endStream, 1));
		await ended(1);
		assert.deepEqual(requests, ['hi']);
	});

	it('answers pings and settings', async () => {
		peer.send(preface, settings, raw(6, 0, 0, '0102030405060708'));
		assert.equal((await peer.next(6)).payload.toString('hex'), '0102030405060708');
		assert.equal((await peer.next(4, ({ flags }) => flags === 1)).payload.length, 0);
	});

	it('sends no more than the other end has room for, and the rest when it has', async () => {
		peer.send(
			preface,
			raw(4, 0, 0, '0004 00000014'),
			raw(1, endHeaders, 1, callHeaders({ ':path': '/t/S' })),
			raw(0, endStream, 1, message('')),
		);
		const sent = (): number => peer.frames.filter(({ type }) => type === 0).reduce((sum, { payload }) => sum + payload.length, 0);
		await peer.next(0);
		const settled = async (): Promise<void> => {
			peer.send(raw(6, 0, 0, Buffer.alloc(8, pings)));
			await peer.next(6, ({ payload }) => payload[0] === pings);
			pings++;
		};
		let pings = 1;
		await settled();
		assert.equal(sent(), 20);
		peer.send(raw(8, 0, 1, '0000000a'));
		await settled();
		assert.equal(sent(), 30);
		// Another first window counts for what is open, and below zero nothing goes.
		peer.send(raw(4, 0, 0, '0004 00000000'), raw(8, 0, 1, '00000005'));
		await settled();
		assert.equal(sent(), 30);
		peer.send(raw(4, 0, 0, '0004 7fffffff'.replaceAll(' ', '').replace('7fffffff', '00ffffff')));
		await settled();
		assert.equal(sent(), 65_535);
		peer.send(raw(8, 0, 0, '000fffff'));
		await settled();
		assert.equal(sent(), 100_005);
	});

	it('tells a call with a deadline that it is over, and with a malformed one what is wrong', async () => {
		const begin = (stream: number, timeout: string) =>
			Buffer.concat([
				raw(1, endHeaders, stream, callHeaders({ ':path': '/t/Never', 'grpc-timeout': timeout })),
				raw(0, endStream, stream, message('')),
			]);
		peer.send(preface, settings, begin(1, '20m'), begin(3, '20000000n'), begin(5, 'soon'));
		for (const stream of [1, 3]) assert.match((await ended(stream)).payload.toString('latin1'), /grpc-status.4/);
		assert.match((await ended(5)).payload.toString('latin1'), /grpc-status.13.*malformed grpc-timeout "soon"/s);
	});

	const refusals: [string, Buffer[], RegExp][] = [
		['a compressed message', [raw(0, endStream, 1, '01 00000001 00')], /13.*compressed/s],
		['a message that begins wrong', [raw(0, endStream, 1, '07 00000001 00')], /13.*begins with 7/s],
		['a message over the limit, before it came', [raw(0, 0, 1, '00 00400001')], /8.*4194305/s],
		['two messages', [raw(0, endStream, 1, Buffer.concat([message('a'), message('b')]))], /13.*more than one/s],
		['no message', [raw(0, endStream, 1)], /13.*no request/s],
		['half a message', [raw(0, endStream, 1, '00 00000002 00')], /13.*cut off/s],
	];
	for (const [what, frames, status] of refusals)
		it(`refuses a call with ${what}, and serves on`, async () => {
			peer.send(preface, settings, raw(1, endHeaders, 1, callHeaders()), ...frames, call(3));
			assert.match((await ended(1)).payload.toString('latin1'), status);
			await ended(3);
			assert.deepEqual(requests, ['hi']);
		});

	it('names the compression that it does not read', async () => {
		peer.send(
			preface,
			settings,
			raw(1, endHeaders, 1, callHeaders({ 'grpc-encoding': 'gzip' })),
			raw(0, endStream, 1, '01 00000001 00'),
		);
		assert.match((await ended(1)).payload.toString('latin1'), /12.*"gzip"/s);
		peer.send(call(3, { 'grpc-encoding': 'gzip' }));
		assert.match((await ended(3)).payload.toString('latin1'), /grpc-status.0$/);
	});

	it('tells one that speaks no gRPC by a status of HTTP', async () => {
		peer.send(preface, settings, call(1, { 'content-type': 'text/html' }), call(3, { ':method': 'GET' }));
		assert.match((await ended(1)).payload.toString('latin1'), /415/);
		assert.match((await ended(3)).payload.toString('latin1'), /405/);
	});

	it('refuses a stream over its limit, and headers over theirs, unprocessed', async () => {
		const open = Array.from({ length: 128 }, (_, index) => raw(1, endHeaders, 2 * index + 1, callHeaders()));
		peer.send(preface, settings, ...open, call(257));
		assert.equal(await reset(257), 7);
		peer.send(raw(3, 0, 1, '00000008'), raw(1, endHeaders, 259, callHeaders({ long: 'x'.repeat(200) })));
		// One field that the table remembers, named again and again: small on the way and large when it is read.
		const bomb = Buffer.concat([
			Buffer.of(0x40, 1, 0x61, 0x7f, 0x80 + 0x21, 0x1e),
			Buffer.alloc(4_000, 'x'),
			Buffer.alloc(100, 0xbe),
		]);
		peer.send(raw(3, 0, 3, '00000008'), raw(1, endHeaders, 261, bomb));
		assert.equal(await reset(261), 11);
		peer.send(call(263));
		await ended(263);
	});

	const errors: [string, Buffer[], number][] = [
		['a frame before its settings', [raw(6, 0, 0, Buffer.alloc(8))], 1],
		['a frame over the limit', [settings, raw(0, 0, 1, Buffer.alloc(16_385))], 6],
		['settings of an odd length', [raw(4, 0, 0, '0004 00')], 6],
		['settings for a stream', [raw(4, 0, 1)], 1],
		['a settings acknowledgement with content', [settings, raw(4, 1, 0, '000400000000')], 6],
		['a first window that is too large', [raw(4, 0, 0, '0004 80000000')], 3],
		['a frame size that is too small', [raw(4, 0, 0, '0005 00000000')], 1],
		['push as something else than on or off', [raw(4, 0, 0, '0002 00000002')], 1],
		['data without a stream', [settings, raw(0, 0, 0)], 1],
		['data for a stream that did not begin', [settings, raw(0, 0, 1)], 1],
		['data behind the end', [settings, call(1, { ':path': '/t/Never' }), raw(0, 0, 1)], 5],
		['headers behind the end', [settings, call(1, { ':path': '/t/Never' }), raw(1, endHeaders, 1, callHeaders())], 5],
		['more padding than payload', [settings, raw(1, endHeaders, 1, callHeaders()), raw(0, 0x8, 1, '05 00')], 1],
		['an even stream', [settings, raw(1, endHeaders, 2, callHeaders())], 1],
		['headers without a stream', [settings, raw(1, endHeaders, 0, callHeaders())], 1],
		['a header block that is no HPACK', [settings, raw(1, endHeaders, 1, 'ff ff ff ff ff ff')], 9],
		['another frame within a header block', [settings, raw(1, 0, 1, callHeaders()), raw(6, 0, 0, Buffer.alloc(8))], 1],
		['a header block that goes on for another stream', [settings, raw(1, 0, 1, callHeaders()), raw(9, endHeaders, 3)], 1],
		['a continuation of nothing', [settings, raw(9, endHeaders, 1)], 1],
		[
			'a header block without end',
			[settings, raw(1, 0, 1), ...Array.from({ length: 5 }, () => raw(9, 0, 1, Buffer.alloc(16_384)))],
			11,
		],
		['a ping of the wrong length', [settings, raw(6, 0, 0, '00')], 6],
		['a ping for a stream', [settings, raw(6, 0, 1, Buffer.alloc(8))], 1],
		['a push', [settings, raw(5, endHeaders, 1, '00000002')], 1],
		['a reset of a stream that did not begin', [settings, raw(3, 0, 1, '00000008')], 1],
		['a reset of the wrong length', [settings, raw(1, endHeaders, 1, callHeaders()), raw(3, 0, 1, '00')], 6],
		['a priority of the wrong length', [settings, raw(2, 0, 1, '00')], 6],
		['a goodbye that is cut off', [settings, raw(7, 0, 0, '00')], 6],
		['a window that is opened by nothing', [settings, raw(8, 0, 0, '00000000')], 1],
		['a window that grows over the limit', [settings, raw(8, 0, 0, '7fffffff')], 3],
		['a window of a stream that did not begin', [settings, raw(8, 0, 9, '00000001')], 1],
	];
	for (const [what, frames, code] of errors)
		it(`ends the connection for ${what}, and says why`, async () => {
			peer.send(preface, ...frames);
			const goodbye = await peer.next(7);
			assert.equal(goodbye.payload.readUInt32BE(4), code, goodbye.payload.toString('utf8', 8));
			assert.ok(goodbye.payload.length > 8);
			await peer.closed;
		});

	it('ends the connection of one that speaks something else', async () => {
		peer.send(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
		assert.equal((await peer.next(7)).payload.readUInt32BE(4), 1);
		await peer.closed;
	});

	it('lets a call that runs end when it leaves, and takes no other', async () => {
		peer.send(preface, settings, raw(1, endHeaders, 1, callHeaders()));
		peer.send(raw(6, 0, 0, Buffer.alloc(8)));
		await peer.next(6);
		const closed = server.close();
		const goodbye = await peer.next(7);
		assert.deepEqual([goodbye.payload.readUInt32BE(0), goodbye.payload.readUInt32BE(4)], [1, 0]);
		peer.send(raw(0, endStream, 1, message('hi')), call(3));
		await ended(1);
		await Promise.all([closed, peer.closed]);
		assert.deepEqual(requests, ['hi']);
	});

	it('lets a client go that left', async () => {
		peer.send(preface, settings, call(1), raw(7, 0, 0, Buffer.alloc(8)));
		await ended(1);
		await peer.closed;
		await server.idle();
	});
});
