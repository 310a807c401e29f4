import assert from 'node:assert/strict';
import { startCluster, type TestCluster, until } from '../../cluster/index.ts';
import { startNode, type TestNode } from '../../node/index.ts';
import { type KubeletUnderTest, proxyOnKubelet } from '../device-plugin/kubelet-contract.ts';

proxyOnKubelet('a real kubelet', async () => {
	const cluster = await startCluster();
	try {
		return new RealKubelet(cluster, await startNode(cluster));
	} catch (error) {
		await cluster.stop();
		throw error;
	}
});

/** The kubelet of a test node, and pods that are bound to it. */
class RealKubelet implements KubeletUnderTest {
	readonly #cluster: TestCluster;
	readonly #node: TestNode;

	constructor(cluster: TestCluster, node: TestNode) {
		this.#cluster = cluster;
		this.#node = node;
	}

	get kubeletDir(): string {
		return this.#node.paths.devicePlugins;
	}

	get pluginDir(): string {
		return this.#node.paths.plugins;
	}

	async count(resource: string): ReturnType<KubeletUnderTest['count']> {
		const allocatable = await this.#node.resource(resource);
		const capacity = await this.#node.resource(resource, 'capacity');
		return allocatable === undefined || capacity === undefined ? undefined : { allocatable, capacity };
	}

	async run(name: string, resource: string, devices: number): Promise<Readonly<Record<string, string>>> {
		const container = { name: 'main', image: 'program', resources: { limits: { [resource]: String(devices) } } };
		const spec = { nodeName: this.#node.name, terminationGracePeriodSeconds: 0, containers: [container] };
		const made = await this.#cluster.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name }, spec });
		assert.equal(made.status, 201, made.body.message);
		const { phase, message } = await until(
			`pod ${name} runs or fails`,
			async () => {
				const { status } = (await this.#cluster.request('GET', `/api/v1/namespaces/default/pods/${name}`)).body;
				return status?.phase !== 'Pending' && status;
			},
			60_000,
		);
		if (phase !== 'Running') throw new Error(message);
		return Object.fromEntries(
			this.#created(name)
				.at(-1)
				?.env.map(({ name, value }) => [name, value]) ?? [],
		);
	}

	async startAgain(name: string): Promise<void> {
		const before = this.#created(name).length;
		await this.#node.endContainer('default', name, 'main');
		const events = `/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=${name},reason=Failed`;
		const failed = await until(
			`the container of ${name} is started again, or an event says why not`,
			async () => {
				if (this.#created(name).length > before) return null;
				return (await this.#cluster.request('GET', events)).body.items[0]?.message as string | undefined;
			},
			60_000,
		);
		if (failed !== null) throw new Error(failed);
	}

	restart(): Promise<void> {
		return this.#node.restartKubelet();
	}

	async close(): Promise<void> {
		await this.#node.stop();
		await this.#cluster.stop();
	}

	#created(pod: string) {
		return this.#node.containers().filter((each) => each.pod === pod);
	}
}
