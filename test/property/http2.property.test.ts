import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { formatMessage, parseMessage } from '../../src/kubelet/grpc/grpc-message.ts';
import { formatTimeout, parseTimeout } from '../../src/kubelet/grpc/grpc-timeout.ts';
import { framed } from '../../src/kubelet/grpc/message.ts';
import { MessageReader } from '../../src/kubelet/grpc/message-reader.ts';
import { FrameReader } from '../../src/kubelet/http2/frame-reader.ts';
import { encodeHeaders, HeaderDecoder, type HeaderField } from '../../src/kubelet/http2/hpack/index.ts';
import { Http2Error } from '../../src/kubelet/http2/http2-error.ts';
import { ServerConnection } from '../../src/kubelet/http2/index.ts';
import { frameHeader } from '../../src/kubelet/http2/write-frames.ts';
import { runs } from './runs.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

/** The same bytes in other pieces. */
function pieces(whole: Buffer, cuts: readonly number[]): Buffer[] {
	const at = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])].toSorted((a, b) => a - b);
	return at.slice(1).map((end, index) => whole.subarray(at[index], end));
}

describe('what comes from a socket', () => {
	const frame = fc.record(
		{ type: fc.nat(255), flags: fc.nat(255), stream: fc.nat(2 ** 31 - 1), payload: bytes(300) },
		{ noNullPrototype: true },
	);

	it('is the same frames in whatever pieces it comes', () => {
		fc.assert(
			fc.property(bytes(30), fc.array(frame, { maxLength: 8 }), fc.array(fc.nat()), (greeting, frames, cuts) => {
				const whole = frames.flatMap(({ type, flags, stream, payload }) => [
					frameHeader(type, flags, stream, payload.length),
					payload,
				]);
				const seen: typeof frames = [];
				const reader = new FrameReader(greeting, ({ payload, ...rest }) => seen.push({ ...rest, payload: Buffer.from(payload) }));
				for (const piece of pieces(Buffer.concat([greeting, ...whole]), cuts)) reader.push(piece);
				assert.deepEqual(seen, frames);
			}),
			runs(500),
		);
	});

	it('is the same messages in whatever pieces it comes', () => {
		fc.assert(
			fc.property(fc.array(bytes(300), { maxLength: 8 }), fc.array(fc.nat()), (messages, cuts) => {
				const seen: Buffer[] = [];
				const reader = new MessageReader(
					(message) => seen.push(Buffer.from(message)),
					() => assert.fail(),
				);
				for (const piece of pieces(Buffer.concat(messages.map(framed)), cuts)) reader.push(piece);
				assert.deepEqual(seen, messages);
				assert.equal(reader.partial, false);
			}),
			runs(500),
		);
	});
});

describe('a header block', () => {
	it('of any bytes is read or refused, and never anything else', () => {
		fc.assert(
			fc.property(bytes(200), (block) => {
				try {
					new HeaderDecoder(4_096, 65_536).decode(block);
				} catch (error) {
					assert.ok(error instanceof Http2Error && error.code === 'COMPRESSION_ERROR', String(error));
				}
			}),
			runs(2_000),
		);
	});

	it('reads as it was written', () => {
		const text = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
		fc.assert(
			fc.property(fc.array(fc.record({ name: text, value: text }, { noNullPrototype: true })), (fields) => {
				assert.deepEqual(new HeaderDecoder(4_096, 2 ** 20).decode(encodeHeaders(fields)), fields);
			}),
			runs(300),
		);
	});
});

describe('a text or a time in a header', () => {
	it('reads as it was written, and is printable ASCII', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (message) => {
				assert.match(formatMessage(message), /^[\x20-\x7e]*$/);
				assert.equal(parseMessage(formatMessage(message)), message.toWellFormed());
			}),
			runs(500),
		);
	});

	it('is never shorter than it was, nor much longer', () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: 2 ** 31 - 1, noNaN: true }), (ms) => {
				const read = parseTimeout(formatTimeout(ms)) ?? Number.NaN;
				assert.ok(read >= ms && read <= ms + 1_000, String(read));
				if (ms < 10_000_000) assert.ok(read <= ms + 1);
			}),
			runs(500),
		);
	});
});

describe('headers as nghttp2 writes them', () => {
	const folder = mkdtempSync(join(tmpdir(), 'gpupolicy-hpack-'));
	const path = join(folder, 'a.sock');
	let seen = Promise.withResolvers<readonly HeaderField[]>();
	const server = createServer(
		(socket) =>
			new ServerConnection(socket, {
				maxStreams: 10,
				onRequest: (stream, fields) => {
					seen.resolve(fields);
					stream.answer(encodeHeaders([{ name: ':status', value: '200' }]), null, null);
					return { onHeaders: () => {}, onData: () => {}, onEnd: () => {}, onClose: () => {} };
				},
			}),
	);
	let session: ClientHttp2Session;

	before(async () => {
		await once(server.listen(path), 'listening');
		session = connect('http://localhost', { createConnection: () => createConnection(path) });
	});
	after(() => {
		session.destroy();
		server.close();
		rmSync(folder, { recursive: true, force: true });
	});

	it('read as they were given, call after call over one table', async () => {
		const name = fc
			.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz-0123456789'), minLength: 1, maxLength: 30 })
			.map((text) => `x-${text}`);
		const value = fc.string({
			unit: fc.constantFrom(...Array.from({ length: 0x5e }, (_, index) => String.fromCharCode(0x21 + index))),
			maxLength: 400,
		});
		await fc.assert(
			fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 12 }), async (headers) => {
				seen = Promise.withResolvers();
				const stream = session.request({ ...headers, ':method': 'POST', ':path': '/a' });
				stream.resume();
				const [fields] = await Promise.all([seen.promise, once(stream, 'close')]);
				const others = fields.filter((field) => field.name.startsWith('x-')).map((field) => [field.name, field.value]);
				assert.deepEqual(Object.fromEntries(others), { ...headers });
			}),
			runs(200),
		);
	});
});
