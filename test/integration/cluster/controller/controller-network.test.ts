import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { apply, controllerLease, eventually, follow, namespaces, read, ready } from './policies.ts';
import { endAllOf, RunningController } from './running-controller.ts';

// Each on a cluster of its own, at the same time: most of it is waiting.
describe('gpupolicy controller', { concurrency: true }, () => {
	describe('on a bad way to its server', { concurrency: false }, () => {
		let cluster: TestCluster;

		before(async () => {
			cluster = await startCluster();
			await namespaces(cluster);
		});
		afterEach(async () => {
			await endAllOf(cluster);
			await cluster.request('DELETE', controllerLease);
		});
		after(async () => {
			await endAllOf(cluster);
			await cluster?.stop();
		});

		it('stopped for longer than its lease, sends no request for a policy after another took over', async () => {
			const as = (name: string): string => cluster.kubeconfigFor(cluster.user(name, ['system:masters']));
			const old = new RunningController(cluster, { kubeconfig: as('old') });
			await old.leads();
			await apply(cluster, 'fenced', { mode: 'Audit' });
			await follow(cluster, 'fenced', 'True/AuditOnly');
			const next = new RunningController(cluster, { kubeconfig: as('next') });
			await next.says(({ msg }) => msg === 'standing by');
			old.signal('SIGSTOP');
			// It wakes up to news on every watch, as the leader that it was.
			await next.leads();
			const mark = cluster.audit.mark();
			await apply(cluster, 'fenced', { mode: 'Enforce' });
			old.signal('SIGCONT');
			await follow(cluster, 'fenced', 'True/Converged');
			await old.says(({ msg }) => msg === 'no longer leading');
			await pause(2_000);
			const received = (await cluster.audit.since(mark, 'RequestReceived')).filter(
				({ user, objectRef }) => user.username === 'old' && objectRef?.resource !== 'leases',
			);
			assert.deepEqual(
				received.map(({ verb, requestURI }) => `${verb} ${requestURI}`),
				[],
			);
			assert.equal(await next.end(), 0);
		});

		it('cut off as the leader, stops by itself before another begins', async () => {
			const proxy = await cluster.proxy();
			const as = (name: string, url?: string): string => cluster.kubeconfigFor(cluster.user(name, ['system:masters']), url);
			const old = new RunningController(cluster, { kubeconfig: as('behind', proxy.url) });
			await old.leads();
			const next = new RunningController(cluster, { kubeconfig: as('beside') });
			await next.says(({ msg }) => msg === 'standing by');
			proxy.set('swallow');
			const { time: stopped } = await old.says(({ msg }) => msg === 'no longer leading');
			const { time: began } = await next.says(({ msg }) => msg === 'leading');
			assert.ok(Date.parse(began as string) >= Date.parse(stopped as string), 'both led at once');
			const mark = cluster.audit.mark();
			proxy.set('pass');
			await apply(cluster, 'fenced', { mode: 'Audit' });
			await follow(cluster, 'fenced', 'True/AuditOnly');
			const writes = (await cluster.audit.since(mark, 'RequestReceived')).filter(
				(entry) => entry.user.username === 'behind' && isWrite(entry) && entry.objectRef?.resource !== 'leases',
			);
			assert.deepEqual(
				writes.map(({ verb, requestURI }) => `${verb} ${requestURI}`),
				[],
			);
			await proxy.close();
		});

		it('sees what it missed after its connections were reset, and after they went silent', async () => {
			const proxy = await cluster.proxy();
			const controller = new RunningController(cluster, { kubeconfig: cluster.kubeconfigFor(undefined, proxy.url) });
			await controller.leads();
			for (let round = 0; round < 5; round++) {
				proxy.reset();
				await apply(cluster, 'reset', { mode: round % 2 === 0 ? 'Audit' : 'Enforce' });
				await follow(cluster, 'reset', round % 2 === 0 ? 'True/AuditOnly' : 'True/Converged');
			}
			proxy.set('swallow');
			await apply(cluster, 'reset', { mode: 'Enforce' });
			await pause(3_000);
			proxy.set('pass');
			await follow(cluster, 'reset', 'True/Converged', 60_000);
			await controller.end();
			await proxy.close();
		});

		it('begins anew after its version was compacted away', async () => {
			const proxy = await cluster.proxy();
			const controller = new RunningController(cluster, { kubeconfig: cluster.kubeconfigFor(undefined, proxy.url) });
			await controller.leads();
			await apply(cluster, 'early', { mode: 'Audit' });
			await follow(cluster, 'early', 'True/AuditOnly');
			proxy.set('refuse');
			proxy.reset();
			await apply(cluster, 'compacted', { mode: 'Audit' });
			await cluster.kubectl(['delete', 'gpol', 'early', '--wait=false']);
			await cluster.compact();
			proxy.set('pass');
			await follow(cluster, 'compacted', 'True/AuditOnly', 60_000);
			await eventually(async () => (await read(cluster, 'early')) === null, 'the deleted one is gone');
			await controller.end();
			await proxy.close();
		});
	});

	describe('on a server that is asked too much', { concurrency: false }, () => {
		let cluster: TestCluster;

		before(async () => {
			// Without fair queueing whatever is too much is refused at once.
			const args = ['--enable-priority-and-fairness=false', '--max-requests-inflight=2', '--max-mutating-requests-inflight=2'];
			cluster = await startCluster({ args: { 'kube-apiserver': args } });
			await namespaces(cluster);
		});
		after(async () => {
			await endAllOf(cluster);
			await cluster?.stop();
		});

		it('comes through a storm of 429 with every policy in order', async () => {
			const binding = {
				apiVersion: 'rbac.authorization.k8s.io/v1',
				kind: 'ClusterRoleBinding',
				metadata: { name: 'busy' },
				roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
				subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'busy' }],
			};
			await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(binding) });
			const busy = cluster.user('busy', ['busy']);
			const controller = new RunningController(cluster, {
				kubeconfig: cluster.kubeconfigFor(cluster.user('controller', ['busy'])),
			});
			await controller.leads();
			let storming = true;
			let refused = 0;
			const storm = Array.from({ length: 24 }, async () => {
				while (storming) {
					const answer = await cluster.request('GET', '/api/v1/namespaces', undefined, { as: busy }).catch(() => null);
					if (answer?.status === 429) refused++;
					if (answer === null) await pause(10);
				}
			});
			const names = Array.from({ length: 10 }, (_, i) => `storm-${i}`);
			const mark = cluster.audit.mark();
			for (const name of names) await apply(cluster, name, { mode: 'Audit' });
			await pause(4_000);
			storming = false;
			await Promise.all(storm);
			await eventually(
				async () =>
					(await Promise.all(names.map((name) => read(cluster, name)))).every((held) => ready(held) === 'True/AuditOnly'),
				'all AuditOnly',
				60_000,
			);
			const answers = (await cluster.audit.since(mark)).filter(({ user }) => user.username === 'controller');
			assert.ok(answers.some(({ responseStatus }) => responseStatus?.code === 429) || refused > 0, 'there was a storm');
			const written = answers.filter(
				(entry) => isWrite(entry) && entry.objectRef?.subresource === 'status' && entry.responseStatus?.code === 200,
			);
			assert.ok(written.length >= names.length && written.length <= 4 * names.length, `${written.length} status writes`);
			assert.equal(controller.exited, false);
			assert.equal(await controller.end(), 0);
		});
	});
});
