import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { createNode, NodesRig, nodeOf, ok, only3090, report, reported, rtx3090, rtx5060, slice } from './rig.ts';

const key = 'gpupolicy.dev/forbidden-device';
const good = { devices: [reported(0, rtx3090)] };
const bad = { devices: [reported(0, rtx3090), reported(1, rtx5060)] };
const tainting = { onForbiddenDevice: 'Taint' };

describe('the nodes duty under faults', () => {
	let server: TestCluster;

	before(async () => {
		server = await startCluster();
	});
	after(() => server?.stop());

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
	async function settled(rig: NodesRig, expected: (name: string) => string, limitMs = 20_000): Promise<void> {
		await rig.until(
			'all nodes are marked',
			async () => Object.entries(await marks().catch(() => ({ none: '' }))).every(([name, found]) => found === expected(name)),
			limitMs,
		);
	}
	async function empty(...rigs: NodesRig[]): Promise<void> {
		for (const rig of rigs) await rig.stop();
		await ok(server.request('DELETE', '/api/v1/nodes'));
		await ok(server.request('DELETE', '/apis/gpupolicy.dev/v1alpha1/gpunodereports'));
		await ok(server.request('DELETE', '/apis/resource.k8s.io/v1/resourceslices'));
	}

	it('takes over without a write, also of what is suspended, and cleans up what another set', async () => {
		const first = new NodesRig(server);
		for (const name of ['a1', 'a2', 'a3']) await createNode(server, name);
		await slice(server, 'a3', [{ name: 'gpu-0', uuid: 'GPU-a', productName: rtx3090 }]);
		await first.policy('p', { devices: only3090, nodes: tainting });
		await report(server, 'a1', good);
		await report(server, 'a2', bad);
		const expected = (name: string): string => (name === 'a2' ? `false ${key}` : 'true');
		await settled(first, expected);
		await first.policy('q', { suspend: true, devices: only3090, nodes: tainting });
		const second = new NodesRig(server);
		second.adopt(first);
		await first.stop();
		await second.until('it knows', () => second.says('p') === 'ForbiddenDeviceExposed 2/3');
		const mark = server.audit.mark();
		await report(server, 'a1', { ...good, summary: '1/1' });
		await pause(300);
		const entries = await server.audit.since(mark);
		assert.deepEqual(
			entries.filter((entry) => entry.userAgent === second.userAgent && isWrite(entry)).map(({ requestURI }) => requestURI),
			[],
		);
		assert.equal(second.outcomes.get('p')?.stalled, undefined);
		await second.removeAll();
		for (const found of Object.values(await marks())) assert.equal(found, '-');
		assert.deepEqual((await server.request('GET', '/apis/gpupolicy.dev/v1alpha1/gpunodereports')).body.items, []);
		await empty(second);
	});

	it('loses nothing that a user writes on a node at the same time', async () => {
		const rig = new NodesRig(server);
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
		await empty(rig);
	});

	it('converges after the API server was killed in the middle, with no write done twice', async () => {
		const rig = new NodesRig(server);
		const names = Array.from({ length: 40 }, (_, i) => `c${i}`);
		await Promise.all(names.map((name) => createNode(server, name)));
		await rig.policy('p', { devices: only3090, nodes: {} });
		await Promise.all(names.map((name, i) => report(server, name, i % 2 ? bad : good)));
		const expected = (name: string): string => (Number(name.slice(1)) % 2 ? 'false' : 'true');
		await settled(rig, expected);
		for (let round = 0; round < 5; round++) {
			const flipped = { devices: round % 2 ? only3090 : { deny: [{ productName: rtx3090 }] }, nodes: {} };
			const mark = server.audit.mark();
			await rig.policy('p', flipped);
			await pause(Math.random() * 120);
			await server.components['kube-apiserver'].kill();
			await server.components['kube-apiserver'].start();
			const all = (name: string): string => (round % 2 ? expected(name) : 'false');
			await settled(rig, all, 40_000);
			await rig.until(
				'and says so',
				() => rig.says('p') === (round % 2 ? 'ForbiddenDeviceExposed 20/40' : 'ForbiddenDeviceExposed 0/40'),
			);
			const done = (await server.audit.since(mark)).filter(
				(entry) =>
					entry.userAgent === rig.userAgent &&
					entry.verb === 'patch' &&
					entry.objectRef?.resource === 'nodes' &&
					entry.responseStatus?.code === 200,
			);
			const per = new Map<string, number>();
			for (const { objectRef } of done) per.set(objectRef?.name ?? '', (per.get(objectRef?.name ?? '') ?? 0) + 1);
			assert.deepEqual(
				[...per].filter(([, count]) => count > 1),
				[],
				`round ${round}`,
			);
		}
		await rig.removeAll();
		await empty(rig);
	});

	it('blames no agent for a silence of its own', async () => {
		const proxy = await server.proxy();
		let now = 0;
		const rig = new NodesRig(server, { url: proxy.url, now: () => now, heartbeatMs: 1_000 });
		await createNode(server, 'd1');
		await rig.policy('p', { devices: only3090, nodes: {} });
		await report(server, 'd1', good);
		await rig.until('it is heard', () => rig.says('p') === 'AllCompliant 1/1');
		proxy.set('refuse');
		proxy.reset();
		await rig.until('it is blind', () => rig.outcomes.get('p')?.progressing !== undefined, 20_000);
		assert.equal(rig.says('p'), 'AllCompliant 1/1', 'the last verdict stays');
		now = 60_000;
		proxy.set('pass');
		await rig.until('it sees again', () => rig.outcomes.get('p')?.progressing === undefined, 20_000);
		assert.equal(rig.says('p'), 'AllCompliant 1/1');
		now = 64_000;
		await rig.policy('p', { devices: only3090, nodes: {} });
		await rig.until('now it is the agent', () => rig.says('p') === 'ReportStale 0/1');
		await rig.removeAll();
		await empty(rig);
		await proxy.close();
	});
});
