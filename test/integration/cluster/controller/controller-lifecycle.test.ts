import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { kstatus } from '../../../../src/controller/gpupolicy/kstatus.fixture.ts';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { endAll } from '../../running-command.ts';
import {
	apply,
	condition,
	controllerLease,
	eventually,
	Followed,
	type Held,
	message,
	namespaces,
	owned,
	read,
	ready,
} from './policies.ts';
import { RunningController } from './running-controller.ts';

const env = [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }];

describe('gpupolicy controller', () => {
	let cluster: TestCluster;
	let controller: RunningController;

	before(async () => {
		cluster = await startCluster();
		await namespaces(cluster);
		controller = new RunningController(cluster);
		await controller.leads();
	});
	after(async () => {
		await endAll();
		await cluster?.stop();
	});

	it('takes a policy to Ready by steps of which each keeps the rules of kstatus, and kubectl wait sees it', async () => {
		const followed = new Followed(cluster, 'first');
		const waiting = apply(cluster, 'first', { mode: 'Enforce', env, workloads: {} }).then(() =>
			cluster.kubectl(['wait', '--for=condition=Ready', 'gpol/first', '--timeout=120s']),
		);
		const held = await followed.until((policy) => ready(policy).startsWith('True/'), 'Ready', 40_000);
		assert.deepEqual(followed.faults, []);
		assert.equal((await waiting).code, 0);
		assert.equal(condition(held, 'AdmissionProgrammed'), 'True/PolicyActive');
		assert.equal(kstatus(held), 'Current');
		assert.ok(held.metadata.finalizers?.includes('gpupolicy.dev/cleanup'));
		assert.match(held.status?.digest ?? '', /^[0-9a-f]{64}$/);
		assert.equal(held.status?.lastOutcomes?.length, 1);
		const steps = followed.statuses.map((status) => kstatus({ metadata: held.metadata, status }));
		assert.deepEqual([...new Set(steps)], ['InProgress', 'Current']);
	});

	it('shows its verdict in the columns of kubectl', async () => {
		const { stdout } = await cluster.kubectl(['get', 'gpol', '-o', 'wide']);
		const [head = '', row = ''] = stdout.split('\n');
		assert.match(head, /^NAME +READY +MODE +FILES +PODS +NODES +REASON +SUSPENDED +MESSAGE +AGE/);
		assert.match(row, /^first +True +Enforce +- /);
		assert.match(row, / Converged +false +first@/);
	});

	it('follows an edit to the opposite, and tells of both verdicts as events', async () => {
		const followed = new Followed(cluster, 'first');
		await apply(cluster, 'first', { mode: 'Audit', env, workloads: {} });
		const held = await followed.until((policy) => ready(policy) === 'True/AuditOnly', 'AuditOnly', 40_000);
		assert.deepEqual(followed.faults, []);
		assert.equal(condition(held, 'AdmissionProgrammed'), 'True/ValidationOnly');
		assert.equal(held.status?.lastOutcomes?.[0]?.reason, 'AuditOnly');
		assert.equal(held.status?.lastOutcomes?.length, 2);
		assert.ok(!(await owned(cluster)).some((name) => name.startsWith('mutatingadmissionpolicy')));
		await eventually(async () => {
			const { stdout } = await cluster.kubectl([
				'get',
				'events',
				'-o',
				'jsonpath={range .items[*]}{.reason} {.regarding.name}{.involvedObject.name}{"\\n"}{end}',
			]);
			return /Converged first/.test(stdout) && /AuditOnly first/.test(stdout);
		}, 'events Converged and AuditOnly');
	});

	it('keeps each spec as a ControllerRevision, ten of them at most', async () => {
		for (let i = 0; i < 12; i++) {
			await apply(cluster, 'kept', { mode: 'Audit', interval: `${10 + i}m` });
			await new Followed(cluster, 'kept').until((policy) => ready(policy) === 'True/AuditOnly', 'AuditOnly');
		}
		const { body } = await cluster.request(
			'GET',
			'/apis/apps/v1/namespaces/gpupolicy-system/controllerrevisions?labelSelector=gpupolicy.dev/policy=kept',
		);
		const revisions = (body.items as { revision: number; data: { spec: { interval: string } } }[]).toSorted(
			(a, b) => a.revision - b.revision,
		);
		assert.deepEqual(
			revisions.map(({ revision, data }) => `${revision} ${data.spec.interval}`),
			Array.from({ length: 10 }, (_, i) => `${i + 3} ${i + 12}m`),
		);
		await cluster.kubectl(['delete', 'gpol', 'kept', '--timeout=120s']);
	});

	it('leaves a suspended policy alone but for observedGeneration', async () => {
		const was = (await read(cluster, 'first'))?.status;
		const objects = await owned(cluster);
		await apply(cluster, 'first', { mode: 'Enforce', suspend: true, env, workloads: {} });
		const held = await new Followed(cluster, 'first').until(
			(policy) => policy.status?.observedGeneration === policy.metadata.generation,
			'observed',
		);
		assert.deepEqual(held.status, { ...was, observedGeneration: held.metadata.generation });
		await pause(1_500);
		assert.deepEqual((await read(cluster, 'first'))?.status, held.status);
		assert.deepEqual(await owned(cluster), objects);
		await apply(cluster, 'first', { mode: 'Enforce', suspend: false, env, workloads: {} });
		await new Followed(cluster, 'first').until((policy) => ready(policy) === 'True/Converged', 'Converged');
	});

	it('is Stalled for what only a second look tells, and leaves what is in place', async () => {
		const objects = await owned(cluster);
		const devices = { allow: [{ productName: 'NVIDIA L4' }], deny: [{ productName: 'NVIDIA L4' }] };
		const followed = new Followed(cluster, 'first');
		await apply(cluster, 'first', { mode: 'Enforce', env, workloads: {}, devices });
		const held = await followed.until((policy) => ready(policy) !== '…', 'observed');
		assert.equal(ready(held), 'False/InvalidSpec');
		assert.equal(condition(held, 'Stalled'), 'True/InvalidSpec');
		assert.match(message(held, 'Stalled'), /spec\.devices\.allow\[0\]/);
		assert.deepEqual(followed.faults, []);
		assert.equal(kstatus(held), 'Failed');
		assert.deepEqual(
			(await owned(cluster)).filter((name) => !name.startsWith('controllerrevision')),
			objects.filter((name) => !name.startsWith('controllerrevision')),
		);
		await apply(cluster, 'first', { mode: 'Enforce', env, workloads: {} });
		await followed.until((policy) => ready(policy) === 'True/Converged', 'Converged');
		assert.deepEqual(followed.faults, []);
	});

	it('puts back an admission object that somebody deletes', async () => {
		await cluster.kubectl(['delete', 'validatingadmissionpolicy', 'gpupolicy-env.first']);
		await eventually(
			async () => (await owned(cluster)).includes('validatingadmissionpolicy.admissionregistration.k8s.io/gpupolicy-env.first'),
			'put back',
		);
		await new Followed(cluster, 'first').until((policy) => ready(policy) === 'True/Converged', 'Converged');
	});

	it('sends nothing but watches and its lease while nothing happens', async () => {
		const asked = async (ms: number): Promise<readonly string[]> => {
			const mark = cluster.audit.mark();
			await pause(ms);
			const foreign = (await cluster.audit.since(mark, 'RequestReceived')).filter(
				({ userAgent = '', objectRef, verb }) =>
					userAgent.includes('(controller)') && objectRef?.resource !== 'leases' && verb !== 'watch',
			);
			return foreign.map(({ verb, requestURI }) => `${verb} ${requestURI}`);
		};
		// Events are gathered for a while.
		await eventually(async () => (await asked(6_000)).length === 0, 'it has come to rest');
		assert.deepEqual(await asked(8_000), []);
	});

	it('takes everything back when the policy is deleted, and lets it go', async () => {
		const { code, stderr } = await cluster.kubectl(['delete', 'gpol', 'first', '--timeout=120s']);
		assert.equal(code, 0, stderr);
		assert.deepEqual(await owned(cluster), []);
		await apply(cluster, 'first', { mode: 'Audit' });
		await new Followed(cluster, 'first').until((policy) => ready(policy) === 'True/AuditOnly', 'AuditOnly');
		await cluster.kubectl(['delete', 'gpol', 'first', '--timeout=120s']);
	});

	it('writes as many times as there is news, with 200 policies that only audit', async () => {
		const path = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';
		const count = 200;
		const mark = cluster.audit.mark();
		for (let i = 0; i < count; i += 50) {
			const batch = Array.from({ length: 50 }, (_, k) => ({
				apiVersion: 'gpupolicy.dev/v1alpha1',
				kind: 'GpuPolicy',
				metadata: { name: `many-${i + k}` },
				spec: { mode: 'Audit' },
			}));
			await Promise.all(batch.map((policy) => cluster.request('POST', path, policy)));
		}
		const all = async (): Promise<Held[]> => (await cluster.request('GET', path)).body.items;
		await eventually(async () => (await all()).every((held) => ready(held) === 'True/AuditOnly'), 'all AuditOnly', 240_000);
		const writes = (await cluster.audit.since(mark)).filter(
			(entry) =>
				isWrite(entry) &&
				entry.userAgent?.includes('(controller)') &&
				!['leases', 'events'].includes(entry.objectRef?.resource ?? ''),
		);
		const each = new Map<string, string[]>();
		for (const { verb, requestURI, objectRef, responseStatus } of writes) {
			const policy = /many-\d+/.exec(objectRef?.name ?? '')?.[0] ?? '';
			each.set(policy, [...(each.get(policy) ?? []), `${verb} ${requestURI} ${responseStatus?.code}`]);
		}
		assert.equal(each.size, count, [...each.keys()].filter((name) => !name.startsWith('many-')).join());
		// The finalizer, the revision, the status, and two steps on the way where the machine is slow.
		for (const [name, own] of each) assert.ok(own.length >= 3 && own.length <= 5, `${name}:\n${own.join('\n')}`);
		await cluster.request('DELETE', path);
		await eventually(async () => (await all()).length === 0, 'all gone', 400_000);
		assert.deepEqual(await owned(cluster), []);
	});

	it('answers probes and shows metrics', async () => {
		assert.deepEqual(await controller.get('/healthz'), { status: 200, body: 'ok\n' });
		assert.deepEqual(await controller.get('/readyz'), { status: 200, body: 'ok\n' });
		assert.equal((await controller.get('/other')).status, 404);
		const { body } = await controller.get('/metrics');
		for (const line of [
			/^gpupolicy_leader 1$/m,
			/^gpupolicy_synced 1$/m,
			/^gpupolicy_watch_objects\{resource="gpupolicies\.gpupolicy\.dev"\} 0$/m,
			/^gpupolicy_watch_fresh\{resource="nodes"\} 1$/m,
			/^gpupolicy_duty_runs_total\{duty="admission",result="success"\} [1-9]/m,
			/^gpupolicy_status_writes_total\{result="written"\} [1-9]/m,
		])
			assert.match(body, line);
	});

	it('gives the lease back and ends with 0 on SIGTERM, having logged lines of JSON only', async () => {
		assert.equal(await controller.end(), 0);
		const { body } = await cluster.request('GET', controllerLease);
		assert.equal(body.spec.holderIdentity ?? '', '');
		assert.deepEqual(controller.strays, []);
		assert.deepEqual(
			controller.lines.filter(({ level }) => level === 'error'),
			[],
		);
	});
});
