import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ClusterError, type Resource } from '../../../src/core/ports/cluster.ts';
import { type Connection, connect, type ElectionSettings, findAccount, type Permission } from '../../../src/kube/index.ts';
import { startCluster, type TestCluster } from '../../cluster/index.ts';

const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases', kind: 'Lease', namespaced: true };
const configMaps: Resource = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true };

/** Short, so that take-overs are soon; the requests' own limit stays below leaseMs - renewDeadlineMs. */
const times = { leaseMs: 3_000, renewDeadlineMs: 1_600, retryMs: 200 };
const objectMs = 1_000;
/** What a busy machine may take besides, where order is what counts and not time. */
const slackMs = 3_000;

/** A candidate that writes as often as it can while it leads. */
interface Candidate {
	readonly identity: string;
	readonly connection: Connection;
	/** Monotonic times at which leading began and ended. */
	readonly terms: { readonly from: number; to: number | null }[];
	readonly failures: ClusterError[];
	readonly done: Promise<void>;
	stop(): Promise<void>;
}

describe('leader election', () => {
	let server: TestCluster;
	const closing: (() => Promise<void>)[] = [];

	before(async () => {
		server = await startCluster();
	});
	after(async () => {
		for (const close of closing.reverse()) await close();
		await server?.stop();
	});

	function candidate(namespace: string, kubeconfig: string, more: Partial<ElectionSettings> = {}): Candidate {
		const identity = randomUUID();
		const connection = connect(findAccount({ kubeconfig }), { userAgent: identity, objectMs });
		const stop = new AbortController();
		const terms: Candidate['terms'] = [];
		const failures: ClusterError[] = [];
		const election = connection.elect({ namespace, name: 'controller', identity, ...times, ...more });
		const lead = async (term: Permission): Promise<void> => {
			const cluster = connection.cluster.under(term);
			const entry: (typeof terms)[number] = { from: performance.now(), to: null };
			terms.push(entry);
			while (term.holds() && !stop.signal.aborted) {
				try {
					await cluster.apply(configMaps, {
						apiVersion: 'v1',
						kind: 'ConfigMap',
						metadata: { name: 'work', namespace },
						data: { by: identity, at: `${Date.now()}` },
					});
				} catch (error) {
					assert.ok(error instanceof ClusterError);
					failures.push(error);
				}
				await pause(10);
			}
			entry.to = performance.now();
		};
		const done = election.run(lead, stop.signal);
		const own = async (): Promise<void> => {
			stop.abort();
			await done;
			await connection.close();
		};
		closing.push(own);
		return { identity, connection, terms, failures, done, stop: own };
	}

	async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
		for (const end = performance.now() + limitMs; !(await holds()); await pause(10))
			if (performance.now() > end) throw new assert.AssertionError({ message: `not within ${limitMs} ms: ${what}` });
	}

	const leads = ({ terms }: Candidate): boolean => terms.at(-1)?.to === null;
	// biome-ignore lint/suspicious/noExplicitAny: the spec of a lease
	const spec = async (namespace: string): Promise<any> =>
		(await server.request('GET', `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/controller`)).body.spec;

	it('lets one of several lead, and the next at once when it gives the lease back', async () => {
		const namespace = await server.namespace('lease');
		const all = [1, 2, 3].map(() => candidate(namespace, server.kubeconfig));
		await until('one leads', () => all.some(leads));
		await pause(1_000);
		assert.equal(all.filter(leads).length, 1);
		const first = all.find(leads) as Candidate;
		const held = await spec(namespace);
		assert.equal(held.holderIdentity, first.identity);
		assert.equal(held.leaseDurationSeconds, 3);
		assert.match(held.renewTime, /\.\d{6}Z$/);
		const began = performance.now();
		await first.stop();
		await until('another leads', () => all.some((one) => one !== first && leads(one)));
		assert.ok(performance.now() - began < times.leaseMs, 'without waiting for the lease to end');
		assert.equal((await spec(namespace)).leaseTransitions, 1);
		for (const one of all) await one.stop();
		assert.equal((await spec(namespace)).holderIdentity, undefined, 'given back');
		assert.deepEqual(
			all.flatMap(({ failures }) => failures),
			[],
		);
	});

	it('never lets a request of the old leader arrive after the new one took over, however the old one is cut off', async () => {
		for (const [how, breakWay] of [
			['swallowed', 'swallow'],
			['refused', 'refuse'],
			// What it sends arrives, and no answer in time: the server hears renewals that it never knows of.
			['delayed', 'pass'],
		] as const) {
			const namespace = await server.namespace('partition');
			const proxy = await server.proxy();
			closing.push(() => proxy.close());
			const old = candidate(namespace, server.kubeconfigFor(undefined, proxy.url));
			await until('the first leads', () => leads(old));
			const next = candidate(namespace, server.kubeconfig);
			await pause(500);
			const mark = server.audit.mark();
			proxy.set(breakWay);
			if (breakWay === 'pass') proxy.delay(1_000);
			if (breakWay === 'refuse') proxy.reset();
			const cut = performance.now();
			const late = breakWay === 'pass' ? times.renewDeadlineMs : 0;
			await until('the old one stops', () => !leads(old));
			assert.ok(performance.now() - cut < times.renewDeadlineMs + slackMs + late, `${how}: within the renewal deadline`);
			await until('the new one leads', () => leads(next));
			assert.ok((old.terms[0]?.to ?? 0) < (next.terms[0]?.from ?? 0), `${how}: the old one stopped before the new one began`);
			assert.ok(
				performance.now() - cut < times.leaseMs + 2 * times.retryMs + slackMs + late,
				`${how}: take-over within the lease`,
			);
			proxy.set('pass');
			proxy.delay(0);
			await pause(1_500);
			const entries = await server.audit.since(mark, 'RequestReceived');
			const takeOver = entries.findIndex(
				({ userAgent, verb, objectRef }) => userAgent === next.identity && verb === 'update' && objectRef?.resource === 'leases',
			);
			assert.ok(takeOver >= 0, how);
			const afterwards = entries.slice(takeOver).filter(({ userAgent, verb }) => userAgent === old.identity && verb !== 'get');
			assert.deepEqual(
				afterwards.map(({ verb, requestURI }) => `${verb} ${requestURI}`),
				[],
				how,
			);
			assert.equal(old.terms.length, 1);
			assert.ok(old.failures.every(({ failure }) => ['Aborted', 'Unreachable', 'TimedOut'].includes(failure)));
			await next.stop();
			await until(`${how}: the old one leads again`, () => leads(old));
			await old.stop();
		}
	});

	it('does not let a leader act that was stopped for longer than its lease', async () => {
		const namespace = await server.namespace('stopped');
		const old = candidate(namespace, server.kubeconfig);
		await until('the first leads', () => leads(old));
		const mark = server.audit.mark();
		// What a paused process or machine looks like from inside: no callback runs for a while.
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, times.renewDeadlineMs + 200);
		const woke = new Date().toISOString();
		await until('it leads again', () => old.terms.length === 2);
		const entries = await server.audit.since(mark, 'RequestReceived');
		const back = entries.find(
			({ verb, objectRef, userAgent, requestReceivedTimestamp: at }) =>
				at > woke && userAgent === old.identity && verb === 'update' && objectRef?.resource === 'leases',
		);
		const between = entries.filter(
			({ verb, requestReceivedTimestamp: at, objectRef }) =>
				at > woke && at < (back?.requestReceivedTimestamp ?? '') && verb === 'patch' && objectRef?.resource === 'configmaps',
		);
		assert.deepEqual(
			between.map(({ requestReceivedTimestamp }) => requestReceivedTimestamp),
			[],
		);
		await old.stop();
	});

	it('does not depend on the clock of another machine', async () => {
		for (const hours of [-1, 1]) {
			const namespace = await server.namespace('skew');
			const at = new Date(Date.now() + hours * 3_600_000).toISOString().replace('Z', '000Z');
			const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
			const body = (holder: string, renewTime: string): object => ({
				metadata: { name: 'controller' },
				spec: { holderIdentity: holder, leaseDurationSeconds: 3, acquireTime: at, renewTime, leaseTransitions: 4 },
			});
			await server.request('POST', path, body('skewed', at));
			const one = candidate(namespace, server.kubeconfig);
			for (let i = 1; i <= 4; i++) {
				await pause(800);
				const renewed = new Date(Date.parse(at) + i * 800).toISOString().replace('Z', '000Z');
				const answer = await server.request('PATCH', `${path}/controller`, { spec: { renewTime: renewed } });
				assert.equal(answer.status, 200);
				assert.equal(leads(one), false, `${hours} h: it is renewed, so it is held`);
			}
			const last = performance.now();
			await until('it takes over', () => leads(one));
			const waited = performance.now() - last;
			assert.ok(waited > 2_800 && waited < 3_800 + slackMs, `${hours} h: after one whole lease, not ${waited} ms`);
			assert.equal((await spec(namespace)).leaseTransitions, 5);
			await one.stop();
		}
	});

	it('survives a server that takes 5 s for each answer, with the times that are the default, and goes on working', async () => {
		const namespace = await server.namespace('slow');
		const proxy = await server.proxy();
		closing.push(() => proxy.close());
		const identity = 'slow';
		const connection = connect(findAccount({ kubeconfig: server.kubeconfigFor(undefined, proxy.url) }), { userAgent: identity });
		closing.push(() => connection.close());
		const stop = new AbortController();
		let terms = 0;
		let written = 0;
		const election = connection.elect({ namespace, name: 'controller', identity });
		const done = election.run(async (term) => {
			terms++;
			const cluster = connection.cluster.under(term);
			proxy.delay(2_500);
			while (!stop.signal.aborted) {
				await cluster.apply(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'work', namespace } });
				written++;
			}
		}, stop.signal);
		await pause(30_000);
		stop.abort();
		proxy.delay(0);
		await done;
		assert.equal(terms, 1);
		assert.ok(written >= 4, `${written} writes in 30 s`);
	});

	it('goes on leading when somebody changes the lease without taking it, and stops when it is taken', async () => {
		const namespace = await server.namespace('touched');
		const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/controller`;
		const one = candidate(namespace, server.kubeconfig);
		await until('it leads', () => leads(one));
		for (let i = 0; i < 5; i++) {
			await server.request('PATCH', path, { metadata: { annotations: { touched: `${i}` } } });
			await pause(250);
		}
		assert.equal(one.terms.length, 1);
		assert.equal(leads(one), true);
		await server.request('PATCH', path, { spec: { holderIdentity: 'usurper' } });
		await until('it stops', () => !leads(one));
		await one.stop();
		assert.equal((await spec(namespace)).holderIdentity, 'usurper', 'what is not ours is not given back');
	});

	it('waits where it may not, says which right is missing, and leads when it has it', async () => {
		const namespace = await server.namespace('rights');
		const troubles: ClusterError[] = [];
		const ann = candidate(namespace, server.kubeconfigFor(server.user('ann')), { onTrouble: (error) => troubles.push(error) });
		await until('trouble is told', () => troubles.length > 0);
		assert.equal(troubles[0]?.failure, 'Forbidden');
		assert.match(troubles[0]?.message ?? '', /our account may not get leases\.coordination\.k8s\.io/);
		const place = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
		const rules = [
			{ apiGroups: [leases.group], resources: ['leases'], verbs: ['get', 'create', 'update'] },
			{ apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'patch'] },
		];
		await server.request('POST', `${place}/roles`, { metadata: { name: 'leader' }, rules });
		await server.request('POST', `${place}/rolebindings`, {
			metadata: { name: 'leader' },
			roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'leader' },
			subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' }],
		});
		await until('it leads', () => leads(ann));
		await ann.stop();
		assert.deepEqual(ann.failures, []);
	});

	it('refuses times under which two could lead', () => {
		const connection = connect(findAccount({ kubeconfig: server.kubeconfig }), { userAgent: 'test' });
		const make = (wrong: Partial<ElectionSettings>) => () =>
			connection.elect({ namespace: 'n', name: 'n', identity: 'i', ...times, ...wrong });
		assert.throws(make({ renewDeadlineMs: 3_000 }), RangeError);
		assert.throws(make({ retryMs: 1_000 }), RangeError);
	});
});
