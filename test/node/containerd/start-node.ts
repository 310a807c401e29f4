import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestCluster } from '../../cluster/index.ts';
import { toolPath } from '../../cluster/tools/build.ts';
import { type KubeletNode, type NodeOptions, startKubelet } from '../kubelet-node.ts';
import { Machine } from '../machine.ts';
import { listens } from '../socket.ts';
import { containerIds, removeCgroups } from './cgroups.ts';
import { containerdConfig, loopbackOnly } from './config.ts';
import { writeImage } from './image.ts';

/** A real kubelet with containerd and runc: programs run in its pods. Its pods need `hostNetwork`, and the image of the tests. */
export interface ContainerdNode extends KubeletNode {
	/** What the containers of that name have written so far, one entry for each start, oldest first. */
	logs(namespace: string, pod: string, container: string): string[];
	/** Id of the first process of a running container, as the processes of the node see it; by the container's id (`containerd://…`). */
	processOf(id: string): number;
	/** SIGKILL to a running container, by its id (`containerd://…` in the pod's status). */
	killContainer(id: string): void;
}

/** Starts a node and resolves when it is Ready. It ends with `stop()`, and at the latest with this process, however that ends. */
export async function startContainerdNode(cluster: TestCluster, options: NodeOptions = {}): Promise<ContainerdNode> {
	const program = await toolPath('containerd');
	await toolPath('containerd-shim-runc-v2'); // containerd looks for it beside itself.
	const ctr = await toolPath('ctr');
	const runc = await toolPath('runc');
	const content = await toolPath('program');
	const machine = await Machine.open('processes');
	try {
		const socket = machine.at('run/containerd/containerd.sock');
		const config = machine.at('containerd.toml');
		const cni = machine.at('cni');
		mkdirSync(cni);
		writeFileSync(join(cni, '10-loopback.conflist'), loopbackOnly);
		writeFileSync(config, containerdConfig({ root: machine.at('images'), runc, cni }));
		const path = `${dirname(program)}:${process.env['PATH']}`;
		const runtime = machine.inside('containerd', [program, `--config=${config}`], {
			env: { PATH: path },
			isReady: () => listens(socket),
		});
		await runtime.start();
		const call = (...args: string[]): string => {
			const [command, ...rest] = machine.namespace.enter([ctr, '--namespace=k8s.io', ...args]);
			return execFileSync(command, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
		};
		call('images', 'import', '--local', '--snapshotter=native', writeImage(machine.at('image'), content));
		const node = await startKubelet(cluster, options, machine, socket);
		return {
			...node,
			logs: (namespace, pod, container) =>
				globSync(`${namespace}_${pod}_*/${container}/*.log`, { cwd: machine.at('pods') })
					.sort()
					.map((file) => readFileSync(join(machine.at('pods'), file), 'utf8')),
			processOf: (id) => Number(new RegExp(`^${bare(id)}\\s+(\\d+)`, 'm').exec(call('tasks', 'list'))?.[1]),
			killContainer: (id) => void call('tasks', 'kill', '--signal=SIGKILL', bare(id)),
			stop: async () => {
				const ids = containerIds(machine.at('run/containerd'));
				await node.stop();
				await removeCgroups(ids);
			},
		};
	} catch (error) {
		await machine.stop();
		throw error;
	}
}

/** The id as containerd knows it. */
function bare(id: string): string {
	return id.replace('containerd://', '');
}
