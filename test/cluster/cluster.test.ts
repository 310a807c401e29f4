import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isWrite, startCluster, type TestCluster, until } from './index.ts';

const policies = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';
const policy = (name: string): object => ({
	apiVersion: 'gpupolicy.dev/v1alpha1',
	kind: 'GpuPolicy',
	metadata: { name },
	spec: { mode: 'Audit' },
});

describe('a test cluster', () => {
	let cluster: TestCluster;
	before(async () => {
		cluster = await startCluster();
	});
	after(() => cluster.stop());

	it('is of Kubernetes 1.36, with our CRDs served', async () => {
		const { body } = await cluster.request('GET', '/version');
		assert.equal(`${body.major}.${body.minor}`, '1.36');
		assert.equal((await cluster.request('GET', policies)).status, 200);
	});

	it('gives nobody a right that RBAC does not give', async () => {
		const namespace = await cluster.namespace();
		const ann = cluster.user('ann', ['devs']);
		const list = (): Promise<number> =>
			cluster.request('GET', `/api/v1/namespaces/${namespace}/pods`, undefined, { as: ann }).then(({ status }) => status);
		assert.equal(await list(), 403);
		const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
		const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
		assert.equal((await cluster.request('POST', `${rbac}/roles`, { metadata: { name: 'r' }, rules })).status, 201);
		const binding = {
			metadata: { name: 'r' },
			roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
			subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'devs' }],
		};
		assert.equal((await cluster.request('POST', `${rbac}/rolebindings`, binding)).status, 201);
		await until('the role is known', async () => (await list()) === 200);
	});

	it('lets a node read itself and no other, as the node authoriser does', async () => {
		for (const name of ['node-a', 'node-b']) await cluster.request('POST', '/api/v1/nodes', { metadata: { name } });
		const as = cluster.user('system:node:node-a', ['system:nodes']);
		assert.equal((await cluster.request('GET', '/api/v1/nodes/node-a', undefined, { as })).status, 200);
		assert.equal(
			(await cluster.request('PATCH', '/api/v1/nodes/node-b', { metadata: { labels: { a: 'b' } } }, { as })).status,
			403,
		);
	});

	it('refuses an owner reference that blocks deletion to who may not set finalizers', async () => {
		const namespace = await cluster.namespace();
		const { body: owner } = await cluster.request('POST', policies, policy('owner'));
		const as = cluster.user('bob', ['writers']);
		const role = { metadata: { name: 'writers' }, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }] };
		await cluster.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', role);
		await cluster.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
			metadata: { name: 'writers' },
			roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'writers' },
			subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'writers' }],
		});
		const create = (name: string, blockOwnerDeletion: boolean) => {
			const reference = { apiVersion: owner.apiVersion, kind: owner.kind, name: 'owner', uid: owner.metadata.uid };
			const metadata = { name, ownerReferences: [{ ...reference, blockOwnerDeletion }] };
			return cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata }, { as });
		};
		await until('the role is known', async () => (await create('plain', false)).status === 201);
		const blocking = await create('blocking', true);
		assert.equal(blocking.status, 403);
		assert.match(blocking.body.message, /cannot set blockOwnerDeletion/);
	});

	it('gives a service account a token and a kubeconfig', async () => {
		const namespace = await cluster.namespace();
		const kubeconfig = cluster.kubeconfigFor(await cluster.serviceAccount(namespace, 'agent'));
		const { code, stdout } = await cluster.kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'], {
			kubeconfig,
		});
		assert.deepEqual([code, stdout], [0, `system:serviceaccount:${namespace}:agent`]);
	});

	it('tells each request since a mark, with who sent it and whether it wrote', async () => {
		const namespace = await cluster.namespace();
		const mark = cluster.audit.mark();
		const path = `/api/v1/namespaces/${namespace}/configmaps`;
		await Promise.all([
			cluster.request('POST', path, { metadata: { name: 'a' } }),
			cluster.request('POST', `${path}?dryRun=All`, { metadata: { name: 'b' } }),
			cluster.request('GET', path, undefined, { as: cluster.user('carl') }),
		]);
		const entries = (await cluster.audit.since(mark)).filter(({ objectRef }) => objectRef?.namespace === namespace);
		assert.deepEqual(
			entries.map(({ verb, user, responseStatus }) => `${verb} by ${user.username}: ${responseStatus?.code}`).sort(),
			['create by admin: 201', 'create by admin: 201', 'list by carl: 403'],
		);
		assert.equal(entries.filter(isWrite).length, 1);
		assert.equal((await cluster.audit.since(mark, 'RequestReceived')).length >= 3, true);
		const later = await cluster.audit.since(cluster.audit.mark());
		assert.deepEqual(
			later.filter(({ objectRef }) => objectRef?.namespace === namespace),
			[],
		);
	});

	it('keeps its data and its address when a component is killed and started again', async () => {
		assert.equal((await cluster.request('POST', policies, policy('kept'))).status, 201);
		await cluster.components['kube-apiserver'].kill();
		await assert.rejects(cluster.request('GET', `${policies}/kept`));
		await cluster.components['kube-apiserver'].start();
		await cluster.components.etcd.restart();
		await until('the object is there', async () => (await cluster.request('GET', `${policies}/kept`)).status === 200);
	});

	it('answers 410 Gone to a watch from before a compaction', async () => {
		const { body } = await cluster.request('GET', '/api/v1/namespaces/default');
		const version = body.metadata.resourceVersion as string;
		await cluster.request('POST', policies, policy('later'));
		await cluster.compact();
		// The watch cache still knows the old versions; a restarted server has only what etcd has.
		await cluster.components['kube-apiserver'].restart();
		const watch = await until('its caches are filled', async () => {
			const answer = await cluster.request('GET', `${policies}?watch=true&resourceVersion=${version}&timeoutSeconds=1`);
			return answer.status !== 429 && answer;
		});
		assert.equal(watch.status === 200 ? watch.body.object.code : watch.status, 410, JSON.stringify(watch.body));
	});

	it('says what a component wrote when it cannot start', async () => {
		await assert.rejects(
			startCluster({ args: { 'kube-apiserver': ['--no-such-flag'] } }),
			/kube-apiserver ended \(exit 1\):(.|\n)*unknown flag: --no-such-flag/,
		);
	});
});

it('a cluster from before MutatingAdmissionPolicy serves none, and still ValidatingAdmissionPolicy', async () => {
	const cluster = await startCluster({ mutatingAdmissionPolicy: false, crds: false });
	try {
		const { body } = await cluster.request('GET', '/apis/admissionregistration.k8s.io/v1');
		const served = (body.resources as { name: string }[]).map(({ name }) => name);
		assert.ok(!served.some((name) => name.startsWith('mutatingadmissionpolic')), served.join(', '));
		assert.ok(served.includes('validatingadmissionpolicies'));
		assert.equal((await cluster.request('GET', policies)).status, 404);
	} finally {
		await cluster.stop();
	}
});

it('with controller manager, scheduler and kwok, a Deployment becomes running pods', async () => {
	const cluster = await startCluster({ components: ['kube-controller-manager', 'kube-scheduler', 'kwok'] });
	try {
		const namespace = await cluster.namespace();
		await cluster.request('POST', '/api/v1/nodes', { metadata: { name: 'n1' } });
		await cluster.kubectl(['-n', namespace, 'create', 'deployment', 'web', '--image=web', '--replicas=2']);
		const waited = await cluster.kubectl(['-n', namespace, 'wait', '--for=condition=Available', 'deploy/web', '--timeout=120s']);
		assert.equal(waited.code, 0, waited.stderr);
		const { body } = await cluster.request('GET', `/api/v1/namespaces/${namespace}/pods`);
		const pods = body.items as { spec: { nodeName: string }; status: { phase: string } }[];
		assert.deepEqual(
			pods.map(({ spec, status }) => `${spec.nodeName} ${status.phase}`),
			['n1 Running', 'n1 Running'],
		);
	} finally {
		await cluster.stop();
	}
});

describe('nothing outlives the tests', () => {
	const index = JSON.stringify(join(import.meta.dirname, 'index.ts'));
	const script = (rest: string): string =>
		`const { startCluster } = await import(${index}); const c = await startCluster({ crds: false });
		console.log(JSON.stringify({ folder: c.folder, pids: Object.values(c.components).map((each) => each.pid) })); ${rest}`;

	const ends: readonly [how: string, rest: string, signal: NodeJS.Signals | undefined][] = [
		['are killed with SIGKILL', 'setInterval(() => {}, 1000);', 'SIGKILL'],
		['are interrupted', 'setInterval(() => {}, 1000);', 'SIGINT'],
		['throw', 'throw new Error("no");', undefined],
		['forget to stop it', '', undefined],
	];
	for (const [how, rest, signal] of ends) {
		it(`when they ${how}`, async () => {
			const child = spawn(process.execPath, ['--input-type=module', '-e', script(rest)], { stdio: ['ignore', 'pipe', 'ignore'] });
			const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
			const { folder, pids } = JSON.parse(line) as { folder: string; pids: number[] };
			assert.equal(pids.length, 2);
			if (signal) child.kill(signal);
			await once(child, 'exit');
			await until('the servers are gone', () => !pids.some(isAlive));
			await until('the folder is gone', () => !existsSync(folder));
		});
	}
});

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
