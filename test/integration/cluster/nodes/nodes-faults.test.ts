import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { createNode, NodesRig, nodeOf, ok, only3090, report, reported, rtx3090, rtx5060, slice } from './rig.ts';

const key = 'gpupolicy.dev/forbidden-device';
const good = { devices: [reported(0, rtx3090)] };
const bad = { devices: [reported(0, rtx3090), reported(1, rtx5060)] };
const tainting = { onForbiddenDevice: 'Taint' };

describe('the nodes duty under faults', () => {
	let server: TestCluster;
	const rigs: NodesRig[] = [];
	const seed = Number(process.env['KILL_SEED'] ?? 20261121);
	/** Milliseconds of work before each kill. */
	const waits = fc.sample(fc.integer({ min: 0, max: 120 }), { seed, numRuns: process.env['SOAK'] === '1' ? 50 : 4 });

	before(async () => {
		server = await startCluster();
	});
	afterEach(async () => {
		for (const rig of rigs.splice(0)) await rig.stop();
		await ok(server.request('DELETE', '/api/v1/nodes'));
		for (const kind of ['gpunodereports', 'gpupolicies'])
			await ok(server.request('DELETE', `/apis/gpupolicy.dev/v1alpha1/${kind}`));
		await ok(server.request('DELETE', '/apis/resource.k8s.io/v1/resourceslices'));
	});
	after(() => server?.stop());

	function start(options: ConstructorParameters<typeof NodesRig>[1] = {}): NodesRig {
		const rig = new NodesRig(server, options);
		rigs.push(rig);
		return rig;
	}

	/** `true`, `false key`: label and our taint, by node. */
	async function marks(): Promise<Record<string, string>> {
		const { items } = (await ok(server.request('GET', '/api/v1/nodes'))).body;
		return Object.fromEntries(
			// biome-ignore lint/suspicious/noExplicitAny: nodes as the server gives them
			items.map(({ metadata, spec }: any) => [
				metadata.name,
				[
					metadata.labels['gpupolicy.dev/compliant'] ?? '-',
					...(spec.taints ?? []).map((one: { key: string }) => one.key).filter((one: string) => one === key),
				].join(' '),
			]),
		);
	}
	async function settled(rig: NodesRig, expected: (name: string) => string, limitMs = 60_000): Promise<void> {
		await rig.until(
			'all nodes are marked',
			async () => Object.entries(await marks().catch(() => ({ none: '' }))).every(([name, found]) => found === expected(name)),
			limitMs,
		);
	}
	it('takes over without a write, also of what is suspended, and cleans up what another set', async () => {
		const first = start();
		for (const name of ['a1', 'a2', 'a3']) await createNode(server, name);
		await slice(server, 'a3', [{ name: 'gpu-0', uuid: 'GPU-a', productName: rtx3090 }]);
		await first.policy('p', { devices: only3090, nodes: tainting });
		await report(server, 'a1', good);
		await report(server, 'a2', bad);
		const expected = (name: string): string => (name === 'a2' ? `false ${key}` : 'true');
		await settled(first, expected);
		await first.policy('q', { suspend: true, devices: only3090, nodes: tainting });
		const second = start();
		await first.stop();
		const begun = server.audit.mark();
		second.adopt(first);
		await second.until('it knows', () => second.says('p') === 'ForbiddenDeviceExposed 2/3');
		const written = (await server.audit.since(begun)).filter((entry) => entry.userAgent === second.userAgent && isWrite(entry));
		assert.deepEqual(
			written.map(({ requestURI }) => requestURI),
			[],
		);
		const mark = server.audit.mark();
		await report(server, 'a1', bad);
		await settled(second, (name) => (name === 'a3' ? 'true' : `false ${key}`));
		const entries = await server.audit.since(mark);
		assert.deepEqual(
			entries
				.filter((entry) => entry.userAgent === second.userAgent && isWrite(entry))
				.map(({ verb, objectRef }) => `${verb} ${objectRef?.name}`),
			['patch a1'],
			'only what changed since',
		);
		assert.equal(second.outcomes.get('p')?.stalled, undefined);
		await second.removeAll();
		for (const found of Object.values(await marks())) assert.equal(found, '-');
		assert.deepEqual((await server.request('GET', '/apis/gpupolicy.dev/v1alpha1/gpunodereports')).body.items, []);
	});

	it('loses nothing that a user writes on a node at the same time', async () => {
		const rig = start();
		await createNode(server, 'b1');
		await rig.policy('p', { devices: only3090, nodes: tainting });
		const users = async (): Promise<void> => {
			for (let i = 0; i < 40; i++) {
				for (;;) {
					const live = await nodeOf(server, 'b1');
					const taints = [...(live.spec.taints ?? []), { key: `user/t${i}`, effect: 'NoSchedule' }];
					const body = {
						metadata: { resourceVersion: live.metadata.resourceVersion, labels: { [`user/l${i}`]: 'x' } },
						spec: { taints },
					};
					if ((await server.request('PATCH', '/api/v1/nodes/b1', body)).status === 200) break;
				}
			}
		};
		const agent = async (): Promise<void> => {
			for (let i = 0; i < 40; i++) await report(server, 'b1', i % 2 ? good : bad);
		};
		await Promise.all([users(), agent()]);
		await rig.until('it is in order', () => rig.says('p') === 'AllCompliant 1/1');
		await settled(rig, () => 'true');
		const { metadata, spec } = await nodeOf(server, 'b1');
		const kept = spec.taints.map((one: { key: string }) => one.key).filter((one: string) => one.startsWith('user/'));
		assert.equal(kept.length, 40);
		assert.equal(Object.keys(metadata.labels).filter((label) => label.startsWith('user/')).length, 40);
		await rig.removeAll();
	});

	const names = Array.from({ length: 40 }, (_, i) => `c${i}`);
	const odd = (name: string): boolean => Number(name.slice(1)) % 2 === 1;
	/** Nodes c0 to c39, of which the odd ones expose a card that the policy forbids. */
	async function fill(rig: NodesRig): Promise<void> {
		await Promise.all(names.map((name) => createNode(server, name)));
		await rig.policy('p', { devices: only3090, nodes: {} });
		await Promise.all(names.map((name) => report(server, name, odd(name) ? bad : good)));
		await settled(rig, (name) => String(!odd(name)), 60_000);
	}
	/** Every second time all nodes are wrong. */
	const flip = (round: number) => ({ devices: round % 2 ? only3090 : { deny: [{ productName: rtx3090 }] }, nodes: {} });
	const flipped =
		(round: number) =>
		(name: string): string =>
			round % 2 ? String(!odd(name)) : 'false';
	async function writtenTwice(mark: ReturnType<TestCluster['audit']['mark']>, ...by: NodesRig[]): Promise<string[]> {
		const agents = by.map(({ userAgent }) => userAgent);
		const done = (await server.audit.since(mark)).filter(
			({ userAgent, verb, objectRef, responseStatus }) =>
				agents.includes(userAgent ?? '') && verb === 'patch' && objectRef?.resource === 'nodes' && responseStatus?.code === 200,
		);
		const seen = new Set<string>();
		return done.flatMap(({ objectRef }) => {
			const name = objectRef?.name ?? '';
			const again = seen.has(name);
			seen.add(name);
			return again ? [name] : [];
		});
	}

	it(`converges after the API server was killed in the middle, with no write done twice (KILL_SEED=${seed})`, async () => {
		const rig = start();
		await fill(rig);
		// Each takes seconds: a sample.
		for (const [round, wait] of waits.slice(0, Math.ceil(waits.length / 2)).entries()) {
			const mark = server.audit.mark();
			await rig.policy('p', flip(round));
			await pause(wait);
			await server.components['kube-apiserver'].kill();
			await server.components['kube-apiserver'].start();
			await settled(rig, flipped(round), 60_000);
			const summary = round % 2 ? '20/40' : '0/40';
			await rig.until('and says so', () => rig.says('p') === `ForbiddenDeviceExposed ${summary}`, 60_000);
			assert.deepEqual(await writtenTwice(mark, rig), [], `round ${round}`);
		}
		await rig.removeAll();
	});

	it(`goes on where a controller was cut off in the middle, with no write done twice (KILL_SEED=${seed})`, async () => {
		let rig = start();
		await fill(rig);
		for (const [round, wait] of waits.entries()) {
			const mark = server.audit.mark();
			await rig.policy('p', flip(round));
			await pause(wait);
			await rig.stop();
			const next = start();
			next.adopt(rig);
			await settled(next, flipped(round), 60_000);
			assert.deepEqual(await writtenTwice(mark, rig, next), [], `round ${round}`);
			rig = next;
		}
		await rig.removeAll();
	});

	it('blames no agent for a silence of its own', async () => {
		const proxy = await server.proxy();
		let now = 0;
		const rig = start({ url: proxy.url, now: () => now, heartbeatMs: 1_000 });
		await createNode(server, 'd1');
		await rig.policy('p', { devices: only3090, nodes: {} });
		await report(server, 'd1', good);
		await rig.until('it is heard', () => rig.says('p') === 'AllCompliant 1/1');
		proxy.set('refuse');
		proxy.reset();
		await rig.until('it knows that it is blind', () => rig.blindTo.has('gpunodereports'), 60_000);
		await rig.until('and says so', () => rig.outcomes.get('p')?.progressing !== undefined);
		assert.equal(rig.says('p'), 'AllCompliant 1/1', 'the last verdict stays');
		now = 60_000;
		proxy.set('pass');
		await rig.until('it sees again', () => rig.blindTo.size === 0 && rig.outcomes.get('p')?.progressing === undefined, 60_000);
		assert.equal(rig.says('p'), 'AllCompliant 1/1');
		now = 64_000;
		await rig.policy('p', { devices: only3090, nodes: {} });
		await rig.until('now it is the agent', () => rig.says('p') === 'ReportStale 0/1');
		await rig.removeAll();
		await proxy.close();
	});
});
