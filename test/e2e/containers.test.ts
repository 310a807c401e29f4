import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startCluster, type TestCluster, until } from '../cluster/index.ts';
import { apply, namespaces, read } from '../integration/cluster/controller/policies.ts';
import { RunningController } from '../integration/cluster/controller/running-controller.ts';
import { containerIds, removeCgroups } from '../node/containerd/cgroups.ts';
import { image } from '../node/containerd/image.ts';
import { type ContainerdNode, startContainerdNode } from '../node/containerd/start-node.ts';
import { type GpuParts, startGpuParts } from '../node/gpu-parts.ts';
import { policyFor, rtx3090, rtx5060 } from '../node/mixed-gpu.ts';

/** Long enough for a machine that does other things too. */
const limit = 120_000;
const pods = '/api/v1/namespaces/default/pods';

describe('a program in a container that containerd and runc have started', () => {
	let cluster: TestCluster;
	let node: ContainerdNode;
	let parts: GpuParts;
	let controller: RunningController | undefined;
	before(async () => {
		cluster = await startCluster({ components: ['kube-controller-manager', 'kube-scheduler'] });
		await namespaces(cluster);
		node = await startContainerdNode(cluster, { name: 'gpu-node-1' });
		parts = await startGpuParts(cluster, node, [rtx5060, rtx3090]);
		await until(
			'pods can be created',
			async () => (await ask('/api/v1/namespaces/default/serviceaccounts/default')).status === 200,
			limit,
		);
	});
	after(async () => {
		await controller?.end('SIGKILL');
		await node?.stop();
		parts?.driver.remove();
		await cluster?.stop();
	});

	const ask = (path: string) => cluster.request('GET', path);
	const leaves = (count: number) =>
		until(`${count} devices`, async () => (await node.resource('nvidia.com/gpu')) === count, limit);

	/** A pod whose program asks for one GPU. */
	async function pod(name: string, env: readonly { readonly name: string; readonly value: string }[] = []): Promise<void> {
		const container = { name: 'main', image, imagePullPolicy: 'Never', env, resources: { limits: { 'nvidia.com/gpu': '1' } } };
		const spec = { hostNetwork: true, terminationGracePeriodSeconds: 0, containers: [container] };
		const { status, body } = await cluster.request('POST', pods, { metadata: { name }, spec });
		assert.equal(status, 201, body.message);
	}

	/** The environment that the kernel holds of the program in a pod. */
	async function environmentOf(name: string): Promise<Record<string, string>> {
		const written = () => /stdout F (.*)/.exec(node.logs('default', name, 'main')[0] ?? '')?.[1];
		const entries = JSON.parse(await until(`${name} has written its environment`, written, limit)) as string[];
		const names = entries.map((entry) => entry.slice(0, entry.indexOf('=')));
		assert.deepEqual(names.toSorted(), [...new Set(names)].sort(), 'no variable stands twice');
		return Object.fromEntries(entries.map((entry, i) => [names[i], entry.slice(entry.indexOf('=') + 1)]));
	}
	const remove = async (name: string): Promise<void> => {
		await cluster.request('DELETE', `${pods}/${name}`);
		await until(`pod ${name} is gone`, async () => (await ask(`${pods}/${name}`)).status === 404, limit);
	};

	it('gets the allowed device, and the variables of the policy from Allocate where nothing else would set them', async () => {
		await leaves(2);
		await apply(cluster, 'mixed', policyFor(rtx3090, rtx5060));
		await leaves(1);
		await pod('by-allocate');
		const { CUDA_DEVICE_ORDER, NVIDIA_VISIBLE_DEVICES } = await environmentOf('by-allocate');
		assert.deepEqual([CUDA_DEVICE_ORDER, NVIDIA_VISIBLE_DEVICES], ['PCI_BUS_ID', rtx3090.uuid]);
		await remove('by-allocate');
	});

	it('has the variables of the policy in /proc/1/environ whatever its pod says, once admission knows the policy', async () => {
		controller = new RunningController(cluster);
		await until(
			'admission enforces it',
			async () =>
				(await read(cluster, 'mixed'))?.status?.conditions?.some(
					({ type, status }) => type === 'AdmissionProgrammed' && status === 'True',
				),
			limit,
		);
		await pod('by-admission', [
			{ name: 'CUDA_DEVICE_ORDER', value: 'FASTEST_FIRST' },
			{ name: 'OTHER', value: 'stays' },
		]);
		const { CUDA_DEVICE_ORDER, OTHER, NVIDIA_VISIBLE_DEVICES } = await environmentOf('by-admission');
		assert.deepEqual([CUDA_DEVICE_ORDER, OTHER, NVIDIA_VISIBLE_DEVICES], ['PCI_BUS_ID', 'stays', rtx3090.uuid]);
	});

	it('goes on when its device becomes forbidden, found there with its pod and its environment, and is not started again', async () => {
		const id = await until(
			'its pod is seen to run',
			async () => {
				const [container] = (await ask(`${pods}/by-admission`)).body.status.containerStatuses ?? [];
				return container?.state.running && (container.containerID as string);
			},
			limit,
		);
		const pid = node.processOf(id);
		const used = 600 * 1024 ** 2;
		parts.driver.play({ devices: [rtx5060, { ...rtx3090, processes: [{ pid, used, kind: 'C', name: 'program' }] }] });
		await until(
			'the agent sees the process on the allowed device',
			async () => /^gpupolicy_agent_processes\{verdict="Allowed"\} 1$/m.test(await parts.metrics()),
			limit,
		);
		await apply(cluster, 'mixed', policyFor(rtx5060, rtx3090));
		const found = await until(
			'the report has it on a forbidden one',
			async () => {
				const process = (await ask('/apis/gpupolicy.dev/v1alpha1/gpunodereports/gpu-node-1')).body.status?.processes?.[0];
				return process?.verdicts?.[0]?.verdict === 'Forbidden' && process;
			},
			limit,
		);
		assert.deepEqual(
			[found.pid, found.namespace, found.pod, found.container, found.deviceUuid],
			[pid, 'default', 'by-admission', 'main', rtx3090.uuid],
		);
		assert.equal(found.verdicts[0].environment, 'Right', JSON.stringify(found));
		node.killContainer(id);
		const refusal = await until(
			'an event on the pod says why',
			async () => {
				const { items } = (await ask('/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=by-admission')).body;
				return (items as { message: string }[]).find(({ message }) => message.includes('mixed'));
			},
			limit,
		);
		assert.ok(refusal.message.includes(rtx3090.uuid.slice(0, 12)), refusal.message);
		assert.equal(node.logs('default', 'by-admission', 'main').length, 1, 'the program was never started again');
		parts.driver.play({ devices: [rtx5060, rtx3090] });
		await remove('by-admission');
	});

	it('gets the other device from then on', async () => {
		await pod('next');
		assert.equal((await environmentOf('next'))['NVIDIA_VISIBLE_DEVICES'], rtx5060.uuid);
	});
});

it('no program in a container outlives tests that are killed with SIGKILL', async () => {
	const at = (path: string): string => new URL(path, import.meta.url).href;
	const modules = [at('../cluster/index.ts'), at('../node/containerd/start-node.ts'), at('../node/containerd/image.ts')];
	const script = `const [{ startCluster, until }, { startContainerdNode }, { image }] =
			await Promise.all(${JSON.stringify(modules)}.map((each) => import(each)));
		const cluster = await startCluster();
		const node = await startContainerdNode(cluster);
		const spec = { hostNetwork: true, nodeName: node.name, containers: [{ name: 'main', image, imagePullPolicy: 'Never' }] };
		await cluster.request('POST', '${pods}', { metadata: { name: 'left' }, spec });
		await until('it runs', () => node.logs('default', 'left', 'main').some((log) => log !== ''), ${limit});
		console.log(node.folder);
		setInterval(() => {}, 1000);`;
	const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
	const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
	const folder = line.trim();
	const ids = containerIds(join(folder, 'run', 'containerd'));
	const held = (pid: string): boolean => {
		try {
			const cgroup = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
			return ids.some((id) => cgroup.includes(id));
		} catch {
			return false; // It has ended.
		}
	};
	const left = (): string[] => readdirSync('/proc').filter((name) => /^\d/.test(name) && held(name));
	const before = left().length;
	child.kill('SIGKILL');
	assert.equal(before, 2, 'the program and its sandbox ran');
	await until('its processes are gone', () => left().length === 0, limit);
	await until('its folder is gone', () => !existsSync(folder), limit);
	await removeCgroups(ids);
});
