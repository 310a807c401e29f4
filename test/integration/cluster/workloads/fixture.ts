import type { Condition } from '../../../../src/api/v1alpha1.generated.ts';
import type { ClusterPolicy, DutyOutcome } from '../../../../src/controller/duty.ts';
import { WorkloadsDuty, type WorkloadsDutySettings } from '../../../../src/controller/workloads/workloads-duty.ts';
import type { ApiObject } from '../../../../src/core/ports/cluster.ts';
import type { ClusterEvent } from '../../../../src/core/ports/events.ts';
import { type Connection, connect, findAccount } from '../../../../src/kube/index.ts';
import { WorkQueue } from '../../../../src/runtime/work-queue.ts';
import { type ClusterOptions, isWrite, type TestCluster, until } from '../../../cluster/index.ts';
import { AdmissionBench, type PolicySpec, untilDone } from '../admission/fixture.ts';

const policiesPath = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';
const agentOf = (policy: string): string => `gpupolicy-workloads-${policy}`;
export const env = [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }];
/** For whatever has to happen, on a machine ten times as slow. */
const limitMs = 180_000;
const gpu = { limits: { 'nvidia.com/gpu': '1' } };

/** A cluster whose pods live: one node of kwok, on which every pod is placed by name. */
export class WorkloadsBench {
	readonly admission: AdmissionBench;
	readonly #drivers: Driver[] = [];

	private constructor(admission: AdmissionBench) {
		this.admission = admission;
	}

	/** @param further components beside those that let pods live */
	static async start(further: ClusterOptions['components'] = []): Promise<WorkloadsBench> {
		const admission = await AdmissionBench.start({
			components: ['kube-controller-manager', 'kwok', ...further],
			// A kwok that was killed gets its node back only when its old lease has ended; the pods must not be marked as lost meanwhile.
			args: { 'kube-controller-manager': ['--node-monitor-grace-period=600s'] },
		});
		await admission.server.request('POST', '/api/v1/nodes', { metadata: { name: 'n0' } });
		await admission.server.serviceAccount('gpupolicy-probe', 'default');
		return new WorkloadsBench(admission);
	}

	get server(): AdmissionBench['server'] {
		return this.admission.server;
	}

	async stop(): Promise<void> {
		// Those that a failed test left running would keep the process alive.
		await Promise.all(this.#drivers.map((driver) => driver.kill()));
		await this.admission.stop();
	}

	/** A namespace whose pods can be created at once. */
	async namespace(): Promise<string> {
		const name = await this.server.namespace('work');
		await this.server.serviceAccount(name, 'default');
		return name;
	}

	async create(path: string, object: object): Promise<ApiObject> {
		const { status, body } = await this.server.request('POST', path, object);
		if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
		return body;
	}

	/** A pod of nobody, unless its metadata says otherwise. */
	pod(namespace: string, name: string, metadata: object = {}, container: object = {}, spec: object = {}): Promise<ApiObject> {
		const template = podTemplate(name, container);
		return this.create(`/api/v1/namespaces/${namespace}/pods`, {
			metadata: { ...template.metadata, name, ...metadata },
			spec: { ...template.spec, ...spec },
		});
	}

	/** An owner of pods that ask for a GPU. */
	owner(
		namespace: string,
		kind: 'deployments' | 'statefulsets' | 'daemonsets' | 'replicasets',
		name: string,
		spec: object = {},
	): Promise<ApiObject> {
		return this.create(`/apis/apps/v1/namespaces/${namespace}/${kind}`, {
			metadata: { name },
			spec: {
				...(kind === 'daemonsets' ? {} : { replicas: 1 }),
				...(kind === 'statefulsets' ? { serviceName: name } : {}),
				selector: { matchLabels: { app: name } },
				template: podTemplate(name),
				...spec,
			},
		});
	}

	/** A Deployment on no node: its pods are ready only when `makeReady` says so. */
	loose(namespace: string, name: string, spec: object = {}): Promise<ApiObject> {
		const { metadata, spec: pod } = podTemplate(name);
		const { nodeName: _, ...unplaced } = pod;
		return this.owner(namespace, 'deployments', name, { template: { metadata, spec: unplaced }, ...spec });
	}

	/** Owners on no node, with every pod ready. */
	async allLoose(namespace: string, ...names: readonly string[]): Promise<void> {
		for (const name of names) await this.loose(namespace, name);
		for (const name of names) await this.makeReady(namespace, name);
		for (const name of names) await this.complete(namespace, name);
	}

	/** Pods that comply, so that what is replaced is not over half. */
	async ballast(namespace: string, replicas: number): Promise<void> {
		await this.owner(namespace, 'deployments', 'ballast', { replicas, template: podTemplate('ballast', { env }) });
	}

	/** Waits for so many pods of an owner on no node, and makes all of them ready. */
	async makeReady(namespace: string, app: string, count = 1): Promise<void> {
		const own = async (): Promise<ApiObject[]> =>
			(await this.pods(namespace)).filter(
				({ metadata }) => metadata.labels?.['app'] === app && metadata.deletionTimestamp === undefined,
			);
		await until(`${count} pods of ${app}`, async () => (await own()).length === count, limitMs);
		const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: new Date().toISOString() }];
		for (const pod of await own())
			if (!isReady(pod))
				await this.server.request('PATCH', `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/status`, {
					status: { phase: 'Running', conditions },
				});
	}

	async pods(namespace: string): Promise<readonly ApiObject[]> {
		const { body } = await this.server.request('GET', `/api/v1/namespaces/${namespace}/pods`);
		return body.items as ApiObject[];
	}

	/** So many pods are there, all of them ready. */
	async ready(namespace: string, count: number): Promise<void> {
		await until(
			`${count} ready pods in ${namespace}`,
			async () => {
				const pods = await this.pods(namespace);
				return pods.length === count && pods.every(isReady);
			},
			limitMs,
		);
	}

	/** An owner that is there with all its pods, by its own controller. */
	async complete(namespace: string, name: string): Promise<void> {
		await until(
			`${name} is complete`,
			async () => {
				const { body } = await this.server.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
				const { replicas, updatedReplicas, availableReplicas, observedGeneration } = body.status ?? {};
				const all = [replicas, updatedReplicas, availableReplicas].every((count) => count === body.spec.replicas);
				return all && observedGeneration === body.metadata.generation;
			},
			limitMs,
		);
	}

	/** Pods of a namespace without the env of the policy. */
	async wrong(namespace: string): Promise<readonly string[]> {
		return (await this.pods(namespace)).filter((pod) => !carriesEnv(pod)).map(({ metadata }) => metadata.name);
	}

	/** A policy over one namespace, in force in admission. */
	async policy(name: string, namespace: string, remediation: object, changes: Partial<PolicySpec> = {}): Promise<ClusterPolicy> {
		const policy = await this.admission.policy(name, {
			mode: 'Enforce',
			env,
			workloads: {
				namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
				remediation,
			},
			...changes,
		});
		const { condition } = await this.admission.duty().reconcile(policy, untilDone);
		if (condition === null) throw new Error('no admission');
		await this.programmed(policy, condition);
		return policy;
	}

	/** Writes what admission came to, as the controller does. */
	async programmed(
		policy: ClusterPolicy,
		{ type, reason, message }: Pick<Condition, 'type' | 'reason' | 'message'>,
	): Promise<void> {
		const condition = {
			type,
			status: 'True',
			reason,
			message,
			observedGeneration: policy.generation,
			lastTransitionTime: new Date().toISOString(),
		};
		const { status, body } = await this.server.request('PATCH', `${policiesPath}/${policy.name}/status`, {
			status: { conditions: [condition] },
		});
		if (status !== 200) throw new Error(JSON.stringify(body));
	}

	/** A controller that does nothing but this duty, by default as the admin. */
	drive(policy: ClusterPolicy, settings: Partial<WorkloadsDutySettings> = {}, kubeconfig = this.server.kubeconfig): Driver {
		const connection = connect(findAccount({ kubeconfig }), { userAgent: agentOf(policy.name) });
		const driver = new Driver(this, connection, policy, settings);
		this.#drivers.push(driver);
		return driver;
	}

	/** What the drivers of policies wrote, `VERB resource[/subresource] name CODE`, dry runs left out. */
	async writes(mark: ReturnType<TestCluster['audit']['mark']>, ...policies: readonly string[]): Promise<readonly string[]> {
		const agents = policies.map(agentOf);
		return (await this.server.audit.since(mark))
			.filter((entry) => agents.includes(entry.userAgent ?? '') && isWrite(entry))
			.map(({ verb, objectRef, responseStatus }) => {
				const { resource, subresource, name } = objectRef ?? {};
				return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`} ${name} ${responseStatus?.code}`;
			});
	}

	/** Annotations of the GpuPolicy as they stand on the server. */
	async annotations(name: string): Promise<Readonly<Record<string, string>>> {
		const { body } = await this.server.request('GET', `${policiesPath}/${name}`);
		return body.metadata.annotations ?? {};
	}

	async annotate(name: string, annotations: object): Promise<void> {
		await this.server.request('PATCH', `${policiesPath}/${name}`, { metadata: { annotations } });
	}
}

/** Runs the duty for one policy as the controller does, on a work queue, until it is stopped or dies. */
export class Driver {
	readonly events: ClusterEvent[] = [];
	readonly errors: unknown[] = [];
	outcome: DutyOutcome | undefined;
	readonly #connection: Connection;
	readonly #abort = new AbortController();
	readonly #duty: WorkloadsDuty;
	readonly #queue: WorkQueue;

	constructor(bench: WorkloadsBench, connection: Connection, policy: ClusterPolicy, settings: Partial<WorkloadsDutySettings>) {
		this.#connection = connection;
		const context = {
			cluster: connection.cluster,
			watcher: connection.watcher,
			events: { record: (event: ClusterEvent) => void this.events.push(event) },
			policies: () => [policy],
			requeue: (name: string) => this.#queue.add(name),
			log: () => undefined,
		};
		const clock = { now: Date.now, elapsed: () => performance.now(), token: () => `${Math.random()}`.slice(2) };
		this.#duty = new WorkloadsDuty(context, { ...clock, limitMs: 60_000, gatherMs: 50, ...settings });
		this.#queue = new WorkQueue({
			handle: async (name) => {
				const { body } = await bench.server.request('GET', `${policiesPath}/${name}`);
				const object = { ...policy.object, metadata: body.metadata };
				this.outcome = await this.#duty.reconcile({ ...policy, object }, this.#abort.signal);
				const { requeueAfterMs } = this.outcome;
				return requeueAfterMs === undefined ? {} : { requeueAfterMs };
			},
			onError: (_, error) => {
				if (!this.#abort.signal.aborted) this.errors.push(error);
			},
			minBackoffMs: 50,
		});
		this.#queue.add(policy.name);
	}

	get reason(): string | undefined {
		return this.outcome?.condition?.reason;
	}

	get message(): string {
		return this.outcome?.condition?.message ?? '';
	}

	/** Resolves when the outcome is as wanted. */
	async until(what: string, holds: (driver: this) => boolean, limit = limitMs): Promise<void> {
		try {
			await until(what, () => holds(this), limit);
		} catch (error) {
			throw new Error(`${what}: ${JSON.stringify(this.outcome)} ${this.errors.join('\n')}`, { cause: error });
		}
	}

	/** As kill -9: connections end in the middle of what they carry, and nothing is tidied up. */
	async kill(): Promise<void> {
		this.#abort.abort();
		const closing = this.#connection.close();
		await this.#queue.drain();
		await this.#duty.stop();
		await closing;
	}

	async stop(): Promise<void> {
		await this.#queue.drain();
		await this.#duty.stop();
		await this.#connection.close();
	}
}

function podTemplate(name: string, container: object = {}) {
	return {
		metadata: { labels: { app: name } },
		spec: {
			nodeName: 'n0',
			terminationGracePeriodSeconds: 0,
			containers: [{ name: 'main', image: 'none', resources: gpu, ...container }],
		},
	};
}

function isReady(pod: ApiObject): boolean {
	const { conditions = [] } = (pod['status'] ?? {}) as { conditions?: { type: string; status: string }[] };
	return (
		pod.metadata.deletionTimestamp === undefined && conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
	);
}

function carriesEnv(pod: ApiObject): boolean {
	const { containers } = pod['spec'] as { containers: { env?: { name: string; value?: string }[] }[] };
	return containers.every((container) =>
		container.env?.some(({ name, value }) => name === 'CUDA_DEVICE_ORDER' && value === 'PCI_BUS_ID'),
	);
}
