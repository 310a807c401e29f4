import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { restartedAnnotation } from '../../../src/core/workloads/restart-annotation.ts';
import { startCluster, type TestCluster, until } from '../../cluster/index.ts';
import { freePort } from '../../cluster/ports.ts';
import { endAll } from '../running-command.ts';
import { apply, condition, eventually, read, ready } from './controller/policies.ts';
import type { RunningController } from './controller/running-controller.ts';
import { Installation } from './install/installation.ts';
import { type Right, refusal, rightName, rightsOf, uses } from './install/rights.ts';
import { createNode, nodeOf, ok, report, reported, rtx3090, rtx5060, slice } from './nodes/rig.ts';

const user = 'system:serviceaccount:gpupolicy-system:gpupolicy-controller';
const env = [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }];
const devices = { allow: [{ productName: rtx3090 }], deny: [{ productName: rtx5060 }] };
const admission = '/apis/admissionregistration.k8s.io/v1';

describe('the rights that the chart gives', () => {
	const given = new Map<string, Right>();
	const used = new Set<string>();
	let newest: TestCluster;
	let older: TestCluster;

	before(async () => {
		newest = await startCluster({
			crds: false,
			components: ['kube-controller-manager', 'kwok'],
			args: { 'kube-apiserver': ['--feature-gates=DRADeviceTaintRules=true', '--runtime-config=resource.k8s.io/v1beta2=true'] },
		});
		// Lists page by page, as servers from before the watch-list do, and without MutatingAdmissionPolicy.
		older = await startCluster({
			crds: false,
			mutatingAdmissionPolicy: false,
			args: {
				'kube-apiserver': [
					'--feature-gates=DRADeviceTaintRules=true,WatchList=false',
					'--runtime-config=resource.k8s.io/v1beta2=true',
				],
			},
		});
		for (const cluster of [newest, older]) {
			await createNode(cluster, 'n0', { labels: { team: 'a' } });
			await slice(cluster, 'n0', [
				{ name: 'gpu-0', uuid: 'GPU-aaaa', productName: rtx3090 },
				{ name: 'gpu-1', uuid: 'GPU-bbbb', productName: rtx5060 },
			]);
		}
	});
	after(async () => {
		await endAll();
		await newest?.stop();
		await older?.stop();
	});

	// A failed test must not leave a leader to the next.
	afterEach(() => endAll('SIGTERM'));

	/** Runs a scenario under the rights of some values: none may be missing. What was used is noted. */
	async function under(
		cluster: TestCluster,
		values: readonly string[],
		scenario: (controller: RunningController, installation: Installation) => Promise<void>,
		args: readonly string[] = [],
	): Promise<void> {
		const installation = await Installation.apply(cluster, values);
		const rights = rightsOf(installation.objects, 'gpupolicy-controller');
		for (const right of rights) given.set(rightName(right), right);
		const mark = cluster.audit.mark();
		const controller = installation.start(...args);
		await controller.leads();
		await scenario(controller, installation);
		assert.equal(await controller.end(), 0);
		const entries = (await cluster.audit.since(mark)).filter((entry) => entry.user.username === user);
		assert.deepEqual([...new Set(entries.flatMap((entry) => refusal(entry) ?? []))], [], 'refused');
		for (const right of rights) if (entries.some((entry) => uses(entry, right))) used.add(rightName(right));
	}

	const says = (cluster: TestCluster, name: string, wanted: RegExp, limitMs = 60_000): Promise<void> =>
		eventually(async () => wanted.test(ready(await read(cluster, name))), `Ready of ${name} is ${wanted}`, limitMs).catch(
			async (error: Error) => {
				throw new Error(`${error.message}: ${JSON.stringify((await read(cluster, name))?.status?.conditions, null, 1)}`);
			},
		);
	const remove = async (cluster: TestCluster, name: string): Promise<void> => {
		const { code, stderr } = await cluster.kubectl(['delete', 'gpol', name, '--timeout=120s']);
		assert.equal(code, 0, stderr);
	};
	const spec = (more: object = {}): object => ({
		mode: 'Enforce',
		devices,
		env,
		workloads: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'jobs' } } },
		nodes: { onForbiddenDevice: 'Taint' },
		...more,
	});

	// First, so that no policy of a test before it still changes the pods that are to deviate.
	it('suffice with remediation: owners of every kind are restarted, pods are evicted', async () => {
		await until(
			'the namespace',
			async () => (await newest.request('POST', '/api/v1/namespaces', { metadata: { name: 'jobs' } })).status < 500,
		);
		await newest.serviceAccount('jobs', 'default');
		await newest.serviceAccount('gone', 'default');
		const owners = [
			['jobs', 'deployments', 'a'],
			['jobs', 'statefulsets', 'b'],
			['jobs', 'daemonsets', 'c'],
			['gone', 'deployments', 'd'],
		] as const;
		for (const [namespace, kind, name] of owners)
			await ok(newest.request('POST', `/apis/apps/v1/namespaces/${namespace}/${kind}`, owner(kind, name)));
		const pods = async (namespace: string) =>
			(await ok(newest.request('GET', `/api/v1/namespaces/${namespace}/pods`))).body.items;
		for (const [namespace, count] of [
			['jobs', 3],
			['gone', 1],
		] as const)
			await until(
				`${count} pods in ${namespace}`,
				async () => {
					const items = await pods(namespace);
					return items.length === count && items.every((pod: { status: { phase: string } }) => pod.status.phase === 'Running');
				},
				60_000,
			);
		await under(newest, ['controller.remediation.enabled=true', 'controller.admission=policy'], async () => {
			const quick = { maxUnavailable: 1, pause: '100ms' };
			const over = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
			await apply(
				newest,
				'restart',
				spec({ workloads: { namespaceSelector: over('jobs'), remediation: { type: 'Restart', ...quick } } }),
			);
			await apply(
				newest,
				'evict',
				spec({ workloads: { namespaceSelector: over('gone'), remediation: { type: 'Evict', ...quick } } }),
			);
			for (const [namespace, kind, name] of owners.slice(0, 3))
				await until(
					`${kind} ${name} is restarted`,
					async () => {
						const { body } = await newest.request('GET', `/apis/apps/v1/namespaces/${namespace}/${kind}/${name}`);
						return body.spec.template.metadata.annotations?.[restartedAnnotation] !== undefined;
					},
					60_000,
				);
			for (const name of ['restart', 'evict'])
				await eventually(
					async () => condition(await read(newest, name), 'WorkloadsConverged') === 'True/InSync',
					`${name} is converged`,
					60_000,
				);
			await remove(newest, 'restart');
			await remove(newest, 'evict');
		});
	});

	it('suffice as they are by default: admission, nodes, a spec that is edited, objects that somebody changes, deletion', async () => {
		await under(newest, [], async () => {
			await apply(newest, 'plain', spec());
			await apply(newest, 'watched', { mode: 'Audit', devices, env, workloads: {}, nodes: {} });
			await says(newest, 'watched', /^True\/AuditOnly$/);
			await says(newest, 'plain', /^(True|False)\//);
			assert.equal(condition(await read(newest, 'plain'), 'AdmissionProgrammed'), 'True/PolicyActive');
			await report(newest, 'n0', { devices: [reported(0, rtx3090), reported(1, rtx5060)] });
			await until('the node is tainted', async () => (await nodeOf(newest, 'n0')).spec.taints?.length > 0);
			await apply(newest, 'plain', spec({ devices: { allow: [{ productName: rtx5060 }] } }));
			await says(newest, 'plain', /^(True|False)\//);
			for (const [resource, edits] of Object.entries(byHand)) for (const edit of edits) await mend(newest, resource, edit);
			await remove(newest, 'plain');
			await remove(newest, 'watched');
		});
	});

	it('suffice where lists are read page by page, for the webhook, and for the clean-up', async () => {
		// In place of its Service, which leads nowhere here.
		const port = await freePort();
		const webhook = [`--webhook-url=https://127.0.0.1:${port}`];
		const scenario = async (controller: RunningController, installation: Installation): Promise<void> => {
			await apply(older, 'plain', spec());
			await says(older, 'plain', /^(True|False)\//);
			assert.equal(condition(await read(older, 'plain'), 'AdmissionProgrammed'), 'True/WebhookActive');
			for (const [path, patches] of Object.entries(ofWebhook)) for (const patch of patches) await mendWebhook(path, patch);
			// Stands in for the Deployment, whose scale the clean-up sets to none.
			await ok(older.request('POST', '/apis/apps/v1/namespaces/gpupolicy-system/deployments', deployment));
			const cleaning = installation.start('--clean-up', ...webhook);
			await cleaning.says(({ msg }) => msg === 'waiting for the controller to stop');
			await controller.end();
			await cleaning.says(({ msg }) => msg.startsWith('cleaned up:'), 60_000);
			assert.equal(await cleaning.ended(), 0);
			for (const path of Object.keys(ofWebhook)) assert.equal((await older.request('GET', path)).status, 404, path);
			await remove(older, 'plain');
		};
		await under(older, ['controller.remediation.enabled=true', `controller.webhookPort=${port}`], scenario, webhook);
	});

	it('suffice without admission and without the management of nodes', async () => {
		await under(newest, ['controller.admission=off', 'controller.nodes.manage=false'], async () => {
			await apply(newest, 'plain', spec());
			await says(newest, 'plain', /^(True|False)\//);
			await remove(newest, 'plain');
		});
	});

	it('are used, each one, in one of these configurations', () => {
		assert.ok(given.size > 50, `${given.size} rights`);
		assert.deepEqual(
			[...given.keys()].filter((name) => !used.has(name)),
			[],
		);
	});

	it('that are not given stall a policy which needs them, and name verb and resource', async () => {
		const installation = await Installation.apply(newest, ['controller.remediation.enabled=false']);
		const controller = installation.start();
		await controller.leads();
		await newest.kubectl(['-n', 'jobs', 'create', '-f', '-'], {
			input: JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', ...owner('deployments', 'late') }),
		});
		await until(
			'its pod',
			async () => (await ok(newest.request('GET', '/api/v1/namespaces/jobs/pods?labelSelector=app=late'))).body.items.length > 0,
			30_000,
		);
		await apply(newest, 'plain', spec({ workloads: { remediation: { type: 'Restart', pause: '100ms' } } }));
		await says(newest, 'plain', /^False\/Forbidden$/);
		const stalled = (await read(newest, 'plain'))?.status?.conditions?.find(({ type }) => type === 'Stalled');
		assert.match(stalled?.message ?? '', /cannot get resource "\w+" in API group/);
		await remove(newest, 'plain');
		assert.equal(await controller.end(), 0);
	});

	/** Somebody edits an object of the policy `plain`; the controller puts it back. */
	async function mend(cluster: TestCluster, resource: string, edit: (spec: Spec) => Spec): Promise<void> {
		const path = `${admission}/${resource}/gpupolicy-env.plain`;
		const before = (await ok(cluster.request('GET', path))).body;
		const change = edit(before.spec);
		const edited = (await ok(cluster.request('PATCH', path, { spec: change }))).body;
		assert.notDeepEqual(edited.spec, before.spec, `${resource}: the edit changes something`);
		await eventually(
			async () => JSON.stringify((await cluster.request('GET', path)).body.spec) === JSON.stringify(before.spec),
			`${resource} is put back after ${JSON.stringify(change)}`,
		);
	}

	/** Somebody edits what the webhook rests on; the controller puts it back, or makes it anew. */
	async function mendWebhook(path: string, patch: readonly object[]): Promise<void> {
		const held = async (): Promise<string> => {
			const { webhooks, data } = (await older.request('GET', path)).body;
			// A certificate that cannot be served any more is replaced, and with it what is trusted.
			return JSON.stringify([webhooks, data]).replaceAll(/"(caBundle|[a-z-]+\.(crt|key))":"[A-Za-z0-9+/]{40,}=*"/g, '"$1":"…"');
		};
		const before = await held();
		await ok(older.request('PATCH', path, patch, { contentType: 'application/json-patch+json' }));
		assert.notEqual(await held(), before, `${path}: the edit changes something`);
		await eventually(async () => (await held()) === before, `${path} is put back after ${JSON.stringify(patch)}`);
	}
});

type Spec = Readonly<Record<string, unknown>>;

/** Edits by resource: of a field that is ours, one that adds what applying does not take away, one that cannot be merged with what is applied. */
const byHand: Readonly<Record<string, readonly ((spec: Spec) => Spec)[]>> = {
	mutatingadmissionpolicies: [() => ({ failurePolicy: 'Fail' }), withCondition],
	mutatingadmissionpolicybindings: [
		() => ({ matchResources: { objectSelector: { matchLabels: { a: 'b' } } } }),
		() => ({ paramRef: { name: 'mine', namespace: 'default', parameterNotFoundAction: 'Allow' } }),
	],
	validatingadmissionpolicies: [() => ({ failurePolicy: 'Ignore' }), withCondition],
	validatingadmissionpolicybindings: [() => ({ validationActions: ['Warn'] })],
};

/** The same for what the webhook rests on, as JSON patches. */
const ofWebhook: Readonly<Record<string, readonly (readonly object[])[]>> = {
	[`${admission}/mutatingwebhookconfigurations/gpupolicy-webhook`]: [
		[{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Fail' }],
		[{ op: 'add', path: '/webhooks/0/matchConditions/-', value: { name: 'mine', expression: 'false' } }],
	],
	'/api/v1/namespaces/gpupolicy-system/configmaps/gpupolicy-env.plain': [
		[{ op: 'replace', path: '/data/demand.json', value: '{}' }],
		[{ op: 'add', path: '/data/mine', value: 'x' }],
	],
	'/api/v1/namespaces/gpupolicy-system/secrets/gpupolicy-webhook': [[{ op: 'replace', path: '/data/tls.crt', value: 'eA==' }]],
};

function withCondition({ matchConditions }: Spec): Spec {
	return { matchConditions: [...((matchConditions ?? []) as readonly unknown[]), { name: 'mine', expression: 'false' }] };
}

function owner(kind: 'deployments' | 'statefulsets' | 'daemonsets', name: string): object {
	return {
		metadata: { name },
		spec: {
			...(kind === 'daemonsets' ? {} : { replicas: 1 }),
			...(kind === 'statefulsets' ? { serviceName: name } : {}),
			selector: { matchLabels: { app: name } },
			template: {
				metadata: { labels: { app: name } },
				spec: {
					nodeName: 'n0',
					terminationGracePeriodSeconds: 0,
					containers: [{ name: 'main', image: 'none', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
				},
			},
		},
	};
}

const deployment = {
	metadata: { name: 'gpupolicy-controller', namespace: 'gpupolicy-system' },
	spec: {
		replicas: 1,
		selector: { matchLabels: { a: 'b' } },
		template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'none' }] } },
	},
};
