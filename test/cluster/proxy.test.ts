import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { startCluster, type TcpProxy, type TestCluster, until } from './index.ts';

describe('a proxy in front of the API server', () => {
	let cluster: TestCluster;
	let proxy: TcpProxy;
	let kubeconfig: string;
	before(async () => {
		cluster = await startCluster({ crds: false });
		proxy = await cluster.proxy();
		kubeconfig = cluster.kubeconfigFor(undefined, proxy.url);
	});
	after(() => cluster.stop());
	afterEach(() => {
		proxy.set('pass');
		proxy.delay(0);
	});

	const get = (...more: string[]) => cluster.kubectl(['get', 'namespace', 'default', '-o', 'name', ...more], { kubeconfig });

	const port = (): number => Number(new URL(proxy.url).port);

	/** The one connection through the proxy, which the server keeps open. */
	async function open(): Promise<Socket> {
		await until('earlier ones are gone', () => proxy.connections === 0);
		const socket = connect(port(), '127.0.0.1');
		await once(socket, 'connect');
		await until('the proxy has it', () => proxy.connections === 1);
		return socket;
	}

	it('passes everything through, and counts the bytes', async () => {
		const { toServer, toClient } = proxy.bytes;
		assert.deepEqual((await get()).stdout, 'namespace/default\n');
		assert.ok(proxy.bytes.toServer > toServer && proxy.bytes.toClient > toClient);
	});

	it('delays each direction', async () => {
		proxy.delay(150);
		const started = performance.now();
		assert.equal((await get()).code, 0);
		assert.ok(performance.now() - started > 600, 'two round trips at least: TLS, then the request');
	});

	it('refuses new connections', async () => {
		proxy.set('refuse');
		assert.equal(await failure(connect(port(), '127.0.0.1')), 'ECONNRESET');
	});

	it('swallows: a client waits for an answer that never comes, until its own time limit', async () => {
		proxy.set('swallow');
		const started = performance.now();
		const { code, stderr } = await get('--request-timeout=1s');
		assert.equal(code, 1);
		assert.match(stderr, /timeout|deadline|Timeout/);
		assert.ok(performance.now() - started >= 1_000);
	});

	it('resets a connection that lost bytes as soon as it forwards again', async () => {
		const socket = await open();
		proxy.set('swallow');
		socket.write('lost');
		const seen = failure(socket);
		await new Promise((resolve) => setTimeout(resolve, 50));
		proxy.set('pass');
		assert.equal(await seen, 'ECONNRESET');
	});

	it('cuts open connections in order', async () => {
		const socket = await open();
		const ended = once(socket.resume(), 'end');
		proxy.cut();
		await ended;
	});

	it('resets open connections', async () => {
		const socket = await open();
		const seen = failure(socket);
		proxy.reset();
		assert.equal(await seen, 'ECONNRESET');
		await until('none is left', () => proxy.connections === 0);
	});

	it('resets clients while the server is down, and serves them when it is back', async () => {
		await cluster.components['kube-apiserver'].kill();
		assert.equal(await failure(connect(port(), '127.0.0.1')), 'ECONNRESET');
		await cluster.components['kube-apiserver'].start();
		assert.equal((await get()).code, 0);
	});
});

/** Code of the error that a connection ends with. */
async function failure(socket: Socket): Promise<string | undefined> {
	const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
	return error.code;
}
