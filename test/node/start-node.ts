import type { Component } from '../cluster/component.ts';
import type { TestCluster } from '../cluster/index.ts';
import { toolPath } from '../cluster/tools/build.ts';
import { type CreatedContainer, createdContainers } from './created-containers.ts';
import { type KubeletNode, type NodeOptions, startKubelet } from './kubelet-node.ts';
import { Machine } from './machine.ts';
import { listens, post } from './socket.ts';

/** A real kubelet that has joined a test cluster, against a fake container runtime: nothing runs in its pods. */
export interface TestNode extends KubeletNode {
	readonly runtime: Component;
	/** The CreateContainer requests so far. */
	containers(): CreatedContainer[];
	/** Ends a container as if its program had ended; the kubelet sees it within a second and restarts it as the pod wants. */
	endContainer(namespace: string, pod: string, container: string, exitCode?: number): Promise<void>;
}

/** Starts a node and resolves when it is Ready. It ends with `stop()`, and at the latest with this process, however that ends. */
export async function startNode(cluster: TestCluster, options: NodeOptions = {}): Promise<TestNode> {
	const program = await toolPath('container-runtime');
	const machine = await Machine.open('user');
	try {
		const socket = machine.at('cri.sock');
		const control = machine.at('control.sock');
		const requests = machine.at('requests.ndjson');
		const command = [program, `-socket=${socket}`, `-control=${control}`, `-requests=${requests}`] as const;
		const runtime = machine.outside('container-runtime', command, () => listens(socket));
		await runtime.start();
		return {
			...(await startKubelet(cluster, options, machine, socket)),
			runtime,
			containers: () => createdContainers(requests),
			endContainer: (namespace, pod, container, code = 1) =>
				post(control, `/exit?${new URLSearchParams({ namespace, pod, container, code: String(code) })}`),
		};
	} catch (error) {
		await machine.stop();
		throw error;
	}
}
