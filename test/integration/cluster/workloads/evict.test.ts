import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { evictedAnnotation } from '../../../../src/core/workloads/remediation-state.ts';
import { generator } from '../faults/random.ts';
import { WorkloadsBench } from './fixture.ts';

const quick = { type: 'Evict', maxUnavailable: 1, pause: '0s' };
/** Of the moments at which controllers are killed. */
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 2 ** 31);

describe('pods that predate a policy which evicts', { concurrency: 3 }, () => {
	let bench: WorkloadsBench;
	before(async () => {
		bench = await WorkloadsBench.start();
	});
	after(() => bench.stop());

	it('are evicted one by one, also those of a StatefulSet that waits for their deletion; bare ones and those of Jobs are not', async () => {
		const namespace = await bench.namespace();
		await bench.ballast(namespace, 12);
		await bench.owner(namespace, 'deployments', 'a', { replicas: 2 });
		await bench.owner(namespace, 'statefulsets', 'b', { replicas: 2, updateStrategy: { type: 'OnDelete' } });
		await bench.owner(namespace, 'daemonsets', 'c');
		await bench.pod(namespace, 'bare');
		await bench.ready(namespace, 18);
		const wrong = (await bench.wrong(namespace)).filter((name) => name !== 'bare');
		const mark = bench.server.audit.mark();
		const policy = await bench.policy('evicts', namespace, quick);
		const driver = bench.drive(policy);
		await driver.until('one is left', ({ outcome }) => outcome?.status?.workloads?.summary === '17/18');
		await driver.until('and nothing is under way', ({ outcome }) => outcome?.progressing === undefined);
		await driver.stop();
		assert.match(driver.message, /1 pods are only reported/);
		assert.deepEqual(await bench.wrong(namespace), ['bare']);
		const writes = await bench.writes(mark, policy.name);
		const evictions = writes.filter((write) => write.includes('pods/eviction'));
		assert.deepEqual(evictions.toSorted(), wrong.map((name) => `create pods/eviction ${name} 201`).toSorted());
		assert.deepEqual(
			[...new Set(writes.filter((write) => !evictions.includes(write)))],
			['patch gpupolicies evicts 200'],
			'besides, only the policy itself was annotated',
		);
	});

	it(`are evicted once each, however often the controller is killed meanwhile (KILL_SEED=${seed})`, async () => {
		const random = generator(seed);
		const namespace = await bench.namespace();
		await bench.ballast(namespace, 10);
		await bench.owner(namespace, 'statefulsets', 'a', { replicas: 4, podManagementPolicy: 'Parallel' });
		await bench.owner(namespace, 'deployments', 'b', { replicas: 3 });
		await bench.ready(namespace, 17);
		const wrong = await bench.wrong(namespace);
		const mark = bench.server.audit.mark();
		const policy = await bench.policy('killed', namespace, quick);
		for (let round = 0; (await bench.wrong(namespace)).length > 0 && round < 60; round++) {
			const driver = bench.drive(policy);
			await pause(150 + random() * 1_000);
			await driver.kill();
			assert.deepEqual(driver.errors, []);
		}
		const driver = bench.drive(policy);
		await driver.until('converged', ({ reason, outcome }) => reason === 'InSync' && outcome?.progressing === undefined);
		await driver.stop();
		// The audit log does not tell of a request that was cut off whether it was carried out. A pod of a StatefulSet keeps its name.
		const evicted = (await bench.writes(mark, policy.name)).filter(
			(write) => write.includes('pods/eviction') && write.endsWith(' 201'),
		);
		assert.equal(new Set(evicted).size, evicted.length, evicted.join('\n'));
		assert.ok(evicted.length <= wrong.length);
		for (const write of evicted)
			assert.ok(
				wrong.some((name) => write.includes(` ${name} `)),
				`${write}: it was right`,
			);
	});

	it('stay where a disruption budget holds them, while others go', async () => {
		const namespace = await bench.namespace();
		await bench.ballast(namespace, 8);
		await bench.owner(namespace, 'deployments', 'a', { replicas: 2 });
		await bench.owner(namespace, 'deployments', 'b');
		const budget = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
		await bench.create(budget, { metadata: { name: 'a' }, spec: { minAvailable: 2, selector: { matchLabels: { app: 'a' } } } });
		await bench.ready(namespace, 11);
		const mark = bench.server.audit.mark();
		const policy = await bench.policy('held', namespace, quick);
		const driver = bench.drive(policy);
		await driver.until('b is replaced', ({ outcome }) => outcome?.status?.workloads?.summary === '9/11');
		await driver.until('a is held', ({ outcome }) => outcome?.progressing?.message.includes('disruption budget') === true);
		assert.equal(driver.reason, 'RestartRequired', 'a budget is no failure');
		assert.equal((await bench.wrong(namespace)).filter((name) => name.startsWith('a-')).length, 2);
		await bench.server.request('DELETE', `${budget}/a`);
		await driver.until('converged', ({ reason, outcome }) => reason === 'InSync' && outcome?.progressing === undefined, 90_000);
		await driver.stop();
		const evictions = (await bench.writes(mark, policy.name)).filter((write) => write.includes('pods/eviction'));
		assert.equal(evictions.length, 3, 'a budget is asked with dry runs only');
	});

	it('are not evicted any more after one was not replaced', async () => {
		const namespace = await bench.namespace();
		await bench.allLoose(namespace, 'a', 'b');
		const mark = bench.server.audit.mark();
		const policy = await bench.policy('lost', namespace, quick);
		let driver = bench.drive(policy, { limitMs: 3_000 });
		await driver.until('failed', ({ reason }) => reason === 'RemediationFailed');
		assert.match(
			driver.message,
			new RegExp(`Deployment ${namespace}/a did not become available within 3 s after an eviction: 0 of 1 pods`),
		);
		await driver.kill();
		driver = bench.drive(policy, { limitMs: 3_000 });
		await driver.until('failed for a new controller too', ({ reason }) => reason === 'RemediationFailed');
		await pause(500);
		assert.equal((await bench.writes(mark, policy.name)).filter((write) => write.includes('pods/eviction')).length, 1);
		assert.match((await bench.annotations(policy.name))[evictedAnnotation] ?? '', new RegExp(`Deployment ${namespace}/a$`));
		await bench.makeReady(namespace, 'a');
		await driver.until('goes on', ({ outcome }) => /waiting for Deployment .*\/b /.test(outcome?.progressing?.message ?? ''));
		await bench.makeReady(namespace, 'b');
		await driver.until('in order', ({ reason, outcome }) => reason === 'InSync' && outcome?.progressing === undefined);
		await driver.stop();
	});
});
