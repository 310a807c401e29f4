import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { NodeDescription } from '../../../../src/render/cluster/node.ts';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { endAll } from '../../running-command.ts';
import { apply, condition, eventually, namespaces, read, ready } from '../controller/policies.ts';
import { RunningController } from '../controller/running-controller.ts';
import { createNode, ok, only3090, report, reported, rtx3090, rtx5060 } from '../nodes/rig.ts';
import { Command } from './command.ts';

const env = [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }];

describe('a cluster in full', () => {
	let cluster: TestCluster;
	let gpupolicy: Command;
	let mark: ReturnType<TestCluster['audit']['mark']>;

	before(async () => {
		cluster = await startCluster();
		await namespaces(cluster);
		gpupolicy = new Command(cluster);
		await createNode(cluster, 'gpu-1', { gpus: [2] });
		await createNode(cluster, 'gpu-2', { gpus: [1] });
		await new RunningController(cluster).leads(60_000);
		const nodes = { nodes: {}, devices: only3090 };
		await apply(cluster, 'rtx', { mode: 'Enforce', env, workloads: {}, ...nodes });
		await apply(cluster, 'look', { mode: 'Audit', nodes: { selector: { matchLabels: { 'test/node': 'gpu-1' } } } });
		const process = { pid: 7, deviceUuid: reported(1, rtx5060).uuid, name: 'python', namespace: 'ml', pod: 'train' };
		const devices = [reported(0, rtx3090), reported(1, rtx5060)];
		await report(cluster, 'gpu-1', { devices, processes: [process], agentVersion: '0.1.0' });
		const pods = '/api/v1/namespaces/default/pods';
		const gpu = { name: 'main', image: 'none', resources: { limits: { 'nvidia.com/gpu': '1' } } };
		await ok(cluster.request('POST', pods, { metadata: { name: 'plain' }, spec: { nodeName: 'gpu-1', containers: [gpu] } }));
		await eventually(async () => ready(await read(cluster, 'rtx')) === 'False/NodesNonCompliant', 'the verdict', 90_000);
		await eventually(async () => ready(await read(cluster, 'look')).startsWith('True/'), 'the audit', 60_000);
		mark = cluster.audit.mark();
	});
	after(async () => {
		await endAll();
		await cluster?.stop();
	});

	async function stdout(args: readonly string[]): Promise<string> {
		const ran = await gpupolicy.run(args);
		assert.deepEqual({ code: ran.code, stderr: ran.stderr }, { code: 0, stderr: '' }, args.join(' '));
		return ran.stdout;
	}

	it('describes a policy by its conditions, admission, pods, nodes, history and events, and says what to type next', async () => {
		await eventually(async () => /^Events:$/m.test(await stdout(['describe', 'rtx'])), 'an event', 60_000);
		const text = await stdout(['describe', 'rtx']);
		assert.equal(condition(await read(cluster, 'rtx'), 'AdmissionProgrammed'), 'True/PolicyActive');
		for (const line of [
			/^Name: +rtx$/,
			/^Generation: +1 \(observed 1\)$/,
			/^ +Ready +False +NodesNonCompliant /,
			/^ +AdmissionProgrammed +True +PolicyActive .*pod shapes/,
			/^Admission: +AdmissionPolicy \(admissionregistration\.k8s\.io\/v1\), digest [0-9a-f]{12}, seen at work \d+[sm] ago$/,
			/^Pods: +0 of 1 in order, 1 need a restart/,
			/^ +default\/plain\/main {2}pod\/env {2}container main: CUDA_DEVICE_ORDER must be 'PCI_BUS_ID', is not set$/,
			/^Nodes: +0 of 2 compliant, 1 unknown$/,
			/^ +gpu-1\/GPU-1\S+ {2}device\/forbidden /,
			/^ {2}1 \(current\) {2}\S+ {2}first that is kept$/,
			/^ +(Normal|Warning) +\w+ +\d+[sm] +\d+ +\S/,
			/^ {2}gpupolicy plan rtx --context test /,
			/^ {2}gpupolicy describe node gpu-1 --context test /,
		])
			assert.match(text, new RegExp(line.source, 'm'));
		const plugin = await gpupolicy.plugin(['describe', 'rtx']);
		assert.match(plugin.stdout, /^ {2}kubectl gpupolicy plan rtx {2}/m);
		const views = JSON.parse(await stdout(['describe', '-o', 'json'])) as readonly { object: { metadata: { name: string } } }[];
		assert.deepEqual(
			views.map(({ object }) => object.metadata.name),
			['look', 'rtx'],
		);
	});

	it('describes a node by its devices, with the word of each policy on each of them', async () => {
		const text = await stdout(['describe', 'node', 'gpu-1']);
		for (const line of [
			/^Facts: +agent report \(NVML 580\.65\.06\)$/,
			/^Agent: +0\.1\.0, last heard \d+[sm] ago$/,
			/^Compliant: +false$/,
			/^ +INDEX +PRODUCT +MEMORY +EXPOSURE +UUID +look +rtx$/,
			/^ +0 +NVIDIA GeForce RTX 3090 +24 GiB +Exposed +GPU-0\S+ .*allowed: allow\[0\] productName/,
			/^ +1 +NVIDIA GeForce RTX 5060 Ti .*forbidden: matches no allow entry/,
			/^ +look +Audit +Compliant +AllCompliant$/,
			/^ +rtx +Enforce +NonCompliant +ForbiddenDeviceExposed: /,
			/^ +7 +python +GPU-1\S+ +ml\/train$/,
			/^ +default\/plain +rtx: container main: CUDA_DEVICE_ORDER must be /,
		])
			assert.match(text, new RegExp(line.source, 'm'));
		const unknown = JSON.parse(await stdout(['describe', 'node', 'gpu-2', '-o', 'json'])) as NodeDescription;
		assert.deepEqual([unknown.source, unknown.agent, unknown.devices, unknown.label], [null, null, [], null]);
		assert.deepEqual(
			unknown.verdicts.map(({ policy, verdict }) => `${policy} ${verdict}`),
			['rtx Unknown'],
		);
	});

	it('says which versions run there', async () => {
		assert.match(
			await stdout(['version']),
			/^gpupolicy \S+ node v\S+ \S+\nkubernetes v1\.\d+\.\d+ {2}https:\/\/\S+ \(context test\)\n/,
		);
		assert.match(await stdout(['version']), /^controller outside of the cluster; led by \S+$/m);
		assert.match(await stdout(['version']), /^agent 0\.1\.0 on 1 node$/m);
		const labels = { 'app.kubernetes.io/name': 'gpupolicy', 'app.kubernetes.io/component': 'controller' };
		await ok(
			cluster.request('POST', '/apis/apps/v1/namespaces/gpupolicy-system/deployments', {
				metadata: { name: 'gpupolicy-controller', labels: { ...labels, 'app.kubernetes.io/version': '9.9.9' } },
				spec: {
					replicas: 2,
					selector: { matchLabels: labels },
					template: {
						metadata: { labels },
						spec: { containers: [{ name: 'controller', image: 'host:5000/gpupolicy:9.9.8@sha256:aa' }] },
					},
				},
			}),
		);
		const text = await stdout(['version']);
		assert.match(text, /^controller 9\.9\.8 {2}gpupolicy-system\/gpupolicy-controller, 0 of 2 ready; led by /m);
		assert.match(text, /^note: 9\.9\.8 is not the version of this client, /m);
		const { cluster: found } = JSON.parse(await stdout(['version', '-o', 'json']));
		assert.deepEqual(found.agents, [{ version: '0.1.0', nodes: 1 }]);
		// Whoever may read less is told less.
		const ann = await gpupolicy.as(cluster.kubeconfigFor(cluster.user('ann'))).run(['version']);
		assert.equal(ann.code, 0);
		assert.match(ann.stdout, /^not read: our account may not list deployments\.apps/m);
		assert.match((await gpupolicy.plain(['version'])).stdout, /^gpupolicy \S+ node \S+ \S+\n$/);
	});

	it('is only looked at', async () => {
		const own = (await cluster.audit.since(mark)).filter((entry) => entry.userAgent?.includes('(command line)') === true);
		assert.ok(own.length > 20);
		assert.deepEqual(own.filter(isWrite), []);
	});

	it('is asked for in words that fit together', async () => {
		const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
			[['describe', 'rxt'], 1, /"rxt" not found \[GP2006\]\n {2}did you mean "rtx"\?/],
			[['describe', 'node', 'gpu1'], 1, /nodes "gpu1" not found \[GP2006\]\n {2}did you mean "gpu-1"\?/],
			[['describe', 'rtx', 'gpu-1'], 64, /Unexpected argument: gpu-1 \[GP2000\]/],
			[['describe', '-C', '.'], 64, /\[GP2018\]/],
		];
		for (const [args, code, message] of cases) {
			const ran = await gpupolicy.run(args);
			assert.match(ran.stderr, message, args.join(' '));
			assert.equal(ran.code, code, args.join(' '));
		}
		const { stderr } = await gpupolicy.plain(['describe', 'node', 'gpu-1']);
		assert.match(stderr, /there is no report of gpu-1: .* \[GP4403\]\n.* a node of a cluster needs --context or --kubeconfig/);
	});
});
