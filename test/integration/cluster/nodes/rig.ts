import { AssertionError } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { GpuNodeReportStatus, GpuPolicySpec } from '../../../../src/api/v1alpha1.generated.ts';
import type { ClusterPolicy, DutyOutcome } from '../../../../src/controller/duty.ts';
import { NodesDuty, type NodesDutyOptions } from '../../../../src/controller/nodes/nodes-duty.ts';
import { resumeTaintsPatch } from '../../../../src/core/nodes/taint-halt.ts';
import type { Watcher } from '../../../../src/core/ports/cluster.ts';
import { type Connection, connect, findAccount } from '../../../../src/kube/index.ts';
import { examinePolicy } from '../../../../src/manifest/index.ts';
import { WorkQueue } from '../../../../src/runtime/work-queue.ts';
import type { Answer, Identity, TestCluster } from '../../../cluster/index.ts';

type Spec = Partial<Omit<GpuPolicySpec, 'nodes'>> & {
	readonly nodes?: unknown;
};

export const rtx3090 = 'NVIDIA GeForce RTX 3090';
export const rtx5060 = 'NVIDIA GeForce RTX 5060 Ti';
export const only3090 = { allow: [{ productName: rtx3090 }] };

/** The nodes duty on its work queue, with policies that a test sets; on a real server. */
export class NodesRig {
	readonly server: TestCluster;
	readonly userAgent: string;
	/** `reason: note`, in order. */
	readonly events: string[] = [];
	readonly outcomes = new Map<string, DutyOutcome>();
	readonly errors: string[] = [];
	/** Kinds whose copy is known to be out of date: `gpunodereports`. */
	readonly blindTo = new Set<string>();
	readonly duty: NodesDuty;
	readonly #connection: Connection;
	readonly #queue: WorkQueue;
	readonly #policies = new Map<string, ClusterPolicy>();
	readonly #signal = new AbortController();

	constructor(server: TestCluster, options: Partial<NodesDutyOptions> & { readonly as?: Identity; readonly url?: string } = {}) {
		const { as, url, ...more } = options;
		this.server = server;
		this.userAgent = `gpupolicy-nodes-${Math.random().toString(36).slice(2)}`;
		this.#connection = connect(findAccount({ kubeconfig: server.kubeconfigFor(as, url) }), {
			userAgent: this.userAgent,
			maxPauseMs: 1_000,
		});
		this.#queue = new WorkQueue({
			handle: async (name) => {
				const policy = this.#policies.get(name);
				if (!policy) return {};
				const outcome = await this.duty.reconcile(policy, this.#signal.signal);
				this.outcomes.set(name, outcome);
				return outcome.requeueAfterMs === undefined ? {} : { requeueAfterMs: outcome.requeueAfterMs };
			},
			onError: (_, error) => this.errors.push(String(error)),
			minBackoffMs: 50,
		});
		this.duty = new NodesDuty({
			cluster: this.#connection.cluster,
			watcher: this.#listening(this.#connection.watcher),
			policies: () => this.#policies.values(),
			wake: (name) => this.#queue.add(name),
			events: { record: ({ reason, note }) => this.events.push(`${reason}: ${note}`) },
			clock: () => Date.now(),
			token: () => randomBytes(6).toString('hex'),
			...more,
		});
	}

	#listening(watcher: Watcher): Watcher {
		return {
			watch: (resource, options) =>
				watcher.watch(resource, {
					...options,
					onTrouble: (trouble) => {
						if (trouble) this.blindTo.add(resource.resource);
						else this.blindTo.delete(resource.resource);
						options.onTrouble?.(trouble);
					},
				}),
		};
	}

	/** Creates or edits the policy on the server, and lets the duty know. */
	async policy(name: string, spec: Spec, annotations: Record<string, string> = {}): Promise<ClusterPolicy> {
		const manifest = {
			apiVersion: 'gpupolicy.dev/v1alpha1',
			kind: 'GpuPolicy',
			metadata: { name, annotations },
			spec: { mode: 'Enforce', ...spec },
		};
		const path = '/apis/gpupolicy.dev/v1alpha1/gpupolicies';
		const { body } = await ok(
			this.server.request('PATCH', `${path}/${name}?fieldManager=test&force=true`, manifest, {
				contentType: 'application/apply-patch+yaml',
			}),
		);
		const { policy: object, digest, problems } = examinePolicy(manifest);
		if (problems.length > 0) throw new AssertionError({ message: `${name}: ${JSON.stringify(problems)}` });
		const { uid, generation } = body.metadata;
		const suspended = object.spec.suspend === true;
		const policy: ClusterPolicy = { name, uid, generation, digest, object, suspended, deleting: false };
		this.#policies.set(name, policy);
		this.#queue.add(name);
		return policy;
	}

	/** Takes over the policies of another controller, as they stand. */
	adopt(other: NodesRig): void {
		for (const [name, policy] of other.#policies) {
			this.#policies.set(name, policy);
			this.#queue.add(name);
		}
	}

	/** Takes the annotations of a policy from the server, as the watch of the controller would. */
	async refresh(name: string): Promise<void> {
		const policy = this.#policies.get(name);
		if (!policy) return;
		const { metadata } = (await ok(this.server.request('GET', `/apis/gpupolicy.dev/v1alpha1/gpupolicies/${name}`))).body;
		const annotations = metadata.annotations ?? {};
		const object = { ...policy.object, metadata: { ...policy.object.metadata, annotations } };
		this.#policies.set(name, { ...policy, object });
		this.#queue.add(name);
	}

	/** As `gpupolicy resume` does. */
	async resume(name: string, who: string): Promise<void> {
		const path = `/apis/gpupolicy.dev/v1alpha1/gpupolicies/${name}`;
		const { metadata } = (await ok(this.server.request('GET', path))).body;
		const annotations = resumeTaintsPatch(metadata.annotations ?? {}, who);
		if (annotations === null) throw new AssertionError({ message: `nothing of ${name} is halted` });
		await ok(this.server.request('PATCH', path, { metadata: { annotations } }, { contentType: 'application/merge-patch+json' }));
		await this.refresh(name);
	}

	/** As the finalizer has it: cleans up, then forgets. */
	async remove(name: string): Promise<void> {
		const policy = this.#policies.get(name);
		if (!policy) return;
		const deleting = { ...policy, deleting: true };
		this.#policies.set(name, deleting);
		await this.duty.cleanUp(deleting, this.#signal.signal);
		this.#policies.delete(name);
		this.outcomes.delete(name);
		for (const other of this.#policies.keys()) this.#queue.add(other);
		await ok(this.server.request('DELETE', `/apis/gpupolicy.dev/v1alpha1/gpupolicies/${name}`));
	}

	async removeAll(): Promise<void> {
		for (const name of [...this.#policies.keys()]) await this.remove(name);
	}

	/** The condition and the counts of a policy, as `False/ForbiddenDeviceExposed 1/2`. */
	says(name: string): string {
		const outcome = this.outcomes.get(name);
		return `${outcome?.condition?.reason} ${outcome?.status?.nodes?.summary}`;
	}

	message(name: string): string {
		return this.outcomes.get(name)?.condition?.message ?? '';
	}

	/** Waits until the duty says so; shows what it says where it does not. */
	async until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
		for (const end = performance.now() + limitMs; !(await holds()); await pause(20)) {
			if (performance.now() < end) continue;
			const said = [...this.outcomes].map(([name, { condition, stalled }]) =>
				[name, this.says(name), condition?.message.slice(0, 300), stalled?.message].join(' | '),
			);
			throw new AssertionError({
				message: `not within ${limitMs} ms: ${what}\n${said.join('\n')}\n${this.errors.slice(-5).join('\n')}`,
			});
		}
	}

	async stop(): Promise<void> {
		this.#signal.abort();
		await this.#queue.drain();
		await this.duty.stop();
		await this.#connection.close();
	}
}

/** An answer of the 200s, or a failure with what the server said. */
export async function ok(sending: Promise<Answer>): Promise<Answer> {
	const answer = await sending;
	if (answer.status >= 300)
		throw new AssertionError({ message: `${answer.status}: ${JSON.stringify(answer.body?.message ?? answer.body)}` });
	return answer;
}

export interface NodeShape {
	readonly labels?: Record<string, string>;
	readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
	/** `nvidia.com/gpu`: capacity, and allocatable where it is less. */
	readonly gpus?: readonly [number, number?];
}

/** Creates a Node as a kubelet would register it. */
export async function createNode(
	server: TestCluster,
	name: string,
	{ labels = {}, taints = [], gpus }: NodeShape = {},
): Promise<void> {
	await ok(
		server.request('POST', '/api/v1/nodes', { metadata: { name, labels: { 'test/node': name, ...labels } }, spec: { taints } }),
	);
	if (gpus) await setGpus(server, name, ...gpus);
}

export async function setGpus(server: TestCluster, name: string, capacity: number, allocatable = capacity): Promise<void> {
	const status = { capacity: { 'nvidia.com/gpu': `${capacity}` }, allocatable: { 'nvidia.com/gpu': `${allocatable}` } };
	await ok(server.request('PATCH', `/api/v1/nodes/${name}/status`, { status }, { contentType: 'application/merge-patch+json' }));
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into nodes
export async function nodeOf(server: TestCluster, name: string): Promise<any> {
	return (await ok(server.request('GET', `/api/v1/nodes/${name}`))).body;
}

const reports = '/apis/gpupolicy.dev/v1alpha1/gpunodereports';

/** Writes what the agent of a node would. */
export async function report(server: TestCluster, node: string, status: GpuNodeReportStatus): Promise<void> {
	const path = `${reports}/${node}`;
	for (const end = performance.now() + 60_000; ; await pause(20)) {
		const found = await server.request('GET', path);
		if (found.status === 200) break;
		if (performance.now() > end) throw new AssertionError({ message: `nobody made the report of ${node}` });
	}
	const body = {
		apiVersion: 'gpupolicy.dev/v1alpha1',
		kind: 'GpuNodeReport',
		metadata: { name: node },
		status: { observedAt: new Date().toISOString(), source: { kind: 'NVML', driverVersion: '580.65.06' }, ...status },
	};
	await ok(
		server.request('PATCH', `${path}/status?fieldManager=agent&force=true`, body, {
			contentType: 'application/apply-patch+yaml',
		}),
	);
}

/** A device as an agent reports it. */
export function reported(index: number, productName: string, exposure: 'Exposed' | 'NotExposed' | 'Unknown' = 'Exposed') {
	const uuid = `GPU-${index}0000000-1111-2222-3333-444444444444`;
	return {
		uuid,
		index,
		productName,
		memoryBytes: 24 * 2 ** 30,
		computeCapability: '8.6',
		mig: 'NotSupported' as const,
		exposure,
	};
}

/** Publishes devices of a node as NVIDIA's DRA driver does. */
export async function slice(
	server: TestCluster,
	node: string,
	devices: readonly { readonly name: string; readonly uuid: string; readonly productName: string; readonly tainted?: boolean }[],
	generation = 1,
): Promise<void> {
	const body = {
		apiVersion: 'resource.k8s.io/v1',
		kind: 'ResourceSlice',
		metadata: { name: `${node}-gpu.nvidia.com-${generation}` },
		spec: {
			driver: 'gpu.nvidia.com',
			nodeName: node,
			pool: { name: node, generation, resourceSliceCount: 1 },
			devices: devices.map(({ name, uuid, productName, tainted }) => ({
				name,
				attributes: {
					type: { string: 'gpu' },
					uuid: { string: uuid },
					productName: { string: productName },
					brand: { string: 'GeForce' },
					architecture: { string: 'Ampere' },
					cudaComputeCapability: { version: '8.6.0' },
					driverVersion: { version: '580.65.6' },
					cudaDriverVersion: { version: '13.0.0' },
					'resource.kubernetes.io/pciBusID': { string: '0000:01:00.0' },
				},
				capacity: { memory: { value: '24Gi' } },
				...(tainted ? { taints: [{ key: 'example.com/broken', effect: 'NoSchedule' }] } : {}),
			})),
		},
	};
	await ok(server.request('POST', '/apis/resource.k8s.io/v1/resourceslices', body));
}
