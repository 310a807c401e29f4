import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterError, Resource } from '../../../src/core/ports/cluster.ts';
import { type Connection, connect, findAccount } from '../../../src/kube/index.ts';
import { startCluster, type TestCluster } from '../../cluster/index.ts';

const namespaces: Resource = { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', namespaced: false };
const selfReviews: Resource = {
	group: 'authentication.k8s.io',
	version: 'v1',
	resource: 'selfsubjectreviews',
	kind: 'SelfSubjectReview',
	namespaced: false,
};

/** Joins two sockets until one ends. */
function join2(a: Socket, b: Socket): void {
	a.pipe(b);
	b.pipe(a);
	for (const [one, other] of [
		[a, b],
		[b, a],
	] as const) {
		one.on('error', () => other.destroy());
		one.on('close', () => other.destroy());
	}
}

async function listen(server: Server): Promise<number> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return (server.address() as AddressInfo).port;
}

/** An HTTP proxy that tunnels (CONNECT), counting. */
async function tunnel(): Promise<{ readonly url: string; tunnels: number; server: Server }> {
	const result = { url: '', tunnels: 0, server: createHttpServer() };
	result.server.on('connect', (request, socket: Socket) => {
		result.tunnels++;
		const [host = '', port = ''] = (request.url ?? '').split(':');
		const target = connectTcp(Number(port), host, () => {
			socket.write('HTTP/1.1 200 OK\r\n\r\n');
			join2(socket, target);
		});
	});
	return Object.assign(result, { url: `http://127.0.0.1:${await listen(result.server)}` });
}

/** A SOCKS5 proxy without authentication (RFC 1928), for IPv4 targets. */
async function socks(): Promise<{ readonly url: string; tunnels: number; server: Server }> {
	const result = { url: '', tunnels: 0, server: createServer() };
	result.server.on('connection', (socket: Socket) => {
		socket.once('data', () => {
			socket.write(Buffer.from([5, 0]));
			socket.once('data', (request) => {
				result.tunnels++;
				assert.equal(request[3], 1, 'an IPv4 address');
				const target = connectTcp(request.readUInt16BE(8), [...request.subarray(4, 8)].join('.'), () => {
					socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
					join2(socket, target);
				});
			});
		});
	});
	return Object.assign(result, { url: `socks5://127.0.0.1:${await listen(result.server)}` });
}

describe('a connection to a cluster', () => {
	let server: TestCluster;
	const closing: (() => unknown)[] = [];

	before(async () => {
		server = await startCluster();
	});
	after(async () => {
		for (const close of closing.reverse()) await close();
		await server?.stop();
	});

	/** The admin's kubeconfig with other fields of its cluster and user. */
	function kubeconfig(cluster: object, user?: object): string {
		const config = JSON.parse(readFileSync(server.kubeconfig, 'utf8'));
		Object.assign(config.clusters[0].cluster, cluster);
		if (user) config.users[0].user = user;
		const path = join(server.folder, `changed-${closing.length}-${Date.now()}.json`);
		writeFileSync(path, JSON.stringify(config));
		return path;
	}

	function open(path: string): Connection {
		const connection = connect(findAccount({ kubeconfig: path }), { userAgent: 'gpupolicy/test' });
		closing.push(() => connection.close());
		return connection;
	}

	/** Who the server takes us for. */
	async function whoami({ cluster }: Connection): Promise<{ username: string; groups: string[]; extra?: object }> {
		const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: { name: '' } };
		const { object } = await cluster.create(selfReviews, review);
		return (object.status as { userInfo: { username: string; groups: string[] } }).userInfo;
	}

	const failure = (run: Promise<unknown>): Promise<ClusterError> =>
		run.then(
			() => assert.fail('it succeeded'),
			(error: ClusterError) => error,
		);

	it('is authenticated by client certificate, by token, by token file and by plugin', async () => {
		const ann = open(server.kubeconfigFor(server.user('ann', ['devs'])));
		const { username, groups } = await whoami(ann);
		assert.deepEqual({ username, groups }, { username: 'ann', groups: ['devs', 'system:authenticated'] });

		const account = (await server.serviceAccount('default', 'robot')) as { token: string };
		const robot = 'system:serviceaccount:default:robot';
		assert.equal((await whoami(open(kubeconfig({}, { token: account.token })))).username, robot);

		const file = join(server.folder, 'token');
		writeFileSync(file, 'an old one');
		const fromFile = open(kubeconfig({}, { tokenFile: file }));
		assert.equal((await failure(whoami(fromFile))).failure, 'Unauthorized');
		writeFileSync(file, `${account.token}\n`);
		assert.equal((await whoami(fromFile)).username, robot, 'read again at once after it was refused');

		const answer = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: account.token } };
		const exec = {
			apiVersion: answer.apiVersion,
			command: process.execPath,
			args: ['-p', JSON.stringify(JSON.stringify(answer))],
		};
		assert.equal((await whoami(open(kubeconfig({}, { exec })))).username, robot);

		const broken = await failure(whoami(open(kubeconfig({}, { exec: { ...exec, args: ['-e', 'process.exit(3)'] } }))));
		assert.equal(broken.failure, 'Unauthorized');
		assert.match(broken.message, /credential plugin/);
	});

	it('waits for a plugin that takes longer than a request may, and for no request that was given up', async () => {
		const { token } = (await server.serviceAccount('default', 'slow-robot')) as { token: string };
		const answer = JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } });
		const script = `setTimeout(() => console.log(${JSON.stringify(answer)}), 3_000)`;
		const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', script] };
		const path = kubeconfig({}, { exec });
		const connection = connect(findAccount({ kubeconfig: path }), { userAgent: 'gpupolicy/test', objectMs: 500, connectMs: 500 });
		closing.push(() => connection.close());
		const began = performance.now();
		const given = await failure(connection.cluster.get(namespaces, { name: 'default' }, { signal: AbortSignal.timeout(50) }));
		assert.equal(given.failure, 'Aborted');
		assert.ok(performance.now() - began < 2_500);
		assert.equal((await whoami(connection)).username, 'system:serviceaccount:default:slow-robot');
		await pause(20);
		const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout');
		assert.deepEqual(timers, []);
	});

	it('impersonates', async () => {
		const { users } = JSON.parse(readFileSync(server.kubeconfig, 'utf8'));
		const as = { ...users[0].user, as: 'bob', 'as-groups': ['ops', 'devs'], 'as-user-extra': { reason: ['x'] } };
		const { username, groups, extra } = await whoami(open(kubeconfig({}, as)));
		assert.equal(username, 'bob');
		assert.deepEqual(groups, ['ops', 'devs', 'system:authenticated']);
		assert.deepEqual(extra, { reason: ['x'] });
	});

	it('trusts no server but that of the cluster', async () => {
		const authority = readFileSync(join(server.folder, 'ca.crt'));
		const wrongName = await failure(whoami(open(kubeconfig({ 'tls-server-name': 'another.example' }))));
		assert.equal(wrongName.failure, 'Unreachable');
		assert.match(wrongName.message, /another\.example/);
		assert.equal((await whoami(open(kubeconfig({ 'tls-server-name': 'kubernetes.default.svc' })))).username, 'admin');
		const without = { 'certificate-authority-data': undefined };
		const untrusted = await failure(whoami(open(kubeconfig(without))));
		assert.equal(untrusted.failure, 'Unreachable');
		assert.match(untrusted.message, /not signed by the cluster's authority/);
		assert.equal((await whoami(open(kubeconfig({ ...without, 'insecure-skip-tls-verify': true })))).username, 'admin');
		writeFileSync(join(server.folder, 'again.crt'), authority);
		assert.equal((await whoami(open(kubeconfig({ ...without, 'certificate-authority': 'again.crt' })))).username, 'admin');
	});

	it('goes through the proxy that the kubeconfig names, HTTP or SOCKS, keeping connections', async () => {
		for (const proxy of [await tunnel(), await socks()]) {
			closing.push(() => proxy.server.close());
			const connection = open(kubeconfig({ 'proxy-url': proxy.url }));
			assert.equal((await whoami(connection)).username, 'admin');
			for (let i = 0; i < 5; i++) assert.ok(await connection.cluster.get(namespaces, { name: 'default' }));
			assert.ok(proxy.tunnels >= 1, proxy.url);
			if (proxy.url.startsWith('http')) assert.equal(proxy.tunnels, 1);
			const cache = connection.watcher.watch(namespaces, { project: ({ metadata }) => metadata.name, onChange: () => undefined });
			await cache.whenSynced();
			assert.ok(cache.get({ name: 'default' }));
			await cache.stop();
		}
	});

	it('goes through HTTPS_PROXY, except where NO_PROXY says otherwise', async () => {
		const proxy = await tunnel();
		closing.push(() => proxy.server.close());
		process.env.HTTPS_PROXY = proxy.url;
		try {
			assert.equal((await whoami(open(server.kubeconfig))).username, 'admin');
			assert.equal(proxy.tunnels, 1);
			process.env.NO_PROXY = '127.0.0.1';
			assert.equal((await whoami(open(server.kubeconfig))).username, 'admin');
			assert.equal(proxy.tunnels, 1);
		} finally {
			delete process.env.HTTPS_PROXY;
			delete process.env.NO_PROXY;
		}
	});

	it('speaks plain HTTP where the kubeconfig says so, under a path too', async () => {
		const connection = open(server.kubeconfig);
		// As `kubectl proxy --api-prefix=/k8s` stands before a server.
		const forward = createHttpServer((request, response) => {
			assert.match(request.url ?? '', /^\/k8s\/api/);
			void connection.cluster.get(namespaces, { name: 'default' }).then((object) => response.end(JSON.stringify(object)));
		});
		closing.push(() => forward.close());
		const plain = open(kubeconfig({ server: `http://127.0.0.1:${await listen(forward)}/k8s` }, {}));
		assert.equal((await plain.cluster.get(namespaces, { name: 'default' }))?.metadata.name, 'default');
	});

	it('says when what answers is no API server', async () => {
		const page = createHttpServer((_, response) => response.end('<html>sign in</html>'));
		closing.push(() => page.close());
		const url = `http://127.0.0.1:${await listen(page)}`;
		const error = await failure(open(kubeconfig({ server: url }, {})).cluster.get(namespaces, { name: 'default' }));
		assert.equal(error.failure, 'ServerFailed');
		assert.match(error.message, /is that an API server\?/);
	});
});
