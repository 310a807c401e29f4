import { createHash } from 'node:crypto';
import { withDefaults } from '../../../../src/api/defaults.ts';
import type { GpuPolicy } from '../../../../src/api/v1alpha1.generated.ts';
import {
	AdmissionDuty,
	type AdmissionDutyOptions,
	type WebhookUse,
} from '../../../../src/controller/admission/admission-duty.ts';
import type { Mutator } from '../../../../src/controller/admission/objects.ts';
import type { RegistrationOptions } from '../../../../src/controller/admission/webhook/registration.ts';
import type { ClusterPolicy } from '../../../../src/controller/duty.ts';
import type { ApiObject, Cluster, Resource } from '../../../../src/core/ports/cluster.ts';
import type { ClusterEvent } from '../../../../src/core/ports/events.ts';
import type { Pod } from '../../../../src/core/workloads/pod.ts';
import { type Connection, connect, findAccount } from '../../../../src/kube/index.ts';
import { type ClusterOptions, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { WebhookBench } from './webhook-bench.ts';

export type PolicySpec = Readonly<Record<string, unknown>> & { readonly mode: 'Enforce' | 'Audit' };

export type BenchOptions = ClusterOptions & {
	/** How the registration of the webhook behaves; its replica runs in this process. Absent: there is none. */
	readonly webhook?: Partial<RegistrationOptions>;
	/** Version of MutatingAdmissionPolicy that the duty may know of; default: what the server serves. */
	readonly only?: 'v1beta1';
};

/** A real API server, a client of it as the admin, and the policies that a controller would know of. */
export class AdmissionBench {
	readonly server: TestCluster;
	readonly connection: Connection;
	readonly events: ClusterEvent[] = [];
	readonly woken: string[] = [];
	readonly policies = new Map<string, ClusterPolicy>();
	#webhook: WebhookBench | null = null;
	#only: 'v1beta1' | undefined;

	private constructor(server: TestCluster, connection: Connection) {
		this.server = server;
		this.connection = connection;
	}

	static async start({ webhook, only, ...options }: BenchOptions = {}): Promise<AdmissionBench> {
		const server = await startCluster(options);
		const connection = connect(findAccount({ kubeconfig: server.kubeconfig }), { userAgent: 'gpupolicy-test' });
		const bench = new AdmissionBench(server, connection);
		for (const name of ['gpupolicy-probe', 'gpupolicy-system', 'gpupolicy-node']) await bench.namespace(name);
		bench.#only = only;
		if (webhook) bench.#webhook = await WebhookBench.start(connection, bench.events, webhook);
		return bench;
	}

	get cluster(): Cluster {
		const { cluster } = this.connection;
		return this.#only ? withoutNewest(cluster) : cluster;
	}

	get webhook(): WebhookBench {
		if (!this.#webhook) throw new Error('this bench has no webhook');
		return this.#webhook;
	}

	/** What changes pods here. */
	get mutator(): Mutator {
		return this.#webhook ? { demandsIn: this.#webhook.namespace } : (this.#only ?? 'v1');
	}

	/** Has API servers call the webhook, where there is one. */
	async registered(): Promise<void> {
		await this.#webhook?.registration.ensure();
	}

	async stop(): Promise<void> {
		await this.#webhook?.stop();
		await this.connection.close();
		await this.server.stop();
	}

	async namespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
		await this.server.request('POST', '/api/v1/namespaces', { metadata: { name, labels } });
	}

	/** A duty with the times of a test: servers refresh each second all the same. */
	duty(options: Partial<AdmissionDutyOptions> & { readonly when?: WebhookUse['when'] } = {}): AdmissionDuty {
		const { when = 'NotServed' } = options;
		const webhook = this.#webhook && { registration: this.#webhook.registration, demandsIn: this.#webhook.namespace, when };
		return new AdmissionDuty({
			...(webhook ? { webhook } : {}),
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
		const label = `app.kubernetes.io/managed-by=gpupolicy${policy === undefined ? '' : `,gpupolicy.dev/policy=${policy}`}`;
		for (const path of listed) {
			const { body } = await this.server.request('GET', `${path}?labelSelector=${encodeURIComponent(label)}`);
			const { items = [] } = body as { items?: readonly ApiObject[] };
			names.push(...items.map(({ metadata }) => `${path.split('/').at(-1)}/${metadata.name}`));
		}
		return names.sort();
	}
}

/** A server that serves MutatingAdmissionPolicy in v1beta1 at best, as 1.34 and 1.35 do; this one needs v1 for itself to carry it out. */
function withoutNewest(cluster: Cluster): Cluster {
	return new Proxy(cluster, {
		get(target, name) {
			if (name === 'serves')
				return async (resource: Resource) =>
					!(resource.version === 'v1' && resource.kind.startsWith('MutatingAdmission')) && (await target.serves(resource));
			if (name === 'freshConnection') return () => withoutNewest(target.freshConnection());
			const member: unknown = Reflect.get(target, name);
			return typeof member === 'function' ? member.bind(target) : member;
		},
	});
}

const listed = [
	'/api/v1/namespaces/gpupolicy-system/configmaps',
	'/api/v1/namespaces/gpupolicy-system/secrets',
	...[
		'mutatingadmissionpolicies',
		'mutatingadmissionpolicybindings',
		'validatingadmissionpolicies',
		'validatingadmissionpolicybindings',
		'mutatingwebhookconfigurations',
	].map((plural) => `/apis/admissionregistration.k8s.io/v1/${plural}`),
];

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
