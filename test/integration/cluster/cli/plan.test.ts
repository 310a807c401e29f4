import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ClusterCheck } from '../../../../src/render/cluster/check.ts';
import type { ClusterPlan } from '../../../../src/render/cluster/plan.ts';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { freePort } from '../../../cluster/ports.ts';
import { endAll } from '../../running-command.ts';
import { apply, condition, eventually, namespaces, owned, read } from '../controller/policies.ts';
import { RunningController } from '../controller/running-controller.ts';
import { createNode, nodeOf, ok, rtx5060, slice } from '../nodes/rig.ts';
import { Command } from './command.ts';

const env = [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }];
const spec = {
	mode: 'Enforce',
	env,
	devices: { deny: [{ productName: rtx5060 }] },
	workloads: {
		namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ml' } },
		remediation: { type: 'Restart', pause: '1s' },
		bypass: 'Deny',
	},
	nodes: { selector: { matchLabels: { gpu: 'yes' } }, onForbiddenDevice: 'Taint' },
};
const manifest = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: 'rtx' }, spec };
const taint = 'gpupolicy.dev/forbidden-device';

describe('what would happen in a cluster', () => {
	let cluster: TestCluster;
	let gpupolicy: Command;
	let file: string;

	before(async () => {
		cluster = await startCluster({ components: ['kube-controller-manager'] });
		await namespaces(cluster);
		gpupolicy = new Command(cluster);
		file = join(cluster.folder, 'policies', 'rtx.gpupolicy.yaml');
		mkdirSync(join(cluster.folder, 'policies'));
		writeFileSync(file, JSON.stringify(manifest));
		await ok(cluster.request('POST', '/api/v1/namespaces', { metadata: { name: 'ml' } }));
		const gpu = { resources: { limits: { 'nvidia.com/gpu': '1' } }, image: 'none' };
		const wrong = [{ name: 'CUDA_DEVICE_ORDER', value: 'FASTEST_FIRST' }];
		await createWhenReady('/apis/apps/v1/namespaces/ml/deployments', {
			metadata: { name: 'train' },
			spec: {
				replicas: 2,
				selector: { matchLabels: { app: 'train' } },
				template: { metadata: { labels: { app: 'train' } }, spec: { containers: [{ name: 'main', ...gpu }] } },
			},
		});
		const pods = '/api/v1/namespaces/ml/pods';
		await createWhenReady(pods, { metadata: { name: 'bare' }, spec: { containers: [{ name: 'main', ...gpu, env: wrong }] } });
		await createWhenReady(pods, { metadata: { name: 'right' }, spec: { containers: [{ name: 'main', ...gpu, env }] } });
		await createWhenReady(pods, {
			metadata: { name: 'root' },
			spec: { containers: [{ name: 'main', image: 'none', securityContext: { privileged: true } }] },
		});
		const labels = { gpu: 'yes', 'nvidia.com/gpu.count': '1' };
		await createNode(cluster, 'good', { labels: { ...labels, 'nvidia.com/gpu.product': 'NVIDIA-GeForce-RTX-3090' }, gpus: [1] });
		await createNode(cluster, 'bad', {
			labels: { ...labels, 'nvidia.com/gpu.product': 'NVIDIA-GeForce-RTX-5060-Ti' },
			gpus: [1],
		});
		await createNode(cluster, 'other');
		await eventually(async () => (await cluster.request('GET', pods)).body.items.length === 5, 'the pods are there', 60_000);
	});
	after(async () => {
		await endAll();
		await cluster?.stop();
	});

	/** The service account of a namespace comes a moment after it. */
	async function createWhenReady(path: string, body: object): Promise<void> {
		await eventually(async () => (await cluster.request('POST', path, body)).status === 201, path, 60_000);
	}

	async function plan(args: readonly string[]): Promise<ClusterPlan> {
		const { code, stdout, stderr } = await gpupolicy.run(['plan', ...args, '-o', 'json']);
		assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, args.join(' '));
		return JSON.parse(stdout) as ClusterPlan;
	}

	async function check(args: readonly string[] = []): Promise<ClusterCheck & { readonly code: number | null }> {
		const { code, stdout, stderr } = await gpupolicy.run(['check', ...args, '-o', 'json']);
		assert.equal(stderr, '');
		return { ...(JSON.parse(stdout) as ClusterCheck), code };
	}

	/** `name: change` of the admission objects of the one policy. */
	function changes({ policies }: ClusterPlan): string[] {
		return (policies[0]?.admission ?? []).map(({ kind, name, change }) => `${change} ${kind}/${name}`).sort();
	}

	let planned: ClusterPlan;

	it('is told of a manifest before anything is applied, and nothing is written', async () => {
		const mark = cluster.audit.mark();
		planned = await plan(['-f', file]);
		const [policy] = planned.policies;
		assert.deepEqual([policy?.name, policy?.mode, policy?.problems], ['rtx', 'Enforce', []]);
		assert.deepEqual(
			policy?.pods?.owners.map(({ owner, pods, action, because, admission }) => [owner, pods.length, action, because, admission]),
			[
				['Deployment ml/train', 2, 'Restart', null, 'Mutated'],
				['Pod ml/bare', 1, 'Report', 'nothing replaces it', 'Mutated'],
				['Pod ml/root', 1, 'Keep', null, 'Denied'],
			],
		);
		assert.deepEqual([policy?.pods?.selected, policy?.pods?.compliant], [4, 1]);
		assert.match(policy?.pods?.owners[1]?.messages.join() ?? '', /CUDA_DEVICE_ORDER must be 'PCI_BUS_ID', is 'FASTEST_FIRST'/);
		// Three parts of env and bypass, two of claims: each with a binding for pods and one for probes.
		assert.equal(policy?.admission.length, 15);
		assert.ok(policy?.admission.every(({ change, diff }) => change === 'Create' && diff.startsWith('--- ')));
		assert.deepEqual(
			planned.nodes.map(({ node, label, addedTaints }) => [node, label, addedTaints.length]),
			[
				['bad', 'false', 1],
				['good', 'true', 0],
			],
		);
		const text = await gpupolicy.run(['plan', '-f', file, '--diff', '--exit-code']);
		assert.equal(text.code, 2);
		assert.match(text.stdout, /^ {4}~ Deployment ml\/train {2}2 pods: would be restarted; new ones are changed$/m);
		assert.match(text.stdout, /^ {4}! Pod ml\/root {2}1 pod: in order; new ones are refused$/m);
		assert.match(text.stdout, /^ {4}\+ MutatingAdmissionPolicy gpupolicy-env\.rtx$/m);
		assert.match(text.stdout, /^\+kind: MutatingAdmissionPolicy$/m);
		assert.match(
			text.stdout,
			new RegExp(`^ {2}~ bad {2}label compliant=false, \\+ taint ${taint}:NoSchedule {2}\\(rtx\\)$`, 'm'),
		);
		assert.match(text.stdout, /^Nothing was written\.$/m);
		const own = (await cluster.audit.since(mark)).filter((entry) => entry.userAgent?.includes('(command line)') === true);
		assert.ok(own.length > 10);
		assert.deepEqual(own.filter(isWrite), []);
	});

	it('is what the controller then does', async () => {
		assert.equal((await check(['-f', file])).code, 2);
		await apply(cluster, 'rtx', spec);
		await new RunningController(cluster).leads(60_000);
		await eventually(
			async () => condition(await read(cluster, 'rtx'), 'AdmissionProgrammed') === 'True/PolicyActive',
			'admission is programmed',
			90_000,
		);
		await eventually(
			async () => (await nodeOf(cluster, 'bad')).spec.taints?.some(({ key }: { key: string }) => key === taint),
			'a taint',
			60_000,
		);
		const made = (await owned(cluster)).filter((name) => name.includes('admission') && !name.includes('canary'));
		assert.deepEqual(
			made.map((name) => name.slice(name.indexOf('/') + 1)).sort(),
			changes(planned)
				.map((line) => line.slice(line.indexOf('/') + 1))
				.sort(),
		);
		const restarted = async (): Promise<string> =>
			(await cluster.request('GET', '/apis/apps/v1/namespaces/ml/deployments/train')).body.spec.template.metadata.annotations?.[
				'gpupolicy.dev/restartedAt'
			] ?? '';
		// Pods do not run here, so that the owner is never available and left until it is: the plan says what it would do.
		assert.equal(await restarted(), '');
		const now = await plan([]);
		assert.deepEqual([...new Set(changes(now).map((line) => line.split(' ')[0]))], ['InOrder']);
		assert.deepEqual(now.nodes, []);
		assert.equal((await nodeOf(cluster, 'bad')).metadata.labels['gpupolicy.dev/compliant'], 'false');
	});

	it('is shown as if the mode were another', async () => {
		const audit = await plan(['rtx', '--as-mode', 'Audit']);
		const [policy] = audit.policies;
		assert.deepEqual([policy?.mode, policy?.insteadOf], ['Audit', 'Enforce']);
		assert.deepEqual(
			policy?.pods?.owners.map(({ owner, action, admission }) => [owner, action, admission]),
			[
				['Deployment ml/train', 'Report', 'Warned'],
				['Pod ml/bare', 'Report', 'Warned'],
				['Pod ml/root', 'Keep', 'Warned'],
			],
		);
		assert.deepEqual(
			changes(audit).filter((line) => line.startsWith('Delete')),
			[
				'Delete MutatingAdmissionPolicy/gpupolicy-claims.rtx',
				'Delete MutatingAdmissionPolicy/gpupolicy-env.rtx',
				'Delete MutatingAdmissionPolicyBinding/gpupolicy-claims-probe.rtx',
				'Delete MutatingAdmissionPolicyBinding/gpupolicy-claims.rtx',
				'Delete MutatingAdmissionPolicyBinding/gpupolicy-env-probe.rtx',
				'Delete MutatingAdmissionPolicyBinding/gpupolicy-env.rtx',
			],
		);
		assert.match(policy?.admission.find(({ change }) => change === 'Update')?.diff ?? '', /^@@ /m);
		assert.deepEqual(
			audit.nodes.map(({ node, label, removedTaints }) => [node, label, removedTaints.length]),
			[
				['bad', null, 1],
				['good', null, 0],
			],
		);
		assert.deepEqual((await plan(['--as-mode', 'Enforce'])).policies[0]?.insteadOf, null);
	});

	it('names policies that contradict each other, and those that cannot be carried out', async () => {
		const other = { ...manifest, metadata: { name: 'other' }, spec: { ...spec, env: [{ ...env[0], value: 'FASTEST_FIRST' }] } };
		const input = JSON.stringify(other);
		const { code, stdout } = await gpupolicy.run(['plan', '-f', '-', '-o', 'json'], { input });
		assert.equal(code, 0);
		const { policies } = JSON.parse(stdout) as ClusterPlan;
		assert.deepEqual(
			policies.map(({ name }) => name),
			['other'],
		);
		assert.match(policies[0]?.problems.join() ?? '', /other wants CUDA_DEVICE_ORDER="FASTEST_FIRST", rtx wants "PCI_BUS_ID"/);
		// Env is neither's, and claims are kept to the devices of both.
		assert.ok(policies[0]?.admission.every(({ name }) => name.startsWith('gpupolicy-claims')));
		const broken = await gpupolicy.run(['plan', '-f', '-'], { input: JSON.stringify({ ...manifest, spec: { mode: 'Never' } }) });
		assert.equal(broken.code, 1);
		assert.match(broken.stderr, /\[GP2004\]/);
	});

	it('is checked with the exit codes of a local check', async () => {
		const found = await check();
		assert.equal(found.code, 2);
		assert.equal(found.exitCode, 2);
		assert.deepEqual(
			found.findings
				.filter(({ rule }) => rule !== 'policy/stalled')
				.map(({ rule, place, severity }) => `${severity} ${rule} ${place.replace(/train-\w+-\w+/, 'train')}`),
			[
				'finding device/forbidden bad/NVIDIA-GeForce-RTX-5060-Ti',
				'finding pod/env ml/bare/main',
				'finding pod/bypass ml/root/main',
				'finding pod/env ml/train/main',
				'finding pod/env ml/train/main',
			],
		);
		assert.deepEqual(found.policies[0]?.nodes, { total: 2, compliant: 1, unknown: 0 });
		const text = await gpupolicy.plugin(['check']);
		assert.equal(text.code, 2);
		assert.match(text.stdout, /^ml\/bare\/main: pod\/env {2}container main: CUDA_DEVICE_ORDER must be 'PCI_BUS_ID'/m);
		assert.match(text.stdout, /^1 policy: 1 of 4 pods in order, 1 of 2 nodes compliant, 0 unknown, \d+ findings\.$/m);
		// Policies of their own, as if applied: all in order, and one node of which nothing is known.
		const asIf = async (more: object) => {
			const input = JSON.stringify({ ...manifest, metadata: { name: 'as-if' }, spec: { mode: 'Audit', ...more } });
			return (await gpupolicy.run(['check', '-f', '-'], { input })).code;
		};
		assert.equal(await asIf({ nodes: { selector: { matchLabels: { 'test/node': 'good' } } } }), 0);
		assert.equal(await asIf({ nodes: { selector: { matchLabels: { 'test/node': 'other' } } } }), 3);
		assert.equal(await asIf({ devices: spec.devices, nodes: {} }), 2);
	});

	it('keeps to a namespace, with rights in that namespace only', async () => {
		const elsewhere = await plan(['-n', 'default']);
		assert.deepEqual(elsewhere.policies[0]?.pods, { selected: 0, compliant: 0, exempt: 0, owners: [] });
		const ann = gpupolicy.as(cluster.kubeconfigFor(cluster.user('ann')));
		const all = ['get', 'list', 'watch'];
		const kinds = 'gpupolicies.gpupolicy.dev,gpunodereports.gpupolicy.dev,nodes';
		const admission =
			'mutatingadmissionpolicies,mutatingadmissionpolicybindings,validatingadmissionpolicies,validatingadmissionpolicybindings';
		const dra = 'resourceslices.resource.k8s.io,resourceclaims.resource.k8s.io,deviceclasses.resource.k8s.io';
		for (const args of [
			['clusterrole', 'look', '--verb', all.join(), '--resource', `${kinds},${admission},${dra}`],
			['clusterrolebinding', 'look', '--clusterrole=look', '--user=ann'],
			['clusterrole', 'one', '--verb', all.join(), '--resource', 'namespaces', '--resource-name', 'ml'],
			['clusterrolebinding', 'one', '--clusterrole=one', '--user=ann'],
			['rolebinding', 'view', '-n', 'ml', '--clusterrole=view', '--user=ann'],
		]) {
			const made = await cluster.kubectl(['create', ...args]);
			assert.equal(made.code, 0, made.stderr);
		}
		await eventually(async () => (await ann.run(['plan', '-n', 'ml'])).code === 0, 'the rights reach', 60_000);
		const refused = await ann.run(['plan']);
		assert.equal(refused.code, 1);
		assert.match(
			refused.stderr,
			/may not (list|watch) [a-z.]+: .*\[GP4301\]\n {2}an administrator grants it: kubectl create clusterrole /,
		);
	});

	it('tells of a pod whose resource claim holds a forbidden device', async () => {
		const claims = '/apis/resource.k8s.io/v1/namespaces/ml/resourceclaims';
		const { body: pod } = await ok(cluster.request('GET', '/api/v1/namespaces/ml/pods/right'));
		const requests = [{ name: 'gpu', exactly: { deviceClassName: 'any' } }];
		await ok(cluster.request('POST', claims, { metadata: { name: 'alone' }, spec: { devices: { requests } } }));
		await slice(cluster, 'bad', [{ name: 'gpu-0', uuid: 'GPU-x', productName: rtx5060 }]);
		const results = [{ request: 'gpu', driver: 'gpu.nvidia.com', pool: 'bad', device: 'gpu-0' }];
		const reservedFor = [{ resource: 'pods', name: 'right', uid: pod.metadata.uid }];
		const patch = { status: { allocation: { devices: { results } }, reservedFor } };
		const options = { contentType: 'application/merge-patch+json' };
		await ok(cluster.request('PATCH', `${claims}/alone/status`, patch, options));
		const found = (await check()).findings.find(({ rule }) => rule === 'pod/device');
		assert.equal(found?.place, 'ml/right/alone');
		assert.match(
			found?.message ?? '',
			/resource claim alone holds gpu-0 of bad \(NVIDIA GeForce RTX 5060 Ti\), which is forbidden/,
		);
		const owner = (await plan([])).policies[0]?.pods?.owners.find((one) => one.owner === 'Pod ml/right');
		assert.deepEqual(
			[owner?.action, owner?.because],
			[
				'Report',
				'it holds the device by a claim that outlives it or that admission does not govern, or around the device plugin',
			],
		);
	});

	it('is what the webhook is told, where it changes the pods', async () => {
		await endAll();
		const port = await freePort();
		const address = `127.0.0.1:${port}`;
		const args = ['--admission', 'webhook', '--webhook-bind-address', address, '--webhook-url', `https://${address}`];
		await new RunningController(cluster, { args }).leads(60_000);
		await eventually(
			async () => condition(await read(cluster, 'rtx'), 'AdmissionProgrammed') === 'True/WebhookActive',
			'the webhook is in force',
			90_000,
		);
		const now = changes(await plan([]));
		assert.ok(now.includes('InOrder ConfigMap/gpupolicy-env.rtx'), now.join('\n'));
		assert.deepEqual([...new Set(now.map((line) => line.split(' ')[0]))], ['InOrder'], now.join('\n'));
		const other = JSON.stringify({
			...manifest,
			spec: { ...spec, env: [{ name: 'CUDA_DEVICE_ORDER', value: 'FASTEST_FIRST' }] },
		});
		writeFileSync(file, other);
		const { stdout } = await gpupolicy.run(['plan', '-f', file, '--diff']);
		assert.match(stdout, /^ {4}~ ConfigMap gpupolicy-env\.rtx$/m);
		assert.match(stdout, /^\+.*FASTEST_FIRST/m);
	});

	it('is asked for in words that fit together', async () => {
		const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
			[['plan', 'rxt'], 1, /"rxt" not found \[GP2006\]\n {2}did you mean "rtx"\?/],
			[['plan', '--prune'], 64, /--prune speaks of a repo.*\[GP2018\]/],
			[['plan', '-n', 'ml', '-A'], 64, /\[GP2000\]/],
			[['plan', '-C', '.'], 64, /\[GP2000\]/],
			[['check', '-o', 'sarif'], 64, /\[GP2000\]/],
			[['check', '-f', '/nonexistent.yaml'], 1, /\[GP\d{4}\]/],
		];
		for (const [args, code, message] of cases) {
			const ran = await gpupolicy.run(args);
			assert.match(ran.stderr, message, args.join(' '));
			assert.equal(ran.code, code, args.join(' '));
		}
		for (const args of [
			['plan', 'rtx'],
			['plan', '--as-mode', 'Audit'],
			['check', '-A'],
		]) {
			const ran = await gpupolicy.plain(args);
			assert.equal(ran.code, 64, args.join(' '));
			assert.match(ran.stderr, /needs a cluster \[GP2017\]/);
		}
	});
});
