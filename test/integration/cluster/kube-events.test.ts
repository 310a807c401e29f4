import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiObject } from '../../../src/core/ports/cluster.ts';
import type { ClusterEvent } from '../../../src/core/ports/events.ts';
import { type Connection, connect, findAccount, KubeEventRecorder } from '../../../src/kube/index.ts';
import { startCluster, type TestCluster, until } from '../../cluster/index.ts';

describe('events', () => {
	let server: TestCluster;
	let connection: Connection;
	const reporter = { controller: 'gpupolicy.dev/controller', instance: 'test-1' };

	before(async () => {
		server = await startCluster();
		connection = connect(findAccount({ kubeconfig: server.kubeconfig }), { userAgent: 'gpupolicy/test' });
	});
	after(async () => {
		await connection?.close();
		await server?.stop();
	});

	async function subject(): Promise<ApiObject> {
		const namespace = await server.namespace('events');
		const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'subject', namespace } };
		return (
			await connection.cluster.create(
				{ group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true },
				object,
			)
		).object;
	}

	function event(regarding: ApiObject, more: Partial<ClusterEvent> = {}): ClusterEvent {
		return { regarding, type: 'Normal', reason: 'Tried', action: 'Try', note: 'a note', ...more };
	}

	// biome-ignore lint/suspicious/noExplicitAny: events as the server shows them
	async function shown(namespace = 'default'): Promise<any[]> {
		return (await server.request('GET', `/apis/events.k8s.io/v1/namespaces/${namespace}/events`)).body.items;
	}

	it('show up under their object, with what took part', async () => {
		const regarding = await subject();
		const recorder = new KubeEventRecorder(connection.cluster, reporter);
		recorder.record(
			event(regarding, { type: 'Warning', reason: 'Repaired', action: 'Apply', note: 'put back', related: regarding }),
		);
		await recorder.close();
		assert.equal(recorder.dropped, 0);
		const [written, ...others] = await shown(regarding.metadata.namespace);
		assert.deepEqual(others, []);
		assert.equal(written.note, 'put back');
		assert.equal(written.regarding.uid, regarding.metadata.uid);
		assert.equal(written.related.name, 'subject');
		assert.equal(written.reportingController, 'gpupolicy.dev/controller');
		const described = await server.kubectl(['describe', 'configmap', 'subject', '-n', regarding.metadata.namespace ?? '']);
		assert.match(described.stdout, /Warning\s+Repaired\s.*gpupolicy\.dev\/controller.*put back/);
	});

	it('about an object without a namespace stand in default, however long its name and the note are', async () => {
		const name = `${'n'.repeat(120)}.${'m'.repeat(120)}`;
		const policy = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name, uid: 'b7b4ff2a-0001' } };
		const recorder = new KubeEventRecorder(connection.cluster, reporter);
		recorder.record(event(policy, { note: 'ä'.repeat(2_000) }));
		await recorder.close();
		assert.equal(recorder.dropped, 0);
		const written = (await shown()).find(({ regarding }) => regarding.name === name);
		assert.match(written.note, /^ä+…$/);
		assert.ok(Buffer.byteLength(written.note) <= 1024);
	});

	it('that repeat become one series, written seldom', async () => {
		const regarding = await subject();
		const mark = server.audit.mark();
		const recorder = new KubeEventRecorder(connection.cluster, { ...reporter, gatherMs: 200 });
		for (let i = 0; i < 200; i++) {
			recorder.record(event(regarding));
			await pause(5);
		}
		await recorder.close();
		const [written, ...others] = await shown(regarding.metadata.namespace);
		assert.deepEqual(others, []);
		assert.equal(written.series.count, 200);
		const writes = (await server.audit.since(mark)).filter(
			({ objectRef }) => objectRef?.resource === 'events' && objectRef.name !== undefined,
		);
		assert.ok(writes.length >= 2 && writes.length <= 5, `${writes.length} writes`);
	});

	it('that differ only in their note are gathered after some of them', async () => {
		const regarding = await subject();
		const recorder = new KubeEventRecorder(connection.cluster, { ...reporter, notesPerTopic: 4, gatherMs: 50 });
		for (let i = 0; i < 100; i++) recorder.record(event(regarding, { note: `pod ${i}` }));
		recorder.record(event(regarding, { note: 'pod 1' }));
		await recorder.close();
		const written = await shown(regarding.metadata.namespace);
		const counts = written.map(({ series }) => series?.count ?? 1).sort((a, b) => a - b);
		assert.deepEqual(counts, [1, 1, 1, 2, 96]);
		assert.match(written.find(({ series }) => series?.count === 96).note, /^\(combined from similar events\): pod 4/);
	});

	it('keep within their rate, and never fail or delay who tells them', async () => {
		const regarding = await subject();
		const settings = { ...reporter, burst: 5, ratePerSecond: 10, maxWaiting: 20, notesPerTopic: 1_000 };
		const recorder = new KubeEventRecorder(connection.cluster, settings);
		const began = performance.now();
		for (let i = 0; i < 500; i++) recorder.record(event(regarding, { note: `pod ${i}` }));
		assert.ok(performance.now() - began < 1_000);
		await pause(1_050);
		const count = (await shown(regarding.metadata.namespace)).length;
		const seconds = (performance.now() - began) / 1_000;
		assert.ok(count <= 5 + 10 * seconds + 1, `${count} events in ${seconds.toFixed(2)} s`);
		await until('ten are written', async () => (await shown(regarding.metadata.namespace)).length >= 10);
		await recorder.close(300);
		assert.ok(recorder.dropped >= 500 - 25);
		recorder.record(event(regarding, { note: 'late' }));

		const going = { ...regarding, metadata: { ...regarding.metadata, namespace: 'no-such-namespace' } };
		const refused = new KubeEventRecorder(connection.cluster, reporter);
		refused.record(event(going));
		await refused.close();
		assert.equal(refused.dropped, 1);
	});

	it('begin anew when the server has forgotten the first', async () => {
		const regarding = await subject();
		const recorder = new KubeEventRecorder(connection.cluster, { ...reporter, gatherMs: 50 });
		recorder.record(event(regarding));
		await until('it is written', async () => (await shown(regarding.metadata.namespace)).length === 1);
		await server.request('DELETE', `/apis/events.k8s.io/v1/namespaces/${regarding.metadata.namespace}/events`);
		recorder.record(event(regarding));
		await recorder.close();
		assert.equal(recorder.dropped, 0);
		const [written] = await shown(regarding.metadata.namespace);
		assert.equal(written.series.count, 2);
	});
});
