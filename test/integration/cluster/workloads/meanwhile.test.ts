import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { restart } from '../../../../src/controller/workloads/act.ts';
import { projectWorkload } from '../../../../src/controller/workloads/project-owner.ts';
import { restartedAnnotation } from '../../../../src/core/workloads/restart-annotation.ts';
import { until } from '../../../cluster/index.ts';
import { untilDone } from '../admission/fixture.ts';
import { type Driver, env, WorkloadsBench } from './fixture.ts';

const restarts = { type: 'Restart', maxUnavailable: 1, pause: '0s' };
const evicts = { type: 'Evict', maxUnavailable: 1, pause: '0s' };

describe('what happens while remediation is under way', { concurrency: 4 }, () => {
	let bench: WorkloadsBench;
	before(async () => {
		bench = await WorkloadsBench.start();
	});
	after(() => bench.stop());

	const deployments = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/deployments`;
	const idle = ({ reason, outcome }: Driver): boolean => reason === 'InSync' && outcome?.progressing === undefined;

	it('an owner that was restarted is deleted: the next one follows', async () => {
		const namespace = await bench.namespace();
		await bench.allLoose(namespace, 'a', 'b');
		const policy = await bench.policy('gone', namespace, restarts);
		const mark = bench.server.audit.mark();
		const driver = bench.drive(policy);
		await driver.until('waits for a', ({ outcome }) => /waiting for Deployment .*\/a /.test(outcome?.progressing?.message ?? ''));
		await pause(300);
		assert.deepEqual(await bench.writes(mark, policy.name), ['patch deployments a 200'], 'one at a time');
		await bench.server.request('DELETE', `${deployments(namespace)}/a`);
		await until('b is restarted', async () => (await bench.writes(mark, policy.name)).length === 2);
		await driver.stop();
		assert.deepEqual((await bench.writes(mark, policy.name)).at(1), 'patch deployments b 200');
	});

	it('an owner of an evicted pod is deleted: the next one follows', async () => {
		const namespace = await bench.namespace();
		await bench.allLoose(namespace, 'a', 'b');
		const policy = await bench.policy('vanished', namespace, evicts);
		const mark = bench.server.audit.mark();
		const evicted = async (): Promise<readonly string[]> =>
			(await bench.writes(mark, policy.name)).filter((write) => write.includes('eviction'));
		const driver = bench.drive(policy);
		await driver.until('waits for a', ({ outcome }) => /waiting for Deployment .*\/a /.test(outcome?.progressing?.message ?? ''));
		await pause(300);
		assert.equal((await evicted()).length, 1, 'one at a time');
		await bench.server.request('DELETE', `${deployments(namespace)}/a`);
		await until('b is evicted', async () => (await evicted()).length === 2);
		await driver.stop();
		assert.match((await evicted()).at(1) ?? '', /^create pods\/eviction b-/);
	});

	it('pods of a ReplicaSet without a Deployment are evicted one after the other', async () => {
		const namespace = await bench.namespace();
		await bench.loose(namespace, 'lone', { replicas: 2 });
		// What owned it goes, and leaves it behind.
		await bench.makeReady(namespace, 'lone', 2);
		await bench.server.request('DELETE', `${deployments(namespace)}/lone?propagationPolicy=Orphan`);
		const sets = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
		await until('it is nobody’s', async () => {
			const { body } = await bench.server.request('GET', sets);
			return body.items.length === 1 && (body.items[0].metadata.ownerReferences ?? []).length === 0;
		});
		const policy = await bench.policy('lone', namespace, evicts);
		const mark = bench.server.audit.mark();
		const evicted = async (): Promise<number> =>
			(await bench.writes(mark, policy.name)).filter((write) => write.includes('eviction')).length;
		const driver = bench.drive(policy);
		await driver.until('waits', ({ outcome }) => /waiting for ReplicaSet .*1 of 2/.test(outcome?.progressing?.message ?? ''));
		await pause(500);
		assert.equal(await evicted(), 1, 'the second waits until the first is replaced');
		await bench.makeReady(namespace, 'lone', 2);
		await until('the second', async () => (await evicted()) === 2);
		await bench.makeReady(namespace, 'lone', 2);
		await driver.until('in order', idle);
		await driver.stop();
		assert.equal(await evicted(), 2);
	});

	it('the policy is edited: nobody is restarted for what it said before', async () => {
		const namespace = await bench.namespace();
		await bench.allLoose(namespace, 'a', 'b');
		const before = await bench.policy('edited', namespace, restarts);
		const mark = bench.server.audit.mark();
		const old = bench.drive(before);
		await old.until('a is restarted', ({ outcome }) => /waiting for Deployment .*\/a /.test(outcome?.progressing?.message ?? ''));
		const now = await bench.policy('edited', namespace, restarts, { env: [...env, { name: 'NCCL_DEBUG', value: 'WARN' }] });
		// It has not heard of the change.
		await bench.makeReady(namespace, 'a', 2);
		await bench.complete(namespace, 'a');
		await pause(500);
		assert.deepEqual(await bench.writes(mark, 'edited'), ['patch deployments a 200']);
		await old.kill();
		const driver = bench.drive(now);
		for (const name of ['a', 'b']) {
			await driver.until(`${name} is restarted`, ({ outcome }) =>
				new RegExp(`waiting for Deployment .*/${name} `).test(outcome?.progressing?.message ?? ''),
			);
			await bench.makeReady(namespace, name, 2);
		}
		await driver.until('in order', idle);
		await driver.stop();
		assert.deepEqual(await bench.writes(mark, 'edited'), [
			'patch deployments a 200',
			'patch deployments a 200',
			'patch deployments b 200',
		]);
	});

	it('two controllers are at work, as when one has not noticed yet that it leads no more: every owner is restarted once', async () => {
		const namespace = await bench.namespace();
		const names = ['a', 'b', 'c', 'd', 'e', 'f'];
		for (const name of names) await bench.owner(namespace, 'deployments', name);
		await bench.ballast(namespace, 8);
		await bench.ready(namespace, 14);
		const policy = await bench.policy('two', namespace, restarts);
		const mark = bench.server.audit.mark();
		const drivers = [bench.drive(policy), bench.drive(policy)];
		for (const driver of drivers) await driver.until('in order', idle);
		for (const driver of drivers) await driver.stop();
		const done = (await bench.writes(mark, policy.name)).filter((write) => write.endsWith(' 200'));
		assert.deepEqual(
			done.toSorted(),
			names.map((name) => `patch deployments ${name} 200`),
		);
	});

	it('somebody else puts an owner right, and our copy does not show it yet: it is left as it is', async () => {
		const namespace = await bench.namespace();
		await bench.owner(namespace, 'deployments', 'a');
		await bench.ready(namespace, 1);
		const [wrong] = await bench.pods(namespace);
		assert.ok(wrong);
		const path = `${deployments(namespace)}/a`;
		await bench.policy('right', namespace, { type: 'Report' });
		const annotations = { 'kubectl.kubernetes.io/restartedAt': 'now' };
		await bench.server.request('PATCH', path, { spec: { template: { metadata: { annotations } } } });
		await until('all pods are right', async () => (await bench.wrong(namespace)).length === 0);
		await bench.complete(namespace, 'a');
		const { body } = await bench.server.request('GET', path);
		const { name, uid = '' } = wrong.metadata;
		const why = { policy: 'right', digest: 'd1', at: Date.now() };
		const result = await restart(bench.admission.cluster, projectWorkload('Deployment', body), { name, uid }, why, untilDone);
		assert.deepEqual(result, { state: 'Outdated' });
		const { body: after } = await bench.server.request('GET', path);
		assert.equal(after.metadata.generation, body.metadata.generation);
	});

	it('somebody takes our restart off again: that is told, and it is not fought over', async () => {
		const namespace = await bench.namespace();
		await bench.allLoose(namespace, 'a', 'b');
		const policy = await bench.policy('fight', namespace, restarts);
		const mark = bench.server.audit.mark();
		const driver = bench.drive(policy);
		await driver.until('waits for a', ({ outcome }) =>
			/waiting for Deployment .*\/a \(1 of 1 pods replaced/.test(outcome?.progressing?.message ?? ''),
		);
		const annotations = { [restartedAnnotation]: null };
		await bench.server.request('PATCH', `${deployments(namespace)}/a`, { spec: { template: { metadata: { annotations } } } });
		await driver.until('told', ({ reason }) => reason === 'RemediationFailed');
		assert.match(driver.message, /Deployment .*\/a: somebody else owns its pod template and took our restart off again/);
		await until('b has its turn', async () => (await bench.writes(mark, policy.name)).length === 2);
		await driver.stop();
		assert.deepEqual(await bench.writes(mark, policy.name), ['patch deployments a 200', 'patch deployments b 200']);
	});

	it('admission stops reaching new pods: after one eviction no further pod goes', async () => {
		const namespace = await bench.namespace();
		await bench.owner(namespace, 'deployments', 'a', { replicas: 2 });
		await bench.owner(namespace, 'deployments', 'b');
		await bench.ready(namespace, 3);
		const policy = await bench.policy('unreached', namespace, evicts);
		const mark = bench.server.audit.mark();
		await bench.admission.duty().cleanUp(policy, untilDone);
		// Pods are told apart by the second in which they came up, and API servers drop a policy late.
		await pause(2_500);
		const driver = bench.drive(policy);
		await driver.until('stops', ({ reason }) => reason === 'RemediationFailed');
		assert.match(driver.message, /Deployment .*\/a: pod a-.* came up after an eviction and does not comply either/);
		await driver.kill();
		const next = bench.drive(policy);
		await next.until('stops for a new controller too', ({ reason }) => reason === 'RemediationFailed');
		await pause(500);
		await next.stop();
		assert.equal((await bench.writes(mark, policy.name)).filter((write) => write.includes('eviction')).length, 1);
	});

	it('a namespace comes to be selected: its pods follow, although they are younger than the first eviction', async () => {
		const namespace = await bench.namespace();
		const later = await bench.namespace();
		const labels = { team: namespace };
		await bench.server.request('PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels } });
		await bench.allLoose(namespace, 'a');
		const workloads = { namespaceSelector: { matchLabels: labels }, remediation: evicts };
		const policy = await bench.policy('later', namespace, {}, { workloads });
		const driver = bench.drive(policy);
		await driver.until('waits for a', ({ outcome }) => /waiting for Deployment .*\/a /.test(outcome?.progressing?.message ?? ''));
		await pause(1_100);
		await bench.owner(later, 'deployments', 'young');
		await bench.ready(later, 1);
		await bench.server.request('PATCH', `/api/v1/namespaces/${later}`, { metadata: { labels } });
		await driver.until('it is selected', ({ outcome }) => outcome?.status?.workloads?.selected === 2);
		await bench.makeReady(namespace, 'a');
		await driver.until('in order', idle);
		await driver.stop();
		assert.deepEqual(await bench.wrong(later), []);
	});
});
