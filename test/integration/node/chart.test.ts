import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startCluster, type TestCluster, until } from '../../cluster/index.ts';
import { startNode, type TestNode } from '../../node/index.ts';
import { chart, helm } from '../cluster/install/chart.ts';
import { ok } from '../cluster/nodes/rig.ts';

const account = '/var/run/secrets/kubernetes.io/serviceaccount';
const reports = '/apis/gpupolicy.dev/v1alpha1/gpunodereports';

// A real kubelet takes the DaemonSet's pod, mounts its volumes and tells a container runtime what to make; no program runs in it.
describe('the DaemonSet of the chart on a real kubelet', () => {
	let cluster: TestCluster;
	let node: TestNode;

	before(async () => {
		cluster = await startCluster({ crds: false, components: ['kube-controller-manager', 'kube-scheduler'] });
		node = await startNode(cluster, { name: 'gpu-node-1', labels: { 'nvidia.com/gpu.present': 'true' } });
	});
	after(async () => {
		await node?.stop();
		await cluster?.stop();
	});

	async function install(...values: readonly string[]): Promise<void> {
		const set = values.flatMap((value) => ['--set', value]);
		const args = [
			'upgrade',
			'--install',
			'gpupolicy',
			chart,
			'--namespace',
			'gpupolicy-system',
			'--create-namespace',
			'--reset-values',
		];
		const { code, stderr } = await helm([...args, ...set], cluster.kubeconfig);
		assert.equal(code, 0, stderr);
	}
	/** Containers of the newest pod, as the runtime was told to make them. */
	function created() {
		const all = node.containers().filter(({ namespace }) => namespace === 'gpupolicy-node');
		return all.filter(({ pod }) => pod === all.at(-1)?.pod);
	}
	const events = async (): Promise<string> => {
		const { body } = await cluster.request('GET', '/api/v1/namespaces/gpupolicy-node/events');
		return body.items.map(({ message }: { message: string }) => message).join('\n');
	};
	const creates = (name: string) =>
		until(`container ${name} is created`, () => created().find(({ container }) => container === name), 60_000).catch(
			async (error) => {
				throw new Error(`${error.message}\n${await events()}`);
			},
		);
	/** What a file on the host of the node holds, as its processes see it. */
	async function read(path: string): Promise<string> {
		const name = `read-${path.replaceAll(/\W/g, '')}`.slice(-60);
		await node.run(name, ['/bin/cat', path]);
		return until(`${path} is read`, () => readFileSync(join(node.folder, `${name}.log`), 'utf8').trim() || undefined);
	}

	it('starts with the proxy, and makes neither agent nor plugin before the proxy serves', async () => {
		await install();
		const { mounts } = await creates('device-plugin-proxy');
		const hosts = mounts.filter(({ container }) => !/^\/(etc\/hosts|dev\/)/.test(container)).map(({ host }) => host);
		assert.deepEqual(hosts.sort(), ['/run/gpupolicy', '/var/lib/kubelet/device-plugins']);
		assert.deepEqual(
			created().map(({ container }) => container),
			['device-plugin-proxy'],
		);
	});

	it('gives the agent a token that names its node, by which it may write the report of that node alone', async () => {
		await install('devicePlugin.mode=off');
		const { mounts, env } = await creates('agent');
		assert.deepEqual(env.find(({ name }) => name === 'NODE_NAME')?.value, 'gpu-node-1');
		const folder = mounts.find(({ container }) => container === account)?.host;
		assert.ok(folder, JSON.stringify(mounts));
		const token = await read(`${folder}/token`);
		const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
		assert.equal(claims.sub, 'system:serviceaccount:gpupolicy-node:gpupolicy-agent');
		assert.equal(claims['kubernetes.io'].node.name, 'gpu-node-1');
		assert.match(await read(`${folder}/ca.crt`), /BEGIN CERTIFICATE/);
		assert.equal(await read(`${folder}/namespace`), 'gpupolicy-node');

		for (const name of ['gpu-node-1', 'gpu-node-2'])
			await ok(
				cluster.request('POST', reports, { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuNodeReport', metadata: { name } }),
			);
		const write = (name: string) => {
			const body = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuNodeReport', status: { summary: '1/1' } };
			return cluster.request('PATCH', `${reports}/${name}/status?fieldManager=gpupolicy-agent`, body, {
				as: { token },
				contentType: 'application/apply-patch+yaml',
			});
		};
		await until('the fence is in force', async () => (await write('gpu-node-2')).status === 403);
		assert.match((await write('gpu-node-2')).body.message, /the agent of node gpu-node-1 may not write the report of gpu-node-2/);
		await ok(write('gpu-node-1'));
	});
});
