import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { allowedUuid, answer, device, forbiddenUuid } from '../../../src/core/device-answer/device-answer.fixture.ts';
import { formatDeviceAnswer } from '../../../src/core/device-answer/index.ts';
import { startCluster, type TestCluster, until } from '../../cluster/index.ts';
import { startNode, type TestNode } from '../../node/index.ts';
import { runProxy } from '../device-plugin/running-proxy.ts';
import { endAll, type RunningCommand } from '../running-command.ts';

// No plugin is special: Kubernetes' own sample, a plugin on Kubernetes' Stub, and all that an allocation can hold.
describe('the device-plugin proxy between plugins of others and a real kubelet', () => {
	const stateDir = mkdtempSync(join(tmpdir(), 'gpupolicy-state-'));
	let cluster: TestCluster;
	let node: TestNode;
	let proxy: RunningCommand;

	before(async () => {
		cluster = await startCluster();
		node = await startNode(cluster);
		const said = answer({
			devices: [
				device(allowedUuid, 0),
				device(forbiddenUuid, 1, { verdict: 'Forbidden', reason: 'deny[0]' }),
				device('Dev-1', 2),
			],
			env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID', policy: 'rtx3090-only' }],
		});
		writeFileSync(join(stateDir, 'answer.json'), formatDeviceAnswer(said));
		const { devicePlugins: kubeletDir, plugins: pluginDir } = node.paths;
		proxy = runProxy({ stateDir, kubeletDir, pluginDir, endpointDir: 'gpupolicy' });
		await proxy.says(({ msg }) => msg === 'serving probes and metrics');
	});
	after(async () => {
		await endAll();
		await node?.stop();
		await cluster?.stop();
		rmSync(stateDir, { recursive: true, force: true });
	});

	const shows = (resource: string, allocatable: number, capacity: number) =>
		proxy.until(`${allocatable} of ${capacity} ${resource}`, async () => {
			return (await node.resource(resource)) === allocatable && (await node.resource(resource, 'capacity')) === capacity;
		});

	async function run(name: string, resource: string): Promise<ReturnType<TestNode['containers']>[number]> {
		const limits = { [resource]: '1' };
		const containers = [{ name: 'main', image: 'program', resources: { limits } }];
		const spec = { nodeName: node.name, terminationGracePeriodSeconds: 0, containers };
		const made = await cluster.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name }, spec });
		assert.equal(made.status, 201, made.body.message);
		return until(`${name} is created`, () => node.containers().find(({ pod }) => pod === name), 60_000);
	}

	it("hides one of the two devices of Kubernetes' sample plugin, which nobody knows", async () => {
		const sample = await node.startSamplePlugin({ view: 'proxy' });
		await shows('example.com/resource', 1, 2);
		const { env, mounts } = await run('sample', 'example.com/resource');
		assert.equal(env.find(({ name }) => name === 'CUDA_DEVICE_ORDER')?.value, 'PCI_BUS_ID');
		assert.ok(
			mounts.some(({ container }) => container === '/tmp/Dev-1'),
			'what the plugin adds is there',
		);
		await sample.kill();
		await shows('example.com/resource', 0, 2);
	});

	it("passes all that a plugin on Kubernetes' Stub answers on to the container", async () => {
		const plugin = await node.startStubPlugin({
			view: 'proxy',
			scenario: {
				devices: [
					{ id: `${forbiddenUuid}::0`, numa: [0] },
					{ id: `${allowedUuid}::0`, numa: [0] },
				],
				options: { preferredAvailable: true },
				prefer: [`${forbiddenUuid}::0`],
				allocate: {
					env: { NVIDIA_VISIBLE_DEVICES: '{ids}', CUDA_DEVICE_ORDER: 'FASTEST_FIRST' },
					annotations: { 'example.com/devices': '{ids}' },
					mounts: [{ host: '/usr/lib', container: '/driver', readOnly: true }],
					devices: [{ host: '/dev/null', container: '/dev/nvidia0', permissions: 'rw' }],
					cdi: ['nvidia.com/gpu={id}'],
				},
			},
		});
		await shows('nvidia.com/gpu', 1, 2);
		const { env, annotations, mounts, devices, cdi } = await run('whole', 'nvidia.com/gpu');
		const id = `${allowedUuid}::0`;
		const values = (wanted: string) => env.filter(({ name }) => name === wanted).map(({ value }) => value);
		assert.deepEqual([values('NVIDIA_VISIBLE_DEVICES'), values('CUDA_DEVICE_ORDER')], [[id], ['PCI_BUS_ID']]);
		assert.equal(annotations['example.com/devices'], id);
		assert.ok(mounts.some(({ container, host, readOnly }) => container === '/driver' && host === '/usr/lib' && readOnly));
		assert.deepEqual(devices, [{ container: '/dev/nvidia0', host: '/dev/null', permissions: 'rw' }]);
		assert.deepEqual(cdi, [`nvidia.com/gpu=${id}`]);
		assert.ok(plugin.journal().some(({ call }) => call === 'Allocate'));
	});

	it('is registered again long before a plugin on the Stub would be, when the kubelet restarts', async () => {
		const registered = () =>
			proxy.lines.filter(({ msg, resource }) => msg === 'registered with the kubelet' && resource === 'nvidia.com/gpu');
		const before = registered().length;
		await node.restartKubelet();
		await proxy.until('it is registered again', () => registered().length > before, 9_000);
		await shows('nvidia.com/gpu', 1, 2);
	});
});
