import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startCluster, type TestCluster, until } from '../cluster/index.ts';
import {
	type CreatedContainer,
	devicePluginPath,
	type PluginScenario,
	type StubPlugin,
	startNode,
	type TestNode,
} from './index.ts';

describe('a node', () => {
	let cluster: TestCluster;
	let node: TestNode;
	before(async () => {
		cluster = await startCluster();
		node = await startNode(cluster, { labels: { 'nvidia.com/gpu.product': 'NVIDIA-GeForce-RTX-3090' } });
		writeFileSync(nearby(), '');
	});
	after(async () => {
		await node?.stop();
		await cluster?.stop();
	});

	/** A file in the working directory of the kubelet. */
	const nearby = (): string => join(node.folder, 'empty', 'file');

	/** Puts a pod on the node, past the scheduler. */
	async function pod(name: string, resources: Readonly<Record<string, number>>, more: object = {}): Promise<void> {
		const limits = Object.fromEntries(Object.entries(resources).map(([resource, count]) => [resource, String(count)]));
		const container = { name: 'main', image: 'program', env: [{ name: 'FROM', value: 'spec' }], resources: { limits } };
		const spec = { nodeName: node.name, terminationGracePeriodSeconds: 0, containers: [container], ...more };
		const { status, body } = await cluster.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name }, spec });
		assert.equal(status, 201, body.message);
	}
	const phase = async (name: string): Promise<string> => {
		const { status } = (await cluster.request('GET', `/api/v1/namespaces/default/pods/${name}`)).body;
		return `${status?.phase} ${status?.reason ?? ''}`.trim();
	};
	const runs = (name: string) => until(`pod ${name} runs`, async () => (await phase(name)) === 'Running', 60_000);
	const shows = (resource: string, count: number, of?: 'capacity') =>
		until(`${count} of ${resource}`, async () => (await node.resource(resource, of)) === count, 60_000);
	const remove = async (name: string): Promise<void> => {
		await cluster.request('DELETE', `/api/v1/namespaces/default/pods/${name}`);
		await until(
			`pod ${name} is gone`,
			async () => (await cluster.request('GET', `/api/v1/namespaces/default/pods/${name}`)).status === 404,
		);
	};
	const created = (name: string) => node.containers().filter((each) => each.pod === name);

	it('is a kubelet of Kubernetes 1.36 with the labels that were asked for', async () => {
		const { body } = await cluster.request('GET', `/api/v1/nodes/${node.name}`);
		assert.match(body.status.nodeInfo.kubeletVersion, /^v1\.36\./);
		assert.equal(body.metadata.labels['nvidia.com/gpu.product'], 'NVIDIA-GeForce-RTX-3090');
	});

	it('hands out the devices of a plugin, and shows in CreateContainer all that Allocate answered', async () => {
		const plugin = await node.startStubPlugin({
			name: 'whole',
			resource: 'example.com/whole',
			scenario: {
				devices: [{ id: 'GPU-a', numa: [0] }, { id: 'GPU-b' }],
				options: { preferredAvailable: true },
				prefer: ['GPU-b'],
				allocate: {
					env: { VISIBLE: '{ids}', FROM: 'plugin' },
					annotations: { 'example.com/devices': '{ids}' },
					mounts: [{ host: '/usr/lib', container: '/driver', readOnly: true }],
					devices: [{ host: '/dev/null', container: '/dev/gpu', permissions: 'rw' }],
					cdi: ['example.com/gpu={id}'],
				},
			},
		});
		await shows('example.com/whole', 2);
		await pod('whole', { 'example.com/whole': 1 });
		await runs('whole');
		const [made] = created('whole');
		assert.ok(made);
		const { env, mounts, devices, annotations, cdi, attempt } = made;
		assert.deepEqual(
			env.filter(({ name }) => name === 'FROM'),
			[
				{ name: 'FROM', value: 'plugin' },
				{ name: 'FROM', value: 'spec' },
			],
			'the last one wins: that of the pod',
		);
		assert.ok(env.some(({ name, value }) => name === 'VISIBLE' && value === 'GPU-b'));
		assert.ok(mounts.some((each) => each.container === '/driver' && each.host === '/usr/lib' && each.readOnly));
		assert.deepEqual(devices, [{ container: '/dev/gpu', host: '/dev/null', permissions: 'rw' }]);
		assert.equal(annotations['example.com/devices'], 'GPU-b');
		assert.deepEqual([cdi, attempt], [['example.com/gpu=GPU-b'], 0]);
		assert.deepEqual(
			plugin.journal().map(({ call, request }) => [call, request.containerRequests[0].devicesIds]),
			[
				['GetPreferredAllocation', undefined],
				['Allocate', ['GPU-b']],
			],
		);
		await remove('whole');
		await plugin.process.kill();
	});

	it('shows what a plugin says of its devices, from one moment to the next', async () => {
		const resource = 'example.com/health';
		const plugin = await node.startStubPlugin({ name: 'health', resource, scenario: { devices: [{ id: 'a' }, { id: 'b' }] } });
		await shows(resource, 2);
		plugin.play({ devices: [{ id: 'a' }, { id: 'b', health: 'Unhealthy' }] });
		await shows(resource, 1);
		await shows(resource, 2, 'capacity');
		await pod('ill', { [resource]: 2 });
		await until('it is refused', async () => (await phase('ill')) === 'Failed UnexpectedAdmissionError', 60_000);
		await plugin.process.kill();
		await shows(resource, 0);
		await shows(resource, 2, 'capacity');
		await remove('ill');
	});

	it('restarts a container with the device that it had, unless the plugin refuses that', async () => {
		const resource = 'example.com/again';
		const scenario = {
			devices: [{ id: 'a' }, { id: 'b' }],
			options: { preStartRequired: true },
			allocate: { env: { DEVICE: '{ids}' } },
		};
		const plugin = await node.startStubPlugin({ name: 'again', resource, server: 'own', scenario });
		await shows(resource, 2);
		for (const name of ['again', 'refused']) {
			await pod(name, { [resource]: 1 });
			await runs(name);
		}
		await assert.rejects(node.endContainer('default', 'again', 'other'), /no such container runs/);
		await node.endContainer('default', 'again', 'main');
		await until('it was started again', () => created('again').length === 2, 60_000);
		const deviceOf = ({ env }: CreatedContainer) => env.find(({ name }) => name === 'DEVICE')?.value;
		const [first, second] = created('again');
		assert.deepEqual([first?.attempt, second?.attempt], [0, 1]);
		assert.equal(first && deviceOf(first), second && deviceOf(second));
		const calls = plugin.journal().map(({ call }) => call);
		assert.deepEqual(
			['Allocate', 'PreStartContainer'].map((call) => calls.filter((each) => each === call).length),
			[2, 3],
		);

		plugin.play({ ...scenario, faults: { PreStartContainer: { error: 'not any more' } } });
		await node.endContainer('default', 'refused', 'main');
		const events = '/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=refused,reason=Failed';
		await until(
			'an event says that it is refused', // The pod's status says so only ten seconds later.
			async () => /not any more/.test((await cluster.request('GET', events)).body.items[0]?.message),
			60_000,
		);
		assert.equal(created('refused').length, 1);
		for (const name of ['again', 'refused']) await remove(name);
		await plugin.process.kill();
	});

	it('has no device after a restart of its kubelet until the plugin has registered again', async () => {
		const resource = 'example.com/restart';
		const scenario = { devices: [{ id: 'a' }, { id: 'b' }] };
		const plugin = await node.startStubPlugin({ name: 'restart', resource, server: 'own', scenario });
		await shows(resource, 2);
		await pod('kept', { [resource]: 1 });
		await runs('kept');
		plugin.play({ ...scenario, faults: { ListAndWatch: { delayMs: 86_400_000 } } });
		await node.restartKubelet();
		await shows(resource, 0);
		assert.equal(await phase('kept'), 'Running');
		plugin.play(scenario);
		await shows(resource, 2);
		assert.equal(created('kept').length, 1, 'the container was left alone');
		await remove('kept');
		await plugin.process.kill();
	});

	it('runs the sample plugin of Kubernetes, whose constant path leads to the folder of a proxy where that is wanted', async () => {
		const sample = await node.startSamplePlugin();
		await shows('example.com/resource', 2);
		await sample.kill();
		const hidden = await node.startStubPlugin({ name: 'hidden', view: 'proxy', scenario: { devices: [] } });
		await assert.rejects(node.run('hidden', ['true']), /a process called hidden runs already/);
		const list = await node.run('list', ['ls', devicePluginPath], { view: 'proxy' });
		await until('the folder is listed', () => list.log() !== undefined);
		assert.doesNotMatch(list.log(), /kubelet\.sock/);
		await hidden.process.kill();
	});

	const lies: readonly [
		lie: string,
		scenario: PluginScenario,
		seen: (resource: string, plugin: StubPlugin) => Promise<unknown>,
	][] = [
		[
			'an id twice, which the kubelet counts as two',
			{ devices: [{ id: 'a' }, { id: 'a', health: 'Unhealthy' }, { id: 'b' }] },
			(resource) => shows(resource, 3, 'capacity'),
		],
		['a health that does not exist', { devices: [{ id: 'a' }, { id: 'b', health: 'Fine' }] }, (resource) => shows(resource, 1)],
		['10,000 devices', { devices: [], bulk: 10_000 }, (resource) => shows(resource, 10_000)],
		[
			'another API version',
			{ devices: [{ id: 'a' }], apiVersion: 'v0' },
			(_, plugin) => until('the kubelet refuses', () => /version/.test(plugin.process.log())),
		],
		['streams that end', { devices: [{ id: 'a' }], streamLists: 1 }, (resource) => shows(resource, 1, 'capacity')],
	];
	for (const [index, [lie, scenario, seen]] of lies.entries()) {
		it(`a scripted plugin can lie: ${lie}`, async () => {
			const resource = `example.com/lie-${index}`;
			const plugin = await node.startStubPlugin({ name: `lie-${index}`, resource, server: 'own', scenario });
			await seen(resource, plugin);
			await plugin.process.kill();
		});
	}

	it('can write nothing of the machine but temporary files and set none of its parameters, and its kubelet removes no file that is not its own', async () => {
		const places = [
			'/',
			'/usr',
			'/etc',
			'/dev',
			'/var',
			'/var/lib/kubelet',
			tmpdir(),
			'/proc/sys/kernel/hostname',
			'/sys/kernel',
		];
		const script = 'for each in "$@"; do test -w "$each" && echo "writes $each"; done; echo end';
		const writes = await node.run('writes', ['sh', '-c', script, 'sh', ...places]);
		const said = await until('it has tried', () => /end/.test(writes.log()) && writes.log());
		assert.deepEqual(said.split('\n'), ['writes /var/lib/kubelet', `writes ${tmpdir()}`, 'end']);
		assert.equal(readFileSync(join(node.folder, 'sysctl', 'panic'), 'utf8').trim(), '10', 'what a kubelet sets');
		await until('containers were removed', () => node.kubelet.log(10_000).split('"RemoveContainer"').length > 3, 60_000);
		assert.ok(existsSync(nearby()));
	});
});

it('two nodes of one cluster know nothing of each other, and nothing of them is left behind', async () => {
	const cluster = await startCluster();
	try {
		const nodes = [await startNode(cluster, { name: 'a' }), await startNode(cluster, { name: 'b' })];
		const [a, b] = nodes as [TestNode, TestNode];
		await a.startStubPlugin({ scenario: { devices: [{ id: 'a' }] } });
		await until('a has its device', async () => (await a.resource('nvidia.com/gpu')) === 1, 60_000);
		assert.equal(await b.resource('nvidia.com/gpu'), undefined);
		await Promise.all(nodes.map((node) => node.stop()));
		for (const { folder, kubelet } of nodes) {
			assert.equal(existsSync(folder), false);
			assert.throws(() => process.kill(kubelet.pid, 0), { code: 'ESRCH' });
		}
	} finally {
		await cluster.stop();
	}
});

it('nothing of a node outlives tests that are killed with SIGKILL', async () => {
	const modules = [join(import.meta.dirname, '..', 'cluster', 'index.ts'), join(import.meta.dirname, 'index.ts')];
	const script = `const [{ startCluster }, { startNode }] = await Promise.all(${JSON.stringify(modules)}.map((each) => import(each)));
		const cluster = await startCluster();
		const node = await startNode(cluster);
		const plugin = await node.startStubPlugin({ view: 'proxy', scenario: { devices: [] } });
		console.log(JSON.stringify({ folder: node.folder, pids: [node.kubelet.pid, node.runtime.pid, plugin.process.pid] }));
		setInterval(() => {}, 1000);`;
	const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
	const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
	const { folder, pids } = JSON.parse(line) as { folder: string; pids: number[] };
	child.kill('SIGKILL');
	const lives = (pid: number): boolean => existsSync(`/proc/${pid}`);
	assert.ok(pids.every((pid) => pid > 0));
	await until('its processes are gone', () => !pids.some(lives), 60_000);
	await until('its folder is gone', () => !existsSync(folder), 60_000);
});
