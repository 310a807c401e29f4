import { createHash } from 'node:crypto';
import { withDefaults } from '../../../../src/api/defaults.ts';
import type { GpuPolicy } from '../../../../src/api/v1alpha1.generated.ts';
import { AdmissionDuty, type AdmissionDutyOptions } from '../../../../src/controller/admission/admission-duty.ts';
import type { ClusterPolicy } from '../../../../src/controller/duty.ts';
import type { ApiObject, Cluster } from '../../../../src/core/ports/cluster.ts';
import type { ClusterEvent } from '../../../../src/core/ports/events.ts';
import type { Pod } from '../../../../src/core/workloads/pod.ts';
import { type Connection, connect, findAccount } from '../../../../src/kube/index.ts';
import { type ClusterOptions, startCluster, type TestCluster } from '../../../cluster/index.ts';

export type PolicySpec = Readonly<Record<string, unknown>> & { readonly mode: 'Enforce' | 'Audit' };

/** A real API server, a client of it as the admin, and the policies that a controller would know of. */
export class AdmissionBench {
	readonly server: TestCluster;
	readonly connection: Connection;
	readonly events: ClusterEvent[] = [];
	readonly woken: string[] = [];
	readonly policies = new Map<string, ClusterPolicy>();

	private constructor(server: TestCluster, connection: Connection) {
		this.server = server;
		this.connection = connection;
	}

	static async start(options: ClusterOptions = {}): Promise<AdmissionBench> {
		const server = await startCluster(options);
		const connection = connect(findAccount({ kubeconfig: server.kubeconfig }), { userAgent: 'gpupolicy-test' });
		const bench = new AdmissionBench(server, connection);
		for (const name of ['gpupolicy-probe', 'gpupolicy-system', 'gpupolicy-node']) await bench.namespace(name);
		return bench;
	}

	get cluster(): Cluster {
		return this.connection.cluster;
	}

	async stop(): Promise<void> {
		await this.connection.close();
		await this.server.stop();
	}

	async namespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
		await this.server.request('POST', '/api/v1/namespaces', { metadata: { name, labels } });
	}

	/** A duty with the times of a test: servers refresh each second all the same. */
	duty(options: Partial<AdmissionDutyOptions> = {}): AdmissionDuty {
		return new AdmissionDuty({
			cluster: this.cluster,
			policies: () => this.policies.values(),
			wake: (name) => this.woken.push(name),
			events: { record: (event) => this.events.push(event) },
			pickUpMs: 10_000,
			settleMs: 200,
			...options,
		});
	}

	/** Creates or changes a GpuPolicy on the server and gives it as the controller sees it. */
	async policy(name: string, spec: PolicySpec): Promise<ClusterPolicy> {
		const object = withDefaults({ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name }, spec });
		const path = `/apis/gpupolicy.dev/v1alpha1/gpupolicies/${encodeURIComponent(name)}?fieldManager=test&force=true`;
		const answer = await this.server.request('PATCH', path, object, { contentType: 'application/apply-patch+yaml' });
		// A refusal has metadata too.
		const { metadata } = answer.body as { metadata?: { uid?: string; generation: number } };
		if (!metadata?.uid) throw new Error(`GpuPolicy ${name} was refused: ${JSON.stringify(answer.body)}`);
		const policy = clusterPolicy(object, metadata.uid, metadata.generation);
		this.policies.set(name, policy);
		return policy;
	}

	/** Names of every admission object with our label, of one policy or of all. */
	async objects(policy?: string): Promise<readonly string[]> {
		const names: string[] = [];
		for (const kind of ['mutating', 'validating'] as const) {
			for (const plural of ['policies', 'policybindings'] as const) {
				const selector = `app.kubernetes.io/managed-by=gpupolicy${policy === undefined ? '' : `,gpupolicy.dev/policy=${policy}`}`;
				const path = `/apis/admissionregistration.k8s.io/v1/${kind}admission${plural}?labelSelector=${encodeURIComponent(selector)}`;
				const { body } = await this.server.request('GET', path);
				const { items = [] } = body as { items?: readonly ApiObject[] };
				names.push(...items.map(({ metadata }) => `${kind}${plural}/${metadata.name}`));
			}
		}
		return names.sort();
	}
}

export function clusterPolicy(object: GpuPolicy, uid: string, generation = 1): ClusterPolicy {
	const digest = createHash('sha256').update(JSON.stringify(object.spec)).digest('hex');
	return { name: object.metadata.name, uid, generation, digest, object, suspended: object.spec.suspend, deleting: false };
}

/** A pod of one container that asks for a GPU. */
export function gpuPod(container: object = {}, labels: Readonly<Record<string, string>> = {}): Pod {
	return {
		metadata: { name: 'pod', labels },
		spec: { containers: [{ name: 'main', image: 'none', resources: { limits: { 'nvidia.com/gpu': '1' } }, ...container }] },
	};
}

/** A signal that never aborts. */
export const untilDone = new AbortController().signal;

export const exampleEnv = [
	{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' },
	{ name: 'PYTORCH_CUDA_ALLOC_CONF', value: 'max_split_size_mb:1024' },
	{ name: 'CUDA_VISIBLE_DEVICES', value: '1' },
	{ name: 'QUOTED', value: `é 漢 😀 "double" 'single' \\back $(A) $$ {{x}} %s` },
] as const;
