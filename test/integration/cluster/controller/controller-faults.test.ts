import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isWrite, startCluster, type TestCluster, untilRight } from '../../../cluster/index.ts';
import {
	apply,
	condition,
	controllerLease,
	eventually,
	Followed,
	follow,
	message,
	namespaces,
	owned,
	read,
	ready,
} from './policies.ts';
import { endAllOf, RunningController } from './running-controller.ts';

const env = [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }];
/** Writes of controllers, leases and events aside. */
async function writesSince(cluster: TestCluster, mark: ReturnType<TestCluster['audit']['mark']>): Promise<string[]> {
	const ours = (await cluster.audit.since(mark)).filter(
		(entry) =>
			isWrite(entry) &&
			entry.userAgent?.includes('(controller)') &&
			!['leases', 'events'].includes(entry.objectRef?.resource ?? '') &&
			(entry.responseStatus?.code ?? 500) < 300,
	);
	return ours.map(({ verb, requestURI }) => `${verb} ${requestURI}`);
}

// Each on a cluster of its own, at the same time: most of it is waiting.
describe('gpupolicy controller', { concurrency: true }, () => {
	describe('when something fails', { concurrency: false }, () => {
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

		it('started again beside policies that are in order, writes nothing', async () => {
			const first = new RunningController(cluster);
			await apply(cluster, 'settled', { mode: 'Audit', env, workloads: {} });
			await follow(cluster, 'settled', 'True/AuditOnly');
			await first.end();
			const was = (await read(cluster, 'settled'))?.status;
			const mark = cluster.audit.mark();
			const second = new RunningController(cluster);
			await second.leads();
			await pause(6_000);
			assert.deepEqual(await writesSince(cluster, mark), []);
			assert.deepEqual((await read(cluster, 'settled'))?.status, was);
		});

		it('goes on when the API server or etcd is killed under it', async () => {
			const controller = new RunningController(cluster);
			await controller.leads();
			await apply(cluster, 'storm', { mode: 'Audit', interval: '30s' });
			await follow(cluster, 'storm', 'True/AuditOnly');
			for (const component of ['kube-apiserver', 'etcd'] as const) {
				await cluster.components[component].kill();
				await pause(500);
				await cluster.components[component].start();
				await eventually(
					async () => (await cluster.request('GET', '/readyz').catch(() => null))?.status === 200,
					'the server is back',
				);
				const mark = cluster.audit.mark();
				await apply(cluster, 'storm', { mode: 'Enforce', interval: component === 'etcd' ? '31s' : '32s' });
				await follow(cluster, 'storm', 'True/Converged');
				const statuses = (await writesSince(cluster, mark)).filter((write) => write.includes('/status'));
				const storm = statuses.filter((write) => write.includes('/storm/'));
				assert.ok(storm.length >= 1 && storm.length <= 4, storm.join('\n'));
				// One that is away for long may be told of once, and taken back.
				const others = statuses.filter((write) => !storm.includes(write));
				assert.ok(others.length <= 2, `nothing happened to the others:\n${others.join('\n')}`);
			}
			assert.equal(controller.exited, false);
			assert.deepEqual(controller.strays, []);
			assert.equal(await controller.end(), 0);
		});

		it('says Forbidden on every policy when it may not follow policies any more, and goes on when it may', async () => {
			const account = await cluster.serviceAccount('gpupolicy-system', 'blinded');
			const role = (verbs: readonly string[]): object => ({
				apiVersion: 'rbac.authorization.k8s.io/v1',
				kind: 'ClusterRole',
				metadata: { name: 'blinded' },
				rules: [
					{ apiGroups: ['gpupolicy.dev'], resources: ['gpupolicies'], verbs },
					{
						apiGroups: ['gpupolicy.dev'],
						resources: ['gpupolicies/status', 'gpupolicies/finalizers', 'gpunodereports'],
						verbs: ['*'],
					},
					{
						apiGroups: ['coordination.k8s.io', 'events.k8s.io', 'apps', 'admissionregistration.k8s.io', 'resource.k8s.io'],
						resources: ['*'],
						verbs: ['*'],
					},
					{ apiGroups: [''], resources: ['nodes', 'pods', 'configmaps', 'secrets'], verbs: ['*'] },
				],
			});
			const binding = {
				apiVersion: 'rbac.authorization.k8s.io/v1',
				kind: 'ClusterRoleBinding',
				metadata: { name: 'blinded' },
				roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'blinded' },
				subjects: [{ kind: 'ServiceAccount', name: 'blinded', namespace: 'gpupolicy-system' }],
			};
			const put = async (object: object): Promise<void> => {
				const { code, stderr } = await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
				assert.equal(code, 0, stderr);
			};
			await put(role(['*']));
			await put(binding);
			const proxy = await cluster.proxy();
			const controller = new RunningController(cluster, { kubeconfig: cluster.kubeconfigFor(account, proxy.url) });
			await controller.leads();
			await apply(cluster, 'blinded', { mode: 'Audit' });
			await follow(cluster, 'blinded', 'True/AuditOnly');
			await put(role(['patch']));
			const watching = { account: 'gpupolicy-system/blinded', verb: 'watch', group: 'gpupolicy.dev', resource: 'gpupolicies' };
			await untilRight(cluster, watching, false);
			proxy.reset(); // a watch that is open stays open whatever becomes of the right
			await follow(cluster, 'blinded', 'False/Forbidden', 60_000);
			assert.match(message(await read(cluster, 'blinded'), 'Stalled'), /our account may not watch gpupolicies\.gpupolicy\.dev/);
			assert.equal((await controller.get('/readyz')).status, 503);
			await put(role(['*']));
			await follow(cluster, 'blinded', 'True/AuditOnly', 90_000);
			assert.equal((await controller.get('/readyz')).status, 200);
			await controller.end();
			await proxy.close();
		});

		it('never writes over a field of its status that somebody else owns: it says so, and goes on when it is given up', async () => {
			const controller = new RunningController(cluster);
			await controller.leads();
			await apply(cluster, 'contested', { mode: 'Audit' });
			await follow(cluster, 'contested', 'True/AuditOnly');
			const digest = 'f'.repeat(64);
			const patched = await cluster.kubectl([
				'patch',
				'gpol',
				'contested',
				'--subresource=status',
				'--type=merge',
				'--field-manager=meddler',
				'-p',
				JSON.stringify({ status: { digest } }),
			]);
			assert.equal(patched.code, 0, patched.stderr);
			const followed = await follow(cluster, 'contested', 'False/FieldManagerConflict');
			const held = await read(cluster, 'contested');
			assert.equal(held?.status?.digest, digest, 'the field is not taken');
			assert.match(message(held, 'Stalled'), /\.status\.digest.*meddler/);
			assert.equal(condition(held, 'Reconciling'), 'absent');
			const version = held?.metadata.resourceVersion;
			await pause(3_000);
			assert.equal((await read(cluster, 'contested'))?.metadata.resourceVersion, version, 'written once');
			assert.ok(followed.statuses.length <= 3);
			const given = await cluster.kubectl([
				'patch',
				'gpol',
				'contested',
				'--subresource=status',
				'--type=merge',
				'--field-manager=meddler',
				'-p',
				'{"status":{"digest":null}}',
			]);
			assert.equal(given.code, 0, given.stderr);
			await follow(cluster, 'contested', 'True/AuditOnly');
			await controller.end();
		});

		it('lets a policy go that was deleted while no controller ran', async () => {
			const first = new RunningController(cluster);
			await apply(cluster, 'gone', { mode: 'Enforce', env, workloads: {} });
			await follow(cluster, 'gone', 'True/Converged');
			await first.end();
			await cluster.kubectl(['delete', 'gpol', '--all', '--wait=false']);
			assert.ok((await read(cluster, 'gone'))?.metadata.deletionTimestamp);
			const second = new RunningController(cluster);
			await eventually(async () => (await read(cluster, 'gone')) === null, 'gone');
			await eventually(async () => (await owned(cluster)).length === 0, 'nothing of ours is left');
			await second.end();
		});

		it('prints what it would send with --dry-run, and sends nothing', async () => {
			await cluster.request('POST', '/api/v1/nodes', { metadata: { name: 'dry-node' } });
			await apply(cluster, 'dry', { mode: 'Enforce', env, workloads: {}, nodes: {} });
			const mark = cluster.audit.mark();
			const { stdout, code } = await dryRun(cluster);
			assert.equal(code, 0);
			for (const head of [
				/^# patch gpupolicies\.gpupolicy\.dev dry$/m,
				/^# apply gpupolicies\.gpupolicy\.dev\/status dry$/m,
				/^# apply mutatingadmissionpolicies\.admissionregistration\.k8s\.io gpupolicy-env\.dry$/m,
				/^# create gpunodereports\.gpupolicy\.dev dry-node$/m,
				/^# create controllerrevisions\.apps gpupolicy-system\/dry-/m,
				/type: WorkloadsConverged/,
				/type: NodesValidated/,
			])
				assert.match(stdout, head);
			assert.deepEqual(
				(await cluster.audit.since(mark)).filter((entry) => isWrite(entry) && entry.userAgent?.startsWith('gpupolicy/')),
				[],
			);
			assert.equal((await read(cluster, 'dry'))?.status, undefined);
			await cluster.kubectl(['delete', 'gpol', 'dry']);
			await cluster.request('DELETE', '/api/v1/nodes/dry-node');
		});
	});

	describe('one of several', { concurrency: false }, () => {
		let cluster: TestCluster;
		before(async () => {
			cluster = await startCluster();
			await namespaces(cluster);
		});
		after(async () => {
			await endAllOf(cluster);
			await cluster?.stop();
		});

		it('is followed within the lease after SIGKILL, and at once after SIGTERM, whatever hour their clocks show', async () => {
			const leads = async (one: RunningController): Promise<boolean> =>
				/^gpupolicy_leader 1$/m.test((await one.get('/metrics')).body);
			const ahead = new RunningController(cluster, { nodeArgs: clockOff(3_600_000) });
			await ahead.leads();
			await apply(cluster, 'handed-on', { mode: 'Audit' });
			await follow(cluster, 'handed-on', 'True/AuditOnly');
			const behind = new RunningController(cluster, { nodeArgs: clockOff(-3_600_000) });
			await behind.says(({ msg }) => msg === 'standing by');
			await pause(5_000); // Whoever compared clocks would be done by then.
			assert.deepEqual([await leads(ahead), await leads(behind)], [true, false]);
			await ahead.end('SIGKILL');
			const killed = performance.now();
			await behind.leads(60_000);
			const taken = performance.now() - killed;
			assert.ok(taken > 5_000, `taken over after ${Math.round(taken)} ms, before the lease had ended`);
			await apply(cluster, 'handed-on', { mode: 'Enforce' });
			await follow(cluster, 'handed-on', 'True/Converged');

			const right = new RunningController(cluster);
			await right.says(({ msg }) => msg === 'standing by');
			await pause(5_000);
			assert.deepEqual([await leads(behind), await leads(right)], [true, false]);
			assert.equal((await right.get('/readyz')).status, 200);
			const asked = performance.now();
			assert.equal(await behind.end('SIGTERM'), 0);
			await right.leads();
			assert.ok(performance.now() - asked < 17_000, `take-over after ${Math.round(performance.now() - asked)} ms`);
			await apply(cluster, 'handed-on', { mode: 'Audit' });
			await follow(cluster, 'handed-on', 'True/AuditOnly');
		});
	});

	describe('before its CRD', { concurrency: false }, () => {
		let cluster: TestCluster;
		before(async () => {
			cluster = await startCluster({ crds: false });
			await namespaces(cluster);
		});
		after(async () => {
			await endAllOf(cluster);
			await cluster?.stop();
		});

		it('waits, says so, and begins when it is installed', async () => {
			const controller = new RunningController(cluster);
			await controller.leads();
			await controller.says(({ msg }) => /waiting for the CRD.*gpupolicy\.dev\/v1alpha1/.test(msg));
			const probe = await controller.get('/readyz');
			assert.equal(probe.status, 503);
			assert.match(probe.body, /waiting for the CRD/);
			assert.equal((await controller.get('/healthz')).status, 200);
			const { body } = await cluster.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', otherVersion);
			assert.equal(body.metadata.name, 'gpupolicies.gpupolicy.dev');
			await pause(6_000);
			assert.equal((await controller.get('/readyz')).status, 503, 'another version is not ours');
			await cluster.kubectl(['delete', 'crd', 'gpupolicies.gpupolicy.dev']);
			await cluster.kubectl(['apply', '-f', new URL('../../../../manifests/crds', import.meta.url).pathname]);
			await eventually(async () => (await controller.get('/readyz')).status === 200, 'ready');
			await apply(cluster, 'late', { mode: 'Audit' });
			await new Followed(cluster, 'late').until((held) => ready(held) === 'True/AuditOnly', 'AuditOnly');
			assert.equal(await controller.end(), 0);
		});
	});
});

/** A CRD of the same name that serves a version of another time. */
const otherVersion = {
	apiVersion: 'apiextensions.k8s.io/v1',
	kind: 'CustomResourceDefinition',
	metadata: { name: 'gpupolicies.gpupolicy.dev' },
	spec: {
		group: 'gpupolicy.dev',
		scope: 'Cluster',
		names: { kind: 'GpuPolicy', listKind: 'GpuPolicyList', plural: 'gpupolicies', singular: 'gpupolicy' },
		versions: [
			{
				name: 'v2',
				served: true,
				storage: true,
				schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
			},
		],
	},
};

/** Arguments of a Node whose clock is off by so many milliseconds; what counts time passed is not. */
function clockOff(ms: number): string[] {
	const code = `const Real = Date;
		globalThis.Date = class extends Real {
			constructor(...parts) { parts.length === 0 ? super(Real.now() + ${ms}) : super(...parts); }
			static now() { return Real.now() + ${ms}; }
		};`;
	return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

async function dryRun(cluster: TestCluster): Promise<{ readonly code: number | null; readonly stdout: string }> {
	const { spawn } = await import('node:child_process');
	const bin = new URL('../../../../bin/gpupolicy.js', import.meta.url).pathname;
	const child = spawn(process.execPath, [bin, 'controller', '--kubeconfig', cluster.kubeconfig, '--dry-run'], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let stdout = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout })));
}
