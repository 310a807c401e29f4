import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCluster, type TestCluster, until } from '../../../cluster/index.ts';
import { ok } from '../nodes/rig.ts';
import { chart, helm } from './chart.ts';

/** What matters here of the DaemonSet that the GPU operator makes of its device plugin. */
const pluginPod = {
	containers: [
		{
			name: 'nvidia-device-plugin',
			image: 'nvcr.io/nvidia/k8s-device-plugin:v0.19.3',
			volumeMounts: [{ name: 'device-plugin', mountPath: '/var/lib/kubelet/device-plugins' }],
		},
	],
	volumes: [
		{ name: 'run-nvidia-validations', hostPath: { path: '/run/nvidia/validations', type: 'DirectoryOrCreate' } },
		{ name: 'device-plugin', hostPath: { path: '/var/lib/kubelet/device-plugins', type: '' } },
		{ name: 'cdi-root', hostPath: { path: '/var/run/cdi', type: 'DirectoryOrCreate' } },
	],
};
/** GPU feature discovery comes in the same image, and registers nothing. */
const discoveryPod = {
	containers: [{ name: 'gpu-feature-discovery', image: 'nvcr.io/nvidia/k8s-device-plugin:v0.19.3' }],
	volumes: [{ name: 'features', hostPath: { path: '/etc/kubernetes/node-feature-discovery/features.d' } }],
};

describe('the chart beside a device plugin of somebody else', () => {
	let cluster: TestCluster;

	before(async () => {
		cluster = await startCluster({ crds: false });
		for (const name of ['gpu-operator', 'gpupolicy-system', 'other'])
			await ok(cluster.request('POST', '/api/v1/namespaces', { metadata: { name } }));
		await daemonSet('nvidia-device-plugin-daemonset', pluginPod, 0);
		await daemonSet('gpu-feature-discovery', discoveryPod, 2);
	});
	after(() => cluster?.stop());

	async function daemonSet(name: string, spec: object, nodes: number): Promise<void> {
		const path = '/apis/apps/v1/namespaces/gpu-operator/daemonsets';
		const labels = { app: name };
		await ok(
			cluster.request('POST', path, {
				metadata: { name },
				spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
			}),
		);
		await runsOn(name, nodes);
	}
	/** As the controller of DaemonSets counts. */
	async function runsOn(name: string, nodes: number): Promise<void> {
		const counts = { desiredNumberScheduled: nodes, currentNumberScheduled: nodes, numberMisscheduled: 0, numberReady: nodes };
		await ok(cluster.request('PATCH', `/apis/apps/v1/namespaces/gpu-operator/daemonsets/${name}/status`, { status: counts }));
	}
	const install = (...args: readonly string[]) =>
		helm(['upgrade', '--install', 'gpupolicy', chart, '--namespace', 'gpupolicy-system', ...args], cluster.kubeconfig);

	it('refuses to run a second one, and says which runs and what to set', async () => {
		await runsOn('nvidia-device-plugin-daemonset', 2);
		const { code, stderr } = await install();
		assert.notEqual(code, 0);
		assert.match(
			stderr,
			/gpu-operator\/nvidia-device-plugin-daemonset .*devicePlugin\.mode=proxy-only.*devicePlugin\.enabled=false/,
		);
	});

	it('runs its own where the other runs on no node, whatever else comes in its image', async () => {
		await runsOn('nvidia-device-plugin-daemonset', 0);
		const { code, stderr } = await install();
		assert.equal(code, 0, stderr);
		await runsOn('nvidia-device-plugin-daemonset', 2);
	});

	it('leads its pods to the proxy with devicePlugin.mode=proxy-only, and changes nothing else of them', async () => {
		const { code, stderr } = await install('--set', 'devicePlugin.mode=proxy-only');
		assert.equal(code, 0, stderr);
		const create = async (namespace: string, spec: object) => {
			const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
			return (await ok(cluster.request('POST', path, { metadata: { name: 'tried' }, spec }))).body.spec;
		};
		const before = await create('other', pluginPod);
		await until(
			'the API server has taken up the redirect',
			async () => (await create('gpu-operator', pluginPod)).volumes[1].hostPath.path !== '/var/lib/kubelet/device-plugins',
		);
		const expected = structuredClone(before);
		expected.volumes[1].hostPath.path = '/run/gpupolicy/plugins';
		assert.deepEqual(await create('gpu-operator', pluginPod), expected);
		const slashed = structuredClone(pluginPod);
		Object.assign(slashed.volumes[1] ?? {}, { hostPath: { path: '/var/lib/kubelet/device-plugins/' } });
		assert.equal((await create('gpu-operator', slashed)).volumes[1].hostPath.path, '/run/gpupolicy/plugins');
		assert.deepEqual(await create('other', pluginPod), before);
		const deeper = structuredClone(pluginPod);
		Object.assign(deeper.volumes[1] ?? {}, { hostPath: { path: '/var/lib/kubelet/device-plugins-of-others' } });
		for (const pod of [discoveryPod, deeper, { containers: [{ name: 'plain', image: 'none' }] }])
			assert.deepEqual(await create('gpu-operator', pod), await create('other', pod));
	});

	it('says what to do instead where the API server cannot redirect', async () => {
		const older = await startCluster({ crds: false, mutatingAdmissionPolicy: false });
		try {
			const args = [
				'install',
				'gpupolicy',
				chart,
				'--namespace',
				'gpupolicy-system',
				'--create-namespace',
				'--set',
				'devicePlugin.mode=proxy-only',
			];
			await until(
				'the cluster has what it makes for itself',
				async () => (await older.request('GET', '/api/v1/namespaces/kube-system')).status === 200,
			);
			const { code, stderr } = await helm(args, older.kubeconfig);
			assert.notEqual(code, 0);
			assert.match(stderr, /devicePlugin\.redirect needs MutatingAdmissionPolicy.* set devicePlugin\.mode=sidecar/);
			const byHand = await helm([...args, '--set', 'devicePlugin.redirect.enabled=false'], older.kubeconfig);
			assert.equal(byHand.code, 0, byHand.stderr);
		} finally {
			await older.stop();
		}
	});

	it('takes the redirect away with the mode', async () => {
		const { code, stderr } = await install('--set', 'devicePlugin.mode=off');
		assert.equal(code, 0, stderr);
		const { body } = await ok(cluster.request('GET', '/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies'));
		assert.deepEqual(body.items, []);
	});
});
