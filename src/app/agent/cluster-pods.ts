import type { PodFinder } from '../../agent/ports.ts';
import { namespaces, pods } from '../../controller/workloads/resources.ts';
import type { ContainerGroup } from '../../core/node-report/control-group.ts';
import type { ProcessPod } from '../../core/node-report/environment.ts';
import { type ApiObject, type Cluster, ClusterError, type ObjectCache, type Watcher } from '../../core/ports/cluster.ts';
import { containerLists, type Pod, type PodContainer, type PodNamespace } from '../../core/workloads/pod.ts';
import { mirrorAnnotation } from '../../core/workloads/pod-scope.ts';

interface NodePod {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	/** What tells whether a policy demands its env of a container. */
	readonly pod: Pod;
	/** Names of containers by the ids that the runtime gave them. */
	readonly containers: ReadonlyMap<string, string>;
}

/** Labels of a namespace are asked for again after this time, in milliseconds. */
const labelsMs = 60_000;

/** The pods of the node. */
export class ClusterPods implements PodFinder {
	readonly #cluster: Cluster;
	readonly #pods: ObjectCache<NodePod>;
	readonly #labels = new Map<string, { readonly namespace: PodNamespace | null; readonly at: number }>();

	constructor(cluster: Cluster, watcher: Watcher, node: string) {
		this.#cluster = cluster;
		this.#pods = watcher.watch(pods, {
			fieldSelector: `spec.nodeName=${node}`,
			project: readNodePod,
			// Looked up with each look at the devices.
			onChange: () => undefined,
		});
	}

	async find({ containerId, podUid }: ContainerGroup, withNamespaceLabels: boolean): Promise<ProcessPod | null> {
		let found: NodePod | undefined;
		for (const one of this.#pods.values()) {
			if (one.containers.has(containerId)) {
				found = one;
				break;
			}
			if (one.uid === podUid) found = one;
		}
		if (!found) return null;
		const { namespace, name, uid, pod, containers } = found;
		const labels = withNamespaceLabels ? await this.#namespace(namespace) : null;
		return { namespace, name, uid, pod, container: containers.get(containerId) ?? null, labels };
	}

	/** UID of a pod; `null` where it is not known. */
	uidOf(namespace: string, name: string): string | null {
		return this.#pods.get({ namespace, name })?.uid ?? null;
	}

	/** Why the pods cannot be seen; `null` where they can. */
	get trouble(): string | null {
		return this.#pods.trouble?.error.message ?? null;
	}

	async stop(): Promise<void> {
		await this.#pods.stop();
	}

	/** `null` where its labels cannot be read. */
	async #namespace(name: string): Promise<PodNamespace | null> {
		const known = this.#labels.get(name);
		if (known && performance.now() - known.at < labelsMs) return known.namespace;
		let namespace: PodNamespace | null = null;
		try {
			const object = await this.#cluster.get(namespaces, { name });
			if (object) namespace = { name, labels: object.metadata.labels ?? {} };
		} catch (error) {
			if (!(error instanceof ClusterError)) throw error;
		}
		this.#labels.set(name, { namespace, at: performance.now() });
		return namespace;
	}
}

interface PodStatus {
	readonly [list: string]: readonly { readonly name: string; readonly containerID?: string }[] | undefined;
}

/** What of a pod tells which container a process is in, and whether a policy demands its env of it. */
function readNodePod(object: ApiObject): NodePod {
	const { metadata } = object;
	const { namespace = '', name, uid = '', labels = {}, annotations = {} } = metadata;
	const spec = object['spec'] as Pod['spec'];
	const status = (object['status'] ?? {}) as PodStatus;
	const statuses = [status['containerStatuses'], status['initContainerStatuses'], status['ephemeralContainerStatuses']];
	const mirror = annotations[mirrorAnnotation];
	return {
		namespace,
		name,
		uid,
		pod: {
			metadata: { name, namespace, labels, ...(mirror === undefined ? {} : { annotations: { [mirrorAnnotation]: mirror } }) },
			spec: {
				containers: [],
				...Object.fromEntries(containerLists.flatMap((list) => (spec[list]?.length ? [[list, spec[list].map(reduced)]] : []))),
			},
		},
		containers: new Map(
			statuses.flatMap((list) =>
				(list ?? []).flatMap(({ name: container, containerID = '' }) =>
					containerID === '' ? [] : [[containerID.slice(containerID.lastIndexOf('/') + 1), container] as const],
				),
			),
		),
	};
}

function reduced({ name, resources }: PodContainer): PodContainer {
	return { name, ...(resources ? { resources } : {}) };
}
