import { ownersPerNamespace, podsPerOwner, type Size } from './size.ts';

/**
 * The static objects of the benchmark: as large and as varied as those of a cluster at work, written once, and changed by nobody. They are
 * the same in every run.
 */

/** An object with what is written into its status afterwards, and where it is created. */
export interface StaticObject {
	readonly path: string;
	readonly name: string;
	readonly object: object;
	readonly status: object | null;
}

const products = ['NVIDIA-A100-SXM4-80GB', 'NVIDIA-H100-80GB-HBM3', 'NVIDIA-GeForce-RTX-3090', 'NVIDIA-L4'];
const then = '2026-01-05T08:00:00Z';

function namespaceNames({ pods }: Size): string[] {
	return Array.from({ length: Math.ceil(ownerCount(pods) / ownersPerNamespace) }, (_, i) => namespaceName(i));
}

export function namespaces(size: Size): StaticObject[] {
	return namespaceNames(size).map((name, i) => ({
		path: '/api/v1/namespaces',
		name,
		object: { metadata: { name, labels: { team: `team-${i}` } } },
		status: null,
	}));
}

/** Deployments and their ReplicaSets, as the controller manager would have made them. */
export function* owners({ pods }: Size): Generator<StaticObject> {
	for (let i = 0; i < ownerCount(pods); i++) {
		const namespace = namespaceName(Math.floor(i / ownersPerNamespace));
		const labels = { app: `app-${i}` };
		const replicas = Math.min(podsPerOwner, pods - i * podsPerOwner);
		const selector = { matchLabels: labels };
		const template = { metadata: { labels }, spec: podSpec(i * podsPerOwner, null) };
		const status = { replicas, readyReplicas: replicas, availableReplicas: replicas, observedGeneration: 1 };
		const path = `/apis/apps/v1/namespaces/${namespace}`;
		yield {
			path: `${path}/deployments`,
			name: `app-${i}`,
			object: { metadata: { name: `app-${i}`, namespace, labels }, spec: { replicas, selector, template } },
			status: { ...status, updatedReplicas: replicas },
		};
		const ownerReferences = [owner('apps/v1', 'Deployment', `app-${i}`)];
		yield {
			path: `${path}/replicasets`,
			name: replicaSetName(i),
			object: {
				metadata: { name: replicaSetName(i), namespace, labels, ownerReferences },
				spec: { replicas, selector, template },
			},
			status,
		};
	}
}

export function* nodes({ nodes: count, policies }: Size): Generator<StaticObject> {
	for (let i = 0; i < count; i++) {
		const gpus = Math.floor(i / policies) % 5 === 0 ? 0 : 8;
		const amounts = {
			cpu: '96',
			memory: '1056Gi',
			'ephemeral-storage': '1843Gi',
			'hugepages-1Gi': '0',
			'hugepages-2Mi': '0',
			pods: '110',
			...(gpus > 0 ? { 'nvidia.com/gpu': String(gpus) } : {}),
		};
		const condition = (type: string, status: string, reason: string): object => ({
			type,
			status,
			reason,
			message: `kubelet says ${reason} of node ${i}`,
			lastHeartbeatTime: then,
			lastTransitionTime: then,
		});
		yield {
			path: '/api/v1/nodes',
			name: nodeName(i),
			object: {
				metadata: {
					name: nodeName(i),
					labels: {
						'kubernetes.io/hostname': nodeName(i),
						'kubernetes.io/arch': 'amd64',
						'kubernetes.io/os': 'linux',
						'node.kubernetes.io/instance-type': `gpu-${gpus}`,
						'topology.kubernetes.io/zone': `zone-${i % 3}`,
						pool: `pool-${i % policies}`,
						...(gpus > 0
							? {
									'nvidia.com/gpu.product': products[(i % policies) % products.length] as string,
									'nvidia.com/gpu.memory': '81920',
									'nvidia.com/gpu.count': String(gpus),
									'nvidia.com/gpu.present': 'true',
									'nvidia.com/cuda.driver.major': '580',
								}
							: {}),
					},
					annotations: {
						'node.alpha.kubernetes.io/ttl': '300',
						'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
					},
				},
				spec: { podCIDR: `10.${i >> 8}.${i & 255}.0/24`, providerID: `bench:///${nodeName(i)}` },
			},
			status: {
				capacity: amounts,
				allocatable: amounts,
				conditions: [
					condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
					condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
					condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
					condition('Ready', 'True', 'KubeletReady'),
				],
				addresses: [
					{ type: 'InternalIP', address: `172.16.${i >> 8}.${i & 255}` },
					{ type: 'Hostname', address: nodeName(i) },
				],
				daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
				nodeInfo: {
					machineID: hex(i, 32),
					systemUUID: hex(i + 1, 32),
					bootID: hex(i + 2, 32),
					kernelVersion: '6.12.0',
					osImage: 'Debian GNU/Linux 13 (trixie)',
					containerRuntimeVersion: 'containerd://2.4.0',
					kubeletVersion: 'v1.36.3',
					kubeProxyVersion: '',
					operatingSystem: 'linux',
					architecture: 'amd64',
				},
				images: Array.from({ length: 12 }, (_, k) => ({
					names: [`registry.example.com/team/image-${k}@sha256:${hex(k, 64)}`, `registry.example.com/team/image-${k}:v${k}`],
					sizeBytes: 1_000_000 * (k + 1),
				})),
			},
		};
	}
}

/** Three of ten ask for GPUs; they carry what the policies demand, a few of every fourth team aside. */
export function* pods({ pods: count, nodes: nodeCount }: Size): Generator<StaticObject> {
	for (let i = 0; i < count; i++) {
		const set = Math.floor(i / podsPerOwner);
		const namespace = namespaceName(Math.floor(set / ownersPerNamespace));
		const name = `${replicaSetName(set)}-${hex(i, 5)}`;
		const spec = podSpec(i, nodeName(i % nodeCount));
		yield {
			path: `/api/v1/namespaces/${namespace}/pods`,
			name,
			object: {
				metadata: {
					name,
					namespace,
					labels: { app: `app-${set}`, 'pod-template-hash': hex(set, 10), 'app.kubernetes.io/part-of': `suite-${set % 20}` },
					annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' },
					ownerReferences: [owner('apps/v1', 'ReplicaSet', replicaSetName(set))],
				},
				spec,
			},
			status: podStatus(i, spec.containers),
		};
	}
}

function podSpec(i: number, node: string | null) {
	const gpu = i % 10 < 3;
	const wrong = i % 50 === 0 && Math.floor(i / podsPerOwner / ownersPerNamespace) % 4 === 3;
	const order = wrong ? 'FASTEST_FIRST' : 'PCI_BUS_ID';
	const container = (name: string, limits: Readonly<Record<string, string>>, env: readonly object[]) => ({
		name,
		image: `registry.example.com/team/${name}:v${i % 7}`,
		args: ['--config=/etc/app/config.yaml', `--shard=${i % 64}`, '--log-format=json'],
		ports: [{ name: 'metrics', containerPort: 9090, protocol: 'TCP' }],
		env,
		resources: { limits, requests: limits },
		volumeMounts: [{ name: 'config', mountPath: '/etc/app', readOnly: true }],
		livenessProbe: { httpGet: { path: '/healthz', port: 'metrics' }, periodSeconds: 10 },
	});
	return {
		...(node === null ? {} : { nodeName: node }),
		containers: [
			container('main', gpu ? { cpu: '8', memory: '64Gi', 'nvidia.com/gpu': '1' } : { cpu: '1', memory: '2Gi' }, [
				{ name: 'SHARD', value: String(i % 64) },
				{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
				...(gpu ? [{ name: 'CUDA_DEVICE_ORDER', value: order }] : []),
			]),
			container('sidecar', { cpu: '100m', memory: '128Mi' }, [{ name: 'LEVEL', value: 'info' }]),
		],
		volumes: [{ name: 'config', configMap: { name: `config-${i % 20}` } }],
		tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
		terminationGracePeriodSeconds: 30,
	};
}

function podStatus(i: number, containers: readonly { readonly name: string }[]): object {
	const condition = (type: string): object => ({ type, status: 'True', lastTransitionTime: then });
	return {
		phase: 'Running',
		qosClass: 'Guaranteed',
		startTime: then,
		hostIP: `172.16.0.${i & 255}`,
		podIP: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
		podIPs: [{ ip: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}` }],
		conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition),
		containerStatuses: containers.map(({ name }) => ({
			name,
			ready: true,
			started: true,
			restartCount: 0,
			image: `registry.example.com/team/${name}:v${i % 7}`,
			imageID: `registry.example.com/team/${name}@sha256:${hex(i % 7, 64)}`,
			containerID: `containerd://${hex(i, 64)}`,
			state: { running: { startedAt: then } },
		})),
	};
}

/**
 * Each over the pods of one team and the nodes of one pool, all in order but for every fourth team; the first over all nodes with GPUs, a
 * fourth of which it forbids. One of ten enforces. `edition` is a change that no pod and no node has to follow.
 */
export function policy(i: number, edition = 0): object {
	const allowed = i === 0 ? products.slice(1) : products;
	return {
		apiVersion: 'gpupolicy.dev/v1alpha1',
		kind: 'GpuPolicy',
		metadata: { name: policyName(i) },
		spec: {
			mode: enforces(i) ? 'Enforce' : 'Audit',
			devices: {
				allow: [...allowed, `NVIDIA Edition ${edition}`].map((product) => ({ productName: product.replaceAll('-', ' ') })),
			},
			env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }],
			workloads: { namespaceSelector: { matchLabels: { team: `team-${i}` } } },
			nodes: { selector: { matchLabels: { 'nvidia.com/gpu.present': 'true', ...(i === 0 ? {} : { pool: `pool-${i}` }) } } },
		},
	};
}

export function enforces(i: number): boolean {
	return i % 10 === 1;
}

export function policyName(i: number): string {
	return `bench-${i}`;
}

export function nodeName(i: number): string {
	return `node-${String(i).padStart(5, '0')}`;
}

function namespaceName(i: number): string {
	return `bench-team-${i}`;
}

function replicaSetName(i: number): string {
	return `app-${i}-${hex(i, 10)}`;
}

function ownerCount(pods: number): number {
	return Math.ceil(pods / podsPerOwner);
}

/** A reference with a uid that nobody checks: there is no garbage collector. */
function owner(apiVersion: string, kind: string, name: string): object {
	return { apiVersion, kind, name, uid: `00000000-0000-4000-8000-${hex(name.length * 7919, 12)}`, controller: true };
}

/** Digits that look like those of a hash, and are the same each time. */
function hex(seed: number, length: number): string {
	let text = '';
	for (let state = seed + 1; text.length < length; ) {
		state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
		state = (state + 0x9e3779b9) >>> 0;
		text += state.toString(16).padStart(8, '0');
	}
	return text.slice(0, length);
}
