import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Answer, startCluster, type TestCluster, until } from '../../../cluster/index.ts';
import { endAll } from '../../running-command.ts';
import { apply, condition, eventually, read, ready } from '../controller/policies.ts';
import { RunningController } from '../controller/running-controller.ts';
import { createNode, nodeOf, ok, report, reported, rtx3090, rtx5060 } from '../nodes/rig.ts';
import { chart, helm, root } from './chart.ts';
import { everything } from './everything.ts';

const system = 'gpupolicy-system';
const name = 'gpupolicy-controller';
const apps = `/apis/apps/v1/namespaces/${system}`;
const spec = {
	mode: 'Enforce',
	devices: { allow: [{ productName: rtx3090 }], deny: [{ productName: rtx5060 }] },
	env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }],
	workloads: {},
	nodes: { onForbiddenDevice: 'Taint' },
};

// No scheduler and no kubelet: the pods of the controller stay as they were admitted, and the test runs what they would.
describe('an installation', () => {
	let cluster: TestCluster;
	let untouched: readonly string[];

	before(async () => {
		cluster = await startCluster({ crds: false, components: ['kube-controller-manager'] });
		await createNode(cluster, 'n0');
		await until('the cluster has what it makes for itself', async () => {
			const names = await everything(cluster);
			return names.includes('serviceaccounts default/default') && names.includes('configmaps kube-system/kube-root-ca.crt');
		});
		untouched = await settled();
	});
	after(async () => {
		await endAll();
		await cluster?.stop();
	});
	afterEach(() => endAll('SIGTERM'));

	/** Everything there is, once it stays as it is for a while. */
	async function settled(): Promise<readonly string[]> {
		let last: readonly string[] = [];
		let since = performance.now();
		await until(
			'nothing comes or goes any more',
			async () => {
				const now = await everything(cluster);
				if (JSON.stringify(now) !== JSON.stringify(last)) [last, since] = [now, performance.now()];
				return performance.now() - since > 1_000;
			},
			60_000,
		);
		return last;
	}
	/** Nothing that was there is missing, and of what came since nothing is left but this, once what ends has ended. */
	async function isLeft(...expected: readonly string[]): Promise<void> {
		let found: { readonly left: readonly string[]; readonly missing: readonly string[] };
		const limit = performance.now() + 120_000;
		do {
			const now = await settled();
			found = { left: now.filter((one) => !untouched.includes(one)), missing: untouched.filter((one) => !now.includes(one)) };
		} while (JSON.stringify(found) !== JSON.stringify({ left: expected, missing: [] }) && performance.now() < limit);
		assert.deepEqual(found, { left: expected, missing: [] });
	}
	const run = async (...args: readonly string[]): Promise<string> => {
		const { code, stdout, stderr } = await helm(args, cluster.kubeconfig);
		assert.equal(code, 0, `helm ${args.join(' ')}: ${stderr}`);
		return stdout;
	};
	const kubectl = async (...args: readonly string[]): Promise<string> => {
		const { code, stdout, stderr } = await cluster.kubectl(args);
		assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
		return stdout;
	};
	const get = (path: string): Promise<Answer> => ok(cluster.request('GET', path));

	/** As the pod of a Deployment or a Job would run it: the same arguments, as the same account. */
	async function startAs(template: PodTemplate): Promise<RunningController> {
		assert.equal(template.spec.serviceAccountName, name);
		const [, ...args] = template.spec.containers[0]?.args ?? [];
		return new RunningController(cluster, {
			kubeconfig: cluster.kubeconfigFor(await cluster.serviceAccount(system, name)),
			args: args.filter((arg) => !arg.startsWith('--bind-address')),
		});
	}
	async function controller(): Promise<RunningController> {
		const { body } = await get(`${apps}/deployments/${name}`);
		const started = await startAs(body.spec.template);
		await started.leads();
		return started;
	}
	/** What of the node anybody may have marked. */
	async function marks(): Promise<string> {
		const { metadata, spec } = await nodeOf(cluster, 'n0');
		return JSON.stringify([metadata.labels, metadata.annotations, spec.taints]);
	}
	/** A policy in force that has left its traces everywhere. */
	async function inForce(policy: string): Promise<void> {
		await apply(cluster, policy, spec);
		await report(cluster, 'n0', { devices: [reported(0, rtx3090), reported(1, rtx5060)] });
		await until('the node is tainted', async () => (await marks()).includes('gpupolicy.dev/forbidden-device'), 60_000);
		await eventually(
			async () => condition(await read(cluster, policy), 'AdmissionProgrammed') === 'True/PolicyActive',
			'the policy is in force',
			60_000,
		);
		await eventually(async () => ready(await read(cluster, policy)) === 'False/NodesNonCompliant', 'the verdict', 60_000);
	}
	/** Namespaces with the levels of pod security that they enforce; pods of the controller as they were admitted. */
	async function stands(replicas: number): Promise<void> {
		const { items } = (await get('/api/v1/namespaces')).body as {
			items: { metadata: { name: string; labels: Record<string, string> } }[];
		};
		assert.deepEqual(
			items
				.filter(({ metadata }) => metadata.name.startsWith('gpupolicy'))
				.map(({ metadata }) => [metadata.name, metadata.labels['pod-security.kubernetes.io/enforce']]),
			[
				['gpupolicy-node', 'privileged'],
				['gpupolicy-probe', 'privileged'],
				[system, 'restricted'],
			],
		);
		await until(
			`${replicas} pods of the controller`,
			async () => (await get(`/api/v1/namespaces/${system}/pods`)).body.items.length === replicas,
		);
		const { body: budget } = await get(`/apis/policy/v1/namespaces/${system}/poddisruptionbudgets/${name}`);
		assert.equal(budget.spec.maxUnavailable, 1);
		const { body: network } = await get(`/apis/networking.k8s.io/v1/namespaces/${system}/networkpolicies/${name}`);
		assert.deepEqual(network.spec.policyTypes, ['Ingress', 'Egress']);
		const { body: pods } = await get(`/api/v1/namespaces/${system}/pods`);
		for (const { metadata } of pods.items)
			for (const [label, value] of Object.entries(network.spec.podSelector.matchLabels))
				assert.equal(metadata.labels[label], value);
		const refused = await cluster.request('POST', `/api/v1/namespaces/${system}/pods?dryRun=All`, {
			metadata: { name: 'other' },
			spec: { containers: [{ name: 'c', image: 'none' }] },
		});
		assert.match(`${refused.status} ${refused.body.message}`, /^403 .*violates PodSecurity "restricted:latest"/);
	}

	it('by helm stands as restricted pods in a namespace that demands it, and brings a policy into force', async () => {
		await kubectl('create', 'namespace', system);
		await kubectl('label', 'namespace', system, 'pod-security.kubernetes.io/enforce=restricted');
		await run('install', 'gpupolicy', chart, '--namespace', system);
		await kubectl(
			'wait',
			'--for=condition=Established',
			'crd/gpupolicies.gpupolicy.dev',
			'crd/gpunodereports.gpupolicy.dev',
			'--timeout=120s',
		);
		await stands(2);
		await controller();
		await inForce('kept');
	});

	it('takes on further rights by an upgrade, and the policy in force is not touched by it', async () => {
		const admission = '/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies/gpupolicy-env.kept';
		const before = (await get(admission)).body.metadata;
		await run(
			'upgrade',
			'gpupolicy',
			chart,
			'--namespace',
			system,
			'--set',
			'controller.remediation.enabled=true,controller.replicas=3',
		);
		await stands(3);
		const started = await controller();
		await eventually(async () => ready(await read(cluster, 'kept')) === 'False/NodesNonCompliant', 'the verdict', 60_000);
		assert.equal((await get(admission)).body.metadata.resourceVersion, before.resourceVersion);
		assert.deepEqual(
			started.lines.filter(({ level }) => level === 'error'),
			[],
		);
	});

	it('is gone after helm uninstall: nothing of ours is left but the policies and their CRDs, as the chart says', async () => {
		const running = await controller();
		const uninstalling = helm(['uninstall', 'gpupolicy', '--namespace', system], cluster.kubeconfig);
		const job = `/apis/batch/v1/namespaces/${system}/jobs/gpupolicy-clean-up`;
		await until('helm makes the Job', async () => (await cluster.request('GET', job)).status === 200, 60_000);
		const cleaning = await startAs((await get(job)).body.spec.template);
		await until(
			'the Job scales the Deployment to none',
			async () => (await get(`${apps}/deployments/${name}`)).body.spec.replicas === 0,
			60_000,
		);
		assert.equal(await running.end(), 0);
		assert.equal(await cleaning.ended(), 0, JSON.stringify(cleaning.lines));
		await succeed('gpupolicy-clean-up');
		const { code, stderr } = await uninstalling;
		assert.equal(code, 0, stderr);

		const held = await read(cluster, 'kept');
		assert.deepEqual([held?.metadata.finalizers, held?.status], [undefined, undefined]);
		assert.deepEqual(Object.keys(held?.metadata.annotations ?? {}), ['kubectl.kubernetes.io/last-applied-configuration']);
		assert.doesNotMatch(await marks(), /gpupolicy/);
		assert.equal((await cluster.request('GET', `/apis/coordination.k8s.io/v1/namespaces/${system}/leases/${name}`)).status, 404);
		// What helm was asked to keep, and the namespace that it did not make, go by hand.
		await isLeft(
			`configmaps ${system}/kube-root-ca.crt`,
			'customresourcedefinitions.apiextensions.k8s.io gpunodereports.gpupolicy.dev',
			'customresourcedefinitions.apiextensions.k8s.io gpupolicies.gpupolicy.dev',
			'gpupolicies.gpupolicy.dev kept',
			`namespaces ${system}`,
			`serviceaccounts ${system}/default`,
		);
		await kubectl('delete', 'namespace', system);
		await kubectl('delete', 'crd', 'gpupolicies.gpupolicy.dev', 'gpunodereports.gpupolicy.dev', '--timeout=120s');
		await isLeft();
	});

	it('by kubectl apply -k stands the same, and kubectl delete -k leaves nothing once the policies are deleted', async () => {
		const manifests = join(root, 'manifests');
		await kubectl('apply', '-k', manifests);
		await stands(2);
		// kubectl patches the selector of a PodDisruptionBudget each time, changed or not.
		const again = (await kubectl('apply', '-k', manifests))
			.split('\n')
			.filter((line) => !/^$|unchanged|^poddisruptionbudget/.test(line));
		assert.deepEqual(again, []);
		const running = await controller();
		await inForce('short');
		await kubectl('delete', 'gpol', '--all', '--timeout=120s');
		await kubectl('delete', '-k', manifests, '--timeout=120s');
		await running.end('SIGKILL');
		assert.doesNotMatch(await marks(), /gpupolicy/);
		await isLeft();
	});

	/** As the kubelet, when a pod of a Job has ended well. */
	async function succeed(job: string): Promise<void> {
		const pods = `/api/v1/namespaces/${system}/pods`;
		const pod = await until(`the pod of ${job}`, async (): Promise<string | undefined> => {
			const { body } = await get(`${pods}?labelSelector=batch.kubernetes.io/job-name=${job}`);
			return body.items[0]?.metadata.name;
		});
		await ok(cluster.request('PATCH', `${pods}/${pod}/status`, { status: { phase: 'Succeeded' } }));
	}
});

interface PodTemplate {
	readonly spec: { readonly serviceAccountName: string; readonly containers: readonly { readonly args: readonly string[] }[] };
}
