import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { marksAnnotation } from '../../../../src/core/nodes/node-marks.ts';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { createNode, NodesRig, nodeOf, ok, only3090, report, reported, rtx3090, rtx5060 } from './rig.ts';

const key = 'gpupolicy.dev/forbidden-device';
const taint = { selector: {}, onForbiddenDevice: 'Taint' };
const merge = { contentType: 'application/merge-patch+json' };

describe('marks on nodes', () => {
	let server: TestCluster;
	let rig: NodesRig;

	before(async () => {
		server = await startCluster();
		rig = new NodesRig(server);
	});
	after(async () => {
		await rig?.stop();
		await server?.stop();
	});
	afterEach(async () => {
		await rig.removeAll();
		const left = (await ok(server.request('GET', '/api/v1/nodes'))).body.items;
		// biome-ignore lint/suspicious/noExplicitAny: nodes as the server gives them
		const ours = left.filter(({ metadata }: any) => metadata.annotations?.[marksAnnotation] !== undefined);
		assert.deepEqual(ours, [], 'nothing of ours is left');
		const reports = await server.request('GET', '/apis/gpupolicy.dev/v1alpha1/gpunodereports');
		assert.deepEqual(reports.body.items, [], 'no report is left');
		await ok(server.request('DELETE', '/api/v1/nodes'));
	});

	/** `true [key:effect …]`: our label, and all taints but the one that the server gives every new node. */
	async function marks(name: string): Promise<string> {
		const { metadata, spec } = await nodeOf(server, name);
		const taints = (spec.taints ?? [])
			.filter((one: { key: string }) => one.key !== 'node.kubernetes.io/not-ready')
			.map(
				(one: { key: string; value?: string; effect: string }) => `${one.key}${one.value ? `=${one.value}` : ''}:${one.effect}`,
			);
		return [metadata.labels['gpupolicy.dev/compliant'] ?? '-', ...taints].join(' ');
	}
	async function marked(name: string, expected: string): Promise<void> {
		let last = '';
		await rig
			.until(`${name} is marked ${expected}`, async () => {
				last = await marks(name);
				return last === expected;
			})
			.catch((error) => {
				throw new assert.AssertionError({ message: `${name}: ${last}; ${error.message}` });
			});
	}
	const allowed = [reported(0, rtx3090), reported(2, rtx3090)];
	const good = { devices: allowed };
	const bad = { devices: [...allowed, reported(1, rtx5060)] };
	const open = { devices: [...allowed, reported(1, rtx5060, 'Unknown')] };

	it('say what every Enforce policy says, and go with the last of them', async () => {
		for (const name of ['a1', 'a2', 'a3']) await createNode(server, name);
		await rig.policy('p', { devices: only3090, nodes: taint });
		await report(server, 'a1', good);
		await report(server, 'a2', bad);
		await report(server, 'a3', open);
		await marked('a1', 'true');
		await marked('a2', `false ${key}:NoSchedule`);
		await marked('a3', '-');
		const notFirst = { deny: [{ uuid: reported(0, rtx3090).uuid }] };
		await rig.policy('q', {
			devices: notFirst,
			nodes: { selector: { matchLabels: { 'test/node': 'a1' } } },
		});
		await marked('a1', 'false');
		await rig.policy('q', {
			devices: notFirst,
			nodes: { selector: { matchLabels: { 'test/node': 'a3' } } },
		});
		await marked('a1', 'true');
		await marked('a3', 'false');
		await rig.remove('q');
		await marked('a3', '-');
		await report(server, 'a2', good);
		await marked('a2', 'true');
		await rig.remove('p');
		for (const name of ['a1', 'a2', 'a3']) assert.equal(await marks(name), '-');
	});

	it('are not set on a fact that we lack, nor taken away', async () => {
		await createNode(server, 'b1');
		await rig.policy('p', { devices: only3090, nodes: taint });
		await report(server, 'b1', bad);
		await marked('b1', `false ${key}:NoSchedule`);
		await report(server, 'b1', open);
		await marked('b1', `- ${key}:NoSchedule`);
		await report(server, 'b1', good);
		await marked('b1', 'true');
		await report(server, 'b1', open);
		await marked('b1', '-');
	});

	it('leave everything alone in mode Audit, and report it all the same', async () => {
		await createNode(server, 'c1', { labels: { 'gpupolicy.dev/compliant': 'true' } });
		const before = (await nodeOf(server, 'c1')).metadata.resourceVersion;
		await rig.policy('p', { mode: 'Audit', devices: only3090, nodes: taint });
		await report(server, 'c1', bad);
		await rig.until('it is reported', () => rig.says('p') === 'ForbiddenDeviceExposed 0/1');
		assert.equal((await nodeOf(server, 'c1')).metadata.resourceVersion, before);
		await rig.policy('p', { mode: 'Enforce', devices: only3090, nodes: taint });
		await marked('c1', `false ${key}:NoSchedule`);
		await rig.policy('p', { mode: 'Audit', devices: only3090, nodes: taint });
		await marked('c1', '-');
	});

	it('share one taint rightly: it stays until no policy needs it', async () => {
		await createNode(server, 'd1');
		await report_(['p', 'q']);
		await marked('d1', `false ${key}:NoSchedule`);
		await rig.policy('p', { nodes: taint });
		await rig.until('p is content', () => rig.says('p') === 'AllCompliant 1/1');
		await marked('d1', `false ${key}:NoSchedule`);
		await rig.remove('q');
		await marked('d1', 'true');

		async function report_(policies: readonly string[]): Promise<void> {
			for (const name of policies) await rig.policy(name, { devices: only3090, nodes: taint });
			await report(server, 'd1', bad);
		}
	});

	it("never take a user's taint, of the same name or another", async () => {
		const own = [
			{ key, value: 'mine', effect: 'NoSchedule' },
			{ key: 'example.com/other', effect: 'NoSchedule' },
		];
		await createNode(server, 'e1', { taints: own });
		await rig.policy('p', { devices: only3090, nodes: taint });
		await report(server, 'e1', bad);
		await marked('e1', `false ${key}=mine:NoSchedule example.com/other:NoSchedule`);
		await rig.policy('p', {
			devices: only3090,
			nodes: { ...taint, taint: { key: 'example.com/gpu', value: 'no', effect: 'PreferNoSchedule' } },
		});
		await marked('e1', `false ${key}=mine:NoSchedule example.com/other:NoSchedule example.com/gpu=no:PreferNoSchedule`);
		await report(server, 'e1', good);
		await marked('e1', `true ${key}=mine:NoSchedule example.com/other:NoSchedule`);
		await rig.remove('p');
		assert.equal(await marks('e1'), `- ${key}=mine:NoSchedule example.com/other:NoSchedule`);
	});

	it('are put back where somebody takes or changes them', async () => {
		await createNode(server, 'f1');
		await rig.policy('p', { devices: only3090, nodes: { ...taint, taint: { key, value: 'ours' } } });
		await report(server, 'f1', bad);
		await marked('f1', `false ${key}=ours:NoSchedule`);
		await ok(server.request('PATCH', '/api/v1/nodes/f1', { spec: { taints: null } }, merge));
		await marked('f1', `false ${key}=ours:NoSchedule`);
		await ok(server.request('PATCH', '/api/v1/nodes/f1', { metadata: { labels: { 'gpupolicy.dev/compliant': 'true' } } }, merge));
		await marked('f1', `false ${key}=ours:NoSchedule`);
		await ok(
			server.request('PATCH', '/api/v1/nodes/f1', { spec: { taints: [{ key, value: 'theirs', effect: 'NoSchedule' }] } }, merge),
		);
		await marked('f1', `false ${key}=ours:NoSchedule`);
	});

	it('stay while the policy is suspended', async () => {
		await createNode(server, 'g1');
		await rig.policy('p', { devices: only3090, nodes: taint });
		await report(server, 'g1', bad);
		await marked('g1', `false ${key}:NoSchedule`);
		await rig.policy('p', { suspend: true, devices: only3090, nodes: taint });
		await rig.policy('q', { nodes: {} });
		await report(server, 'g1', good);
		await rig.until('q looked', () => rig.says('q') === 'AllCompliant 1/1');
		await marked('g1', `true ${key}:NoSchedule`);
		await rig.policy('p', { devices: only3090, nodes: taint });
		await marked('g1', 'true');
	});

	it('stay as they are where policies leave no device usable together, and both say so', async () => {
		await createNode(server, 'h1');
		await rig.policy('p', { devices: only3090, nodes: taint });
		await report(server, 'h1', { devices: [reported(0, rtx3090), reported(1, rtx5060, 'NotExposed')] });
		await marked('h1', 'true');
		await rig.policy('q', { devices: { deny: [{ productName: rtx3090 }] }, nodes: taint });
		await rig.until('both are stalled', () =>
			['p', 'q'].every((name) => rig.outcomes.get(name)?.stalled?.reason === 'ConflictingPolicies'),
		);
		assert.match(rig.outcomes.get('q')?.stalled?.message ?? '', /policies p and q together leave no device of node h1 usable/);
		assert.equal(await marks('h1'), 'true', 'the last verdict stays');
		await rig.remove('q');
		await rig.until('p is free', () => rig.outcomes.get('p')?.stalled === undefined);
		await marked('h1', 'true');
	});

	it('are stopped over half of the nodes, until somebody resumes', async () => {
		const names = Array.from({ length: 8 }, (_, i) => `i${i}`);
		for (const name of names) await createNode(server, name);
		await rig.policy('p', { devices: only3090, nodes: taint });
		for (const name of names) await report(server, name, good);
		await rig.until('all are in order', () => rig.says('p') === 'AllCompliant 8/8');
		for (const name of names) await report(server, name, bad);
		await rig.until('it stops', () => rig.outcomes.get('p')?.stalled?.reason === 'RemediationHalted');
		await rig.until('and says what is', () => rig.says('p') === 'ForbiddenDeviceExposed 0/8');
		const tainted = async (): Promise<number> => (await Promise.all(names.map(marks))).filter((one) => one.includes(key)).length;
		assert.ok((await tainted()) <= 4, 'at most half');
		assert.match(
			rig.outcomes.get('p')?.stalled?.message ?? '',
			/\d+ selected nodes wait for a taint: .*`gpupolicy resume p` goes on/,
		);
		assert.equal(rig.events.filter((event) => event.startsWith('RemediationHalted')).length, 1);
		const before = await tainted();

		await report(server, 'i0', good);
		await marked('i0', 'true');
		await report(server, 'i0', bad);
		await marked('i0', 'false');
		await rig.policy('q', { devices: only3090, nodes: {} });
		await rig.until('another policy looks at all of them', () => rig.says('q') === 'ForbiddenDeviceExposed 0/8');
		assert.ok((await tainted()) <= before, 'what is in order is freed, and nothing is added');

		const next = new NodesRig(server);
		next.adopt(rig);
		await next.refresh('p');
		await next.until('it stands for whoever leads next', () => next.outcomes.get('p')?.stalled?.reason === 'RemediationHalted');
		assert.ok((await tainted()) <= before);
		await next.stop();

		await rig.resume('p', 'ann of ops');
		await rig.until('it goes on', async () => (await tainted()) === 8);
		await rig.until('and is content', () => rig.outcomes.get('p')?.stalled === undefined);
		assert.ok(rig.events.some((event) => event === 'RemediationResumed: ann of ops resumed the taints of p'));
		const { annotations } = (await ok(server.request('GET', '/apis/gpupolicy.dev/v1alpha1/gpupolicies/p'))).body.metadata;
		assert.deepEqual(Object.keys(annotations), ['gpupolicy.dev/taints-resumed']);
	});

	it('count those that a controller before us tainted', async () => {
		const names = Array.from({ length: 8 }, (_, i) => `k${i}`);
		for (const name of names) await createNode(server, name);
		const first = new NodesRig(server);
		await first.policy('p', { devices: only3090, nodes: taint });
		for (const [i, name] of names.entries()) await report(server, name, i < 4 ? bad : good);
		await Promise.all(names.slice(0, 4).map((name) => marked(name, `false ${key}:NoSchedule`)));
		await first.stop();
		rig.adopt(first);
		await report(server, 'k4', bad);
		await rig.until('the fifth is one too many', () => rig.outcomes.get('p')?.stalled?.reason === 'RemediationHalted');
		await marked('k4', 'false');
	});

	it('are written once however many policies select a node, and on the version that was read', async () => {
		for (let i = 0; i < 10; i++) await createNode(server, `j${i}`);
		const mark = server.audit.mark();
		for (let i = 0; i < 5; i++) await rig.policy(`p${i}`, { devices: only3090, nodes: {} });
		await Promise.all(Array.from({ length: 10 }, (_, i) => report(server, `j${i}`, i % 2 ? good : bad)));
		await rig.until(
			'all are judged',
			() => rig.says('p4') === 'ForbiddenDeviceExposed 5/10' && rig.says('p0') === rig.says('p4'),
		);
		for (let i = 0; i < 10; i++) await marked(`j${i}`, i % 2 ? 'true' : 'false');
		const writes = (await server.audit.since(mark)).filter((entry) => entry.userAgent === rig.userAgent && isWrite(entry));
		const count = (verb: string, resource: string): number =>
			writes.filter((entry) => entry.verb === verb && entry.objectRef?.resource === resource).length;
		assert.equal(count('create', 'gpunodereports'), 10);
		assert.equal(count('patch', 'nodes'), 10);
		assert.equal(writes.length, 20);
	});
});
