import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiObject, Cluster, ClusterError, ObjectCache, ObjectName, Resource } from '../../../src/core/ports/cluster.ts';
import { type Connection, type ConnectionSettings, connect, findAccount } from '../../../src/kube/index.ts';
import { type Identity, startCluster, type TcpProxy, type TestCluster } from '../../cluster/index.ts';

const configMaps: Resource = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true };
const policies: Resource = {
	group: 'gpupolicy.dev',
	version: 'v1alpha1',
	resource: 'gpupolicies',
	kind: 'GpuPolicy',
	namespaced: false,
};
const tests: ConnectionSettings = { userAgent: 'gpupolicy/test', maxPauseMs: 1_000 };

function configMap(namespace: string, name: string, value: string): ApiObject {
	return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { value } };
}

interface Kept {
	readonly key: string;
	readonly version: string;
	readonly value: string;
}

function project({ metadata, data }: ApiObject): Kept {
	const { value = '' } = (data ?? {}) as { value?: string };
	return { key: `${metadata.namespace}/${metadata.name}`, version: metadata.resourceVersion ?? '', value };
}

/** Equal for equal objects at equal versions. */
function digest(objects: Iterable<Kept>): string {
	const lines = [...objects].map((object) => JSON.stringify(object)).sort();
	return `${lines.length} ${createHash('sha256').update(lines.join('\n')).digest('hex')}`;
}

/** A cache and the copy that somebody would have who only heard what it tells. */
interface Followed {
	readonly cache: ObjectCache<Kept>;
	readonly heard: Map<string, Kept>;
	readonly troubles: (ClusterError | null)[];
	told: number;
}

function follow(connection: Connection, namespace?: string): Followed {
	const heard = new Map<string, Kept>();
	const name = ({ namespace: space, name: own }: ObjectName): string => `${space}/${own}`;
	const followed: Followed = {
		heard,
		troubles: [],
		told: 0,
		cache: connection.watcher.watch<Kept>(configMaps, {
			...(namespace === undefined ? {} : { namespace }),
			project,
			onChange: (object, earlier, later) => {
				followed.told++;
				assert.equal(heard.get(name(object))?.version, earlier?.version, 'told a change from what it had not told before');
				if (later === undefined) heard.delete(name(object));
				else heard.set(name(object), later);
			},
			onTrouble: (trouble) => followed.troubles.push(trouble?.error ?? null),
		}),
	};
	return followed;
}

async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
	for (const end = performance.now() + limitMs; !(await holds()); await pause(20))
		if (performance.now() > end) throw new assert.AssertionError({ message: `not within ${limitMs} ms: ${what}` });
}

/** The invariant of every fault here: cache, told changes and a fresh list say the same. */
async function converges(followed: Followed, cluster: Cluster, namespace: string): Promise<void> {
	const listed = digest((await cluster.list(configMaps, { namespace })).map(project));
	await until('the cache equals a fresh list', () => followed.cache.synced && digest(followed.cache.values()) === listed);
	assert.equal(digest(followed.heard.values()), listed);
}

/**
 * Keeps the one seat busy that a priority level without shares still has: with a write that waits for a webhook which never answers. All
 * other requests of its users then get 429.
 */
async function occupySeat(server: TestCluster, namespace: string, as: Identity): Promise<{ release(): Promise<void> }> {
	const sockets = new Set<Socket>();
	const silent = createServer((socket) => sockets.add(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
	await once(silent, 'listening');
	const { port } = silent.address() as AddressInfo;
	const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
	await server.request('POST', path, {
		metadata: { name: namespace },
		webhooks: [
			{
				name: 'silent.example.com',
				clientConfig: { url: `https://127.0.0.1:${port}/` },
				rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
				objectSelector: { matchLabels: { seat: namespace } },
				failurePolicy: 'Ignore',
				sideEffects: 'None',
				admissionReviewVersions: ['v1'],
				timeoutSeconds: 30,
			},
		],
	});
	let released = false;
	const holding = (async () => {
		// Until the webhook is known to the server its writes go through.
		while (!released) {
			const body = { metadata: { name: 'seat', labels: { seat: namespace } } };
			await server.request('POST', `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`, body, { as });
			await pause(20);
		}
	})();
	await until('the seat is taken', () => sockets.size > 0);
	return {
		release: async () => {
			if (released) return;
			released = true;
			await server.request('DELETE', `${path}/${namespace}`);
			silent.close();
			for (const socket of sockets) socket.destroy();
			await holding;
		},
	};
}

for (const lists of ['auto', 'pages'] as const) {
	describe(`a cache with ${lists === 'auto' ? 'watch-list' : 'paged lists'}`, () => {
		let server: TestCluster;
		let connection: Connection;
		let cluster: Cluster;
		const opened: (() => Promise<void>)[] = [];

		before(async () => {
			server = await startCluster();
			connection = connect(findAccount({ kubeconfig: server.kubeconfig }), { ...tests, lists, pageSize: 40 });
			cluster = connection.cluster;
		});
		after(async () => {
			for (const close of opened.reverse()) await close();
			await connection?.close();
			await server?.stop();
		});

		async function filled(count: number): Promise<string> {
			const namespace = await server.namespace('watch');
			await Promise.all(
				Array.from({ length: count }, (_, i) => cluster.create(configMaps, configMap(namespace, `c${i}`, `${i}`))),
			);
			return namespace;
		}

		function followNow(namespace: string, through = connection): Followed {
			const followed = follow(through, namespace);
			opened.push(() => followed.cache.stop());
			return followed;
		}

		async function throughProxy(
			settings: Partial<ConnectionSettings> = {},
			identity?: Identity,
		): Promise<{ proxy: TcpProxy; through: Connection }> {
			const proxy = await server.proxy();
			const account = findAccount({ kubeconfig: server.kubeconfigFor(identity, proxy.url) });
			const through = connect(account, { ...tests, lists, pageSize: 40, ...settings });
			opened.push(
				() => proxy.close(),
				() => through.close(),
			);
			return { proxy, through };
		}

		/** Creates, changes and deletes at random while `break` runs in between. */
		async function churn(namespace: string, rounds: number, disturb: (round: number) => void | Promise<void>): Promise<void> {
			for (let round = 0; round < rounds; round++) {
				await Promise.all([
					cluster.create(configMaps, configMap(namespace, `r${round}`, 'new')),
					cluster.patch(configMaps, { namespace, name: 'c0' }, { data: { value: `round ${round}` } }),
					round > 2 ? cluster.delete(configMaps, { namespace, name: `r${round - 3}` }) : undefined,
				]);
				await disturb(round);
			}
		}

		it('holds what a list shows, and then what changes', async () => {
			const namespace = await filled(130);
			const mark = server.audit.mark();
			const followed = followNow(namespace);
			assert.equal(followed.cache.synced, false);
			await followed.cache.whenSynced();
			assert.equal(followed.cache.size, 130);
			assert.equal(followed.cache.get({ namespace, name: 'c7' })?.value, '7');
			assert.equal(followed.told, 130);
			await converges(followed, cluster, namespace);
			await cluster.patch(configMaps, { namespace, name: 'c7' }, { data: { value: 'changed' } });
			await cluster.delete(configMaps, { namespace, name: 'c8' });
			await cluster.create(configMaps, configMap(namespace, 'late', 'x'));
			await until('the changes', () => followed.told === 133);
			await converges(followed, cluster, namespace);
			assert.deepEqual(followed.troubles, []);
			const entries = await server.audit.since(mark, 'RequestReceived');
			const watches = entries.filter(({ verb, requestURI }) => verb === 'watch' && requestURI.includes(namespace));
			assert.equal(watches.length, 1);
			assert.equal(watches[0]?.requestURI.includes('sendInitialEvents=true'), lists === 'auto');
			const pages = entries.filter(({ verb, requestURI }) => verb === 'list' && requestURI.includes('limit=40'));
			assert.equal(pages.length, lists === 'auto' ? 0 : 4);
			await followed.cache.stop();
			const { told } = followed;
			await cluster.delete(configMaps, { namespace, name: 'late' });
			await pause(100);
			assert.equal(followed.told, told);
		});

		it('loses nothing while connections are cut, reset and refused', async () => {
			const namespace = await filled(60);
			const { proxy, through } = await throughProxy();
			const followed = followNow(namespace, through);
			await followed.cache.whenSynced();
			const mark = server.audit.mark();
			await churn(namespace, 40, async (round) => {
				if (round % 4 === 0) proxy.cut();
				if (round % 4 === 1) proxy.reset();
				if (round % 8 === 2) {
					proxy.set('refuse');
					proxy.reset();
					await pause(100);
					proxy.set('pass');
				}
				await pause(15);
			});
			await converges(followed, cluster, namespace);
			const lists = (await server.audit.since(mark, 'RequestReceived')).filter(
				({ requestURI, verb }) =>
					requestURI.includes(namespace) &&
					(verb === 'list' ? requestURI.includes('limit=40') : requestURI.includes('sendInitialEvents')),
			);
			assert.equal(lists.length, 0, 'resumed from the last version, without a full list');
		});

		it('notices a connection that is open and dead, and mends it', async () => {
			const namespace = await filled(5);
			const { proxy, through } = await throughProxy({ connectMs: 500, headMs: 500, listSilenceMs: 500, watchSilenceMs: 500 });
			proxy.set('swallow');
			const followed = followNow(namespace, through);
			await until('trouble is told', () => followed.cache.trouble !== null);
			assert.equal(followed.cache.trouble?.error.failure, 'TimedOut');
			assert.equal(followed.cache.synced, false);
			proxy.set('pass');
			await followed.cache.whenSynced();
			await converges(followed, cluster, namespace);
			proxy.set('swallow');
			await cluster.patch(configMaps, { namespace, name: 'c1' }, { data: { value: 'unheard' } });
			if (lists === 'pages') {
				// Without a bookmark yet, silence is no sign; TCP probes and the end of the watch are what is left.
				await pause(700);
				proxy.reset();
			}
			await until('trouble is told', () => followed.cache.trouble !== null);
			assert.ok(Math.abs((followed.cache.trouble?.since ?? 0) - Date.now()) < 10_000);
			proxy.set('pass');
			await converges(followed, cluster, namespace);
			assert.equal(followed.cache.trouble, null);
		});

		it('makes a full list when its version was compacted, and tells what was deleted meanwhile', async () => {
			const namespace = await filled(20);
			const { proxy, through } = await throughProxy();
			const followed = followNow(namespace, through);
			await followed.cache.whenSynced();
			proxy.set('refuse');
			proxy.reset();
			await churn(namespace, 5, () => undefined);
			await cluster.delete(configMaps, { namespace, name: 'c3' });
			await server.compact();
			// The server answers from its own window of events before it asks etcd: a new server has none.
			await server.components['kube-apiserver'].restart();
			const mark = server.audit.mark();
			proxy.set('pass');
			await converges(followed, cluster, namespace);
			assert.equal(followed.cache.get({ namespace, name: 'c3' }), undefined);
			assert.ok(
				(await server.audit.since(mark, 'RequestReceived')).some(
					({ requestURI, verb }) =>
						requestURI.includes(namespace) && (lists === 'auto' ? requestURI.includes('sendInitialEvents') : verb === 'list'),
				),
			);
		});

		it('survives kill -9 of the API server', async () => {
			const namespace = await filled(20);
			const followed = followNow(namespace);
			await followed.cache.whenSynced();
			for (let round = 0; round < 2; round++) {
				await server.components['kube-apiserver'].kill();
				await until('trouble is told', () => followed.cache.trouble !== null);
				assert.equal(followed.cache.trouble?.error.failure, 'Unreachable');
				assert.equal(followed.cache.size > 0, true, 'what was known stays');
				await server.components['kube-apiserver'].start();
				await cluster.patch(configMaps, { namespace, name: 'c0' }, { data: { value: `after ${round}` } });
				await converges(followed, cluster, namespace);
			}
		});

		it('survives kill -9 of etcd', async () => {
			const namespace = await filled(20);
			const followed = followNow(namespace);
			await followed.cache.whenSynced();
			await server.components.etcd.restart();
			await until('the server writes again', () =>
				cluster.patch(configMaps, { namespace, name: 'c0' }, { data: { value: 'after' } }).then(
					() => true,
					() => false,
				),
			);
			await converges(followed, cluster, namespace);
		});

		it('names the right that is missing, keeps asking, and goes on when it is given', async () => {
			const namespace = await filled(3);
			const ann = server.user(`ann-${lists}`);
			const hers = connect(findAccount({ kubeconfig: server.kubeconfigFor(ann) }), { ...tests, lists });
			opened.push(() => hers.close());
			const followed = followNow(namespace, hers);
			await until('trouble is told', () => followed.cache.trouble !== null);
			assert.equal(followed.cache.trouble?.error.failure, 'Forbidden');
			assert.match(followed.cache.trouble?.error.message ?? '', /our account may not (list|watch) configmaps/);
			const place = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
			await server.request('POST', `${place}/roles`, {
				metadata: { name: 'reader' },
				rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }],
			});
			await server.request('POST', `${place}/rolebindings`, {
				metadata: { name: 'reader' },
				roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
				subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `ann-${lists}` }],
			});
			await converges(followed, cluster, namespace);
			assert.deepEqual(
				followed.troubles.map((error) => error?.failure),
				['Forbidden', undefined],
			);
			await followed.cache.stop();
		});

		it('takes a right that it had for gone when the refusals last, not when a server refuses while it starts', async () => {
			const namespace = await server.namespace();
			const bob = `bob-${lists}`;
			const proxy = await server.proxy();
			const his = connect(findAccount({ kubeconfig: server.kubeconfigFor(server.user(bob), proxy.url) }), { ...tests, lists });
			opened.push(() => his.close());
			const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
			const binding = {
				metadata: { name: bob },
				roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: bob },
				subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: bob }],
			};
			const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }];
			await server.request('POST', `${rbac}/roles`, { metadata: { name: bob }, rules });
			await server.request('POST', `${rbac}/rolebindings`, binding);
			const followed = followNow(namespace, his);
			await converges(followed, cluster, namespace);
			followed.troubles.length = 0;
			const refused = async (): Promise<void> => {
				const mark = server.audit.mark();
				await server.request('DELETE', `${rbac}/rolebindings/${bob}`);
				proxy.reset();
				await until('an attempt is refused', async () =>
					(await server.audit.since(mark)).some(
						({ user, responseStatus }) => user.username === bob && responseStatus?.code === 403,
					),
				);
			};
			await refused();
			await server.request('POST', `${rbac}/rolebindings`, binding);
			await converges(followed, cluster, namespace);
			assert.ok(!followed.troubles.some((error) => error?.failure === 'Forbidden'));
			await refused();
			await until('it is told', () => followed.cache.trouble?.error.failure === 'Forbidden', 60_000);
			await followed.cache.stop();
		});

		it('waits for a kind that is not served yet', async () => {
			const crd = (
				await server.request('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gpupolicies.gpupolicy.dev')
			).body;
			await server.request('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gpupolicies.gpupolicy.dev');
			await until(
				'the kind is gone',
				async () => (await server.request('GET', '/apis/gpupolicy.dev/v1alpha1/gpupolicies')).status === 404,
			);
			const cache = connection.watcher.watch<string>(policies, {
				project: ({ metadata }) => metadata.name,
				onChange: () => undefined,
			});
			opened.push(() => cache.stop());
			await until('trouble is told', () => cache.trouble?.error.failure === 'NotServed');
			const { name, labels, annotations } = crd.metadata;
			await server.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
				...crd,
				metadata: { name, labels, annotations },
				status: undefined,
			});
			await cache.whenSynced();
			assert.equal(cache.trouble, null);
			await cache.stop();
		});

		it('asks no more often than it is told to while the server refuses (429), and goes on afterwards', async () => {
			const namespace = await filled(10);
			const name = `storm-${lists}`;
			const place = '/apis/flowcontrol.apiserver.k8s.io/v1';
			// Not of system:masters, whom the server never refuses.
			const user = server.user(name);
			await server.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
				metadata: { name },
				roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
				subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
			});
			const { proxy, through } = await throughProxy({}, user);
			const followed = followNow(namespace, through);
			await followed.cache.whenSynced();
			const priority = await server.request('POST', `${place}/prioritylevelconfigurations`, {
				metadata: { name },
				spec: {
					type: 'Limited',
					limited: {
						nominalConcurrencyShares: 0,
						lendablePercent: 0,
						borrowingLimitPercent: 0,
						limitResponse: { type: 'Reject' },
					},
				},
			});
			assert.equal(priority.status, 201, JSON.stringify(priority.body));
			const schema = await server.request('POST', `${place}/flowschemas`, {
				metadata: { name },
				spec: {
					priorityLevelConfiguration: { name },
					matchingPrecedence: 2,
					rules: [
						{
							subjects: [{ kind: 'User', user: { name } }],
							resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }],
						},
					],
				},
			});
			assert.equal(schema.status, 201, JSON.stringify(schema.body));
			const occupied = await occupySeat(server, namespace, user);
			opened.push(occupied.release);
			await until('the server refuses', () =>
				through.cluster.get(configMaps, { namespace, name: 'c0' }).then(
					() => false,
					(error: ClusterError) => error.failure === 'TooManyRequests' && (error.retryAfterMs ?? 0) >= 1_000,
				),
			);
			const mark = server.audit.mark();
			const began = performance.now();
			proxy.reset();
			await until('trouble is told', () => followed.cache.trouble?.error.failure === 'TooManyRequests');
			await churn(namespace, 5, () => undefined);
			await pause(3_000);
			const asked = server.audit.soFar(mark, 'RequestReceived').filter(({ user: { username } }) => username === name);
			const seconds = (performance.now() - began) / 1_000;
			assert.ok(
				asked.length >= 2 && asked.length <= seconds + 2,
				`asked ${asked.length} times in ${seconds.toFixed(1)} s, told to wait 1 s`,
			);
			await occupied.release();
			await converges(followed, cluster, namespace);
		});

		it('ends with the permission that it was opened under, and asks for nothing more', async () => {
			const namespace = await filled(3);
			const term = new AbortController();
			const watcher = connection.watcher.under({ signal: term.signal, holds: () => !term.signal.aborted });
			const cache = watcher.watch(configMaps, { namespace, project, onChange: () => undefined });
			await cache.whenSynced();
			const late = watcher.watch(policies, { project: ({ metadata }) => metadata.name, onChange: () => undefined });
			const mark = server.audit.mark();
			term.abort();
			await assert.rejects(late.whenSynced(), { failure: 'Aborted' });
			await until('trouble is told', () => cache.trouble?.error.failure === 'Aborted');
			await pause(1_200);
			const asked = (await server.audit.since(mark, 'RequestReceived')).filter(({ requestURI }) =>
				requestURI.includes(namespace),
			);
			assert.deepEqual(asked, []);
			await Promise.all([cache.stop(), late.stop()]);
		});

		it('gives up when its caller does', async () => {
			const { proxy, through } = await throughProxy();
			proxy.set('swallow');
			const followed = follow(through, 'default');
			await assert.rejects(followed.cache.whenSynced(AbortSignal.timeout(50)), { failure: 'Aborted' });
			const waiting = assert.rejects(followed.cache.whenSynced(), { failure: 'Aborted' });
			const began = performance.now();
			await followed.cache.stop();
			await waiting;
			assert.ok(performance.now() - began < 5_000);
		});
	});
}

describe('a server without watch-list', () => {
	let server: TestCluster;
	let connection: Connection;

	before(async () => {
		server = await startCluster({ args: { 'kube-apiserver': ['--feature-gates=WatchList=false'] } });
		connection = connect(findAccount({ kubeconfig: server.kubeconfig }), tests);
	});
	after(async () => {
		await connection?.close();
		await server?.stop();
	});

	it('is asked for paged lists, without trouble', async () => {
		const namespace = await server.namespace('old');
		for (const name of ['a', 'b']) await connection.cluster.create(configMaps, configMap(namespace, name, name));
		const mark = server.audit.mark();
		const followed = follow(connection, namespace);
		await followed.cache.whenSynced();
		await connection.cluster.delete(configMaps, { namespace, name: 'a' });
		await converges(followed, connection.cluster, namespace);
		assert.deepEqual(followed.troubles, []);
		await followed.cache.stop();
		const uris = (await server.audit.since(mark, 'RequestReceived')).map(({ requestURI }) => requestURI);
		assert.equal(uris.filter((uri) => uri.includes(namespace) && uri.includes('sendInitialEvents')).length, 1);
	});
});
