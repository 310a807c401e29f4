import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
	type ApiObject,
	type Cluster,
	ClusterError,
	type ClusterFailure,
	type Resource,
} from '../../../src/core/ports/cluster.ts';
import { type Connection, connect, findAccount } from '../../../src/kube/index.ts';
import { startCluster, type TestCluster } from '../../cluster/index.ts';

const configMaps: Resource = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true };
const pods: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const policies: Resource = {
	group: 'gpupolicy.dev',
	version: 'v1alpha1',
	resource: 'gpupolicies',
	kind: 'GpuPolicy',
	namespaced: false,
};

function configMap(namespace: string, name: string, data: Record<string, string> = {}): ApiObject {
	return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

function pod(namespace: string, name: string, labels: Record<string, string> = {}): ApiObject {
	const spec = { containers: [{ name: 'main', image: 'none' }], automountServiceAccountToken: false };
	return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels }, spec };
}

async function failure(run: Promise<unknown>): Promise<ClusterError> {
	try {
		await run;
	} catch (error) {
		assert.ok(error instanceof ClusterError, `not a ClusterError: ${error}`);
		return error;
	}
	throw new assert.AssertionError({ message: 'the request succeeded' });
}

async function fails(run: Promise<unknown>, expected: ClusterFailure, words?: RegExp): Promise<ClusterError> {
	const error = await failure(run);
	assert.equal(error.failure, expected, error.message);
	if (words) assert.match(error.message, words);
	return error;
}

describe('requests to an API server', () => {
	let server: TestCluster;
	let connection: Connection;
	let cluster: Cluster;
	let namespace: string;

	before(async () => {
		server = await startCluster();
		connection = connect(findAccount({ kubeconfig: server.kubeconfig }), { userAgent: 'gpupolicy/test' });
		cluster = connection.cluster;
		namespace = await server.namespace('requests');
	});
	after(async () => {
		await connection?.close();
		await server?.stop();
	});

	it('create, get, apply, update, patch and delete an object', async () => {
		const made = await cluster.create(configMaps, configMap(namespace, 'one', { a: '1' }));
		assert.equal(made.object.kind, 'ConfigMap');
		assert.deepEqual((await cluster.get(configMaps, { namespace, name: 'one' }))?.data, { a: '1' });

		const updated = await cluster.update(configMaps, { ...made.object, data: { a: '2' } });
		assert.deepEqual(updated.object.data, { a: '2' });
		const patched = await cluster.patch(configMaps, { namespace, name: 'one' }, { data: { a: null, b: '3' } });
		assert.deepEqual(patched.object.data, { b: '3' });
		const applied = await cluster.apply(configMaps, configMap(namespace, 'one', { c: '4' }));
		assert.deepEqual(applied.object.data, { b: '3', c: '4' });
		const managers = applied.object.metadata.managedFields as readonly { manager: string; operation: string }[];
		assert.deepEqual(
			managers.map(({ manager, operation }) => `${manager} ${operation}`),
			['gpupolicy Apply', 'gpupolicy Update'],
		);

		assert.equal(
			await cluster.delete(configMaps, { namespace, name: 'one' }, { uid: 'another' }).catch((e) => e.failure),
			'Conflict',
		);
		assert.equal(await cluster.delete(configMaps, { namespace, name: 'one' }, { uid: made.object.metadata.uid ?? '' }), true);
		assert.equal(await cluster.delete(configMaps, { namespace, name: 'one' }), false);
		assert.equal(await cluster.get(configMaps, { namespace, name: 'one' }), null);
	});

	it('apply every character that a string can hold, though the server reads what is applied as YAML', async () => {
		const units = Array.from({ length: 0xffff }, (_, i) => i + 1).filter((code) => code < 0xd800 || code > 0xdfff);
		const all = `${String.fromCharCode(...units)}\u{10ffff}`;
		const name = 'characters';
		const { object } = await cluster.apply(configMaps, configMap(namespace, name, { all }));
		assert.ok(object['data'] && (object['data'] as Record<string, string>)['all'] === all);
		const again = await cluster.apply(configMaps, configMap(namespace, name, { all }));
		assert.equal(again.object.metadata.resourceVersion, object.metadata.resourceVersion);
		await cluster.delete(configMaps, { name, namespace });
	});

	it('store nothing in a dry run', async () => {
		const dry = await cluster.apply(configMaps, configMap(namespace, 'dry', { a: '1' }), { dryRun: true });
		assert.deepEqual(dry.object.data, { a: '1' });
		assert.equal(await cluster.get(configMaps, { namespace, name: 'dry' }), null);
	});

	it('list page by page, each object with its kind', async () => {
		const many = await server.namespace('many');
		await Promise.all(Array.from({ length: 1203 }, (_, i) => cluster.create(configMaps, configMap(many, `c${i}`))));
		const mark = server.audit.mark();
		const listed = await cluster.list(configMaps, { namespace: many });
		assert.equal(listed.length, 1203);
		assert.ok(listed.every(({ kind, apiVersion }) => kind === 'ConfigMap' && apiVersion === 'v1'));
		const asked = (await server.audit.since(mark)).filter(({ objectRef }) => objectRef?.namespace === many);
		assert.equal(asked.length, 3);
	});

	it('go over few connections, however many there are', async () => {
		const proxy = await server.proxy();
		const through = connect(findAccount({ kubeconfig: server.kubeconfigFor(undefined, proxy.url) }), {
			userAgent: 'gpupolicy/test',
		});
		for (let i = 0; i < 50; i++) await through.cluster.get(configMaps, { namespace, name: `none-${i}` });
		assert.equal(proxy.connections, 1);
		await through.cluster.freshConnection().get(configMaps, { namespace, name: 'none' });
		assert.equal(proxy.connections, 2);
		await through.close();
		await proxy.close();
	});

	it('tell an object that is not there from a resource that is not served', async () => {
		assert.equal(await cluster.get(policies, { name: 'none' }), null);
		const unserved = { ...policies, resource: 'gputhings' };
		await fails(cluster.get(unserved, { name: 'none' }), 'NotServed');
		await fails(cluster.list({ ...policies, group: 'nobody.example' }), 'NotServed');
		await fails(cluster.create(configMaps, configMap('no-such-namespace', 'x')), 'NotFound', /no-such-namespace/);
		assert.equal(await cluster.serves(policies), true);
		assert.equal(await cluster.serves(unserved), false);
		assert.equal(await cluster.serves({ ...policies, group: 'nobody.example' }), false);
		assert.equal(await cluster.serves(pods), true);
	});

	it('name verb and resource where our account lacks a right', async () => {
		const ann = connect(findAccount({ kubeconfig: server.kubeconfigFor(server.user('ann')) }), { userAgent: 'gpupolicy/test' });
		const error = await fails(
			ann.cluster.apply(
				policies,
				{ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: 'x' } },
				{ subresource: 'status' },
			),
			'Forbidden',
			/may not patch gpupolicies\.gpupolicy\.dev\/status x/,
		);
		assert.equal(error.status, 403);
		assert.equal(error.verb, 'apply');
		assert.equal(error.resource, 'gpupolicies.gpupolicy.dev/status');
		await ann.close();
	});

	it('say that a token is not accepted', async () => {
		const nobody = connect(findAccount({ kubeconfig: server.kubeconfigFor({ token: 'wrong' }) }), {
			userAgent: 'gpupolicy/test',
		});
		await fails(nobody.cluster.list(pods), 'Unauthorized');
		await nobody.close();
	});

	it('tell the conflicts apart', async () => {
		const first = await cluster.create(configMaps, configMap(namespace, 'conflict', { a: '1' }));
		await fails(cluster.create(configMaps, configMap(namespace, 'conflict')), 'AlreadyExists');
		await cluster.patch(configMaps, { namespace, name: 'conflict' }, { data: { a: '2' } });
		await fails(cluster.update(configMaps, first.object), 'Conflict');
		const path = `/api/v1/namespaces/${namespace}/configmaps/owned?fieldManager=another`;
		const body = JSON.stringify(configMap(namespace, 'owned', { a: '1' }));
		await server.request('PATCH', path, body, { contentType: 'application/apply-patch+yaml' });
		const error = await fails(
			cluster.apply(configMaps, configMap(namespace, 'owned', { a: '2' })),
			'FieldManagerConflict',
			/"another"/,
		);
		assert.deepEqual(
			error.causes.map(({ field }) => field),
			['.data.a'],
		);
		assert.deepEqual((await cluster.get(configMaps, { namespace, name: 'owned' }))?.data, { a: '1' });
	});

	it('name the fields of an object that the server refuses', async () => {
		const bad = {
			...pod(namespace, 'bad'),
			spec: { containers: [{ name: 'Not_A_Name', image: 'x' }], restartPolicy: 'Sometimes' },
		};
		const error = await fails(cluster.create(pods, bad), 'Invalid');
		assert.ok(
			error.causes.some(({ field }) => field === 'spec.containers[0].name'),
			JSON.stringify(error.causes),
		);
		const policy = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: 'bad' }, spec: {} };
		assert.ok((await fails(cluster.create(policies, policy), 'Invalid')).causes.some(({ field }) => field === 'spec.mode'));
	});

	it('tell a refusal by admission from one by rights, and pass warnings on', async () => {
		const place = '/apis/admissionregistration.k8s.io/v1';
		const policy = (name: string, validationActions: readonly string[], message: string): Promise<unknown>[] => [
			server.request('POST', `${place}/validatingadmissionpolicies`, {
				metadata: { name },
				spec: {
					matchConstraints: {
						resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
					},
					validations: [{ expression: `!has(object.metadata.labels) || !('${name}' in object.metadata.labels)`, message }],
				},
			}),
			server.request('POST', `${place}/validatingadmissionpolicybindings`, {
				metadata: { name },
				spec: { policyName: name, validationActions },
			}),
		];
		await Promise.all([
			...policy('deny', ['Deny'], 'no "such" pods'),
			...policy('warn', ['Warn'], 'größer, "quoted" \\ and more'),
		]);
		let warnings: readonly string[] = [];
		for (let i = 0; i < 100 && warnings.length === 0; i++) {
			await pause(50);
			warnings = (await cluster.create(pods, pod(namespace, `warned-${i}`, { warn: '' }), { dryRun: true })).warnings;
		}
		assert.equal(warnings.length, 1);
		assert.match(warnings[0] ?? '', /größer, "quoted" \\ and more$/);
		await fails(cluster.create(pods, pod(namespace, 'denied', { deny: '' }), { dryRun: true }), 'Denied', /no "such" pods/);
		await server.request('DELETE', `${place}/validatingadmissionpolicybindings/deny`);
	});

	it('tell a namespace that is being deleted from a right that is missing', async () => {
		const going = await server.namespace('going');
		await cluster.create(configMaps, {
			...configMap(going, 'held'),
			metadata: { name: 'held', namespace: going, finalizers: ['example.com/hold'] },
		});
		await server.request('DELETE', `/api/v1/namespaces/${going}`);
		const error = await fails(cluster.create(configMaps, configMap(going, 'late')), 'Denied');
		assert.ok(error.causes.some(({ reason }) => reason === 'NamespaceTerminating'));
	});

	it('evict a pod as far as its disruption budget allows, and say when it does not', async () => {
		await cluster.create(pods, pod(namespace, 'free'));
		await cluster.evict({ namespace, name: 'free' });
		await cluster.create(pods, pod(namespace, 'guarded', { app: 'guarded' }));
		await server.request('PATCH', `/api/v1/namespaces/${namespace}/pods/guarded/status`, {
			status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
		});
		await server.request('POST', `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, {
			metadata: { name: 'guard' },
			spec: { minAvailable: 1, selector: { matchLabels: { app: 'guarded' } } },
		});
		const error = await fails(cluster.evict({ namespace, name: 'guarded' }), 'TooManyRequests');
		assert.equal(error.object?.name, 'guarded');
		await fails(cluster.evict({ namespace, name: 'nobody' }), 'NotFound');
	});

	it('end at their time limit, when the connection breaks and when the caller gives up, saying which', async () => {
		const proxy = await server.proxy();
		const through = connect(findAccount({ kubeconfig: server.kubeconfigFor(undefined, proxy.url) }), {
			userAgent: 'gpupolicy/test',
			objectMs: 400,
			connectMs: 2_000,
		});
		const get = (signal?: AbortSignal): Promise<unknown> =>
			through.cluster.get(configMaps, { namespace, name: 'x' }, signal ? { signal } : {});
		await get();
		proxy.set('swallow');
		const began = performance.now();
		await fails(get(), 'TimedOut', /400 ms/);
		assert.ok(performance.now() - began < 10_000);
		const giveUp = new AbortController();
		setTimeout(() => giveUp.abort(), 50);
		await fails(get(giveUp.signal), 'Aborted');
		await fails(get(AbortSignal.abort()), 'Aborted');
		proxy.set('pass');
		await get();
		proxy.delay(200);
		setTimeout(() => proxy.reset(), 100);
		// A write, since a read that meets a broken connection goes out again.
		await fails(through.cluster.patch(configMaps, { namespace, name: 'x' }, {}), 'Unreachable', /reset/);
		proxy.delay(0);
		proxy.set('refuse');
		await fails(get(), 'Unreachable');
		proxy.set('pass');
		await get();
		await proxy.close();
		await fails(get(), 'Unreachable', /refused/);
		await through.close();
	});

	it('of which reads alone go out again where a kept connection turns out to have been closed', async () => {
		const proxy = await server.proxy();
		const through = connect(findAccount({ kubeconfig: server.kubeconfigFor(undefined, proxy.url) }), {
			userAgent: 'gpupolicy/test',
		});
		for (let i = 0; i < 20; i++) {
			assert.equal(await through.cluster.get(configMaps, { namespace, name: 'x' }), null);
			proxy.reset();
		}
		await through.close();
		await proxy.close();
	});
});
