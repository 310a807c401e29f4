import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GpuPolicySpec } from '../../api/v1alpha1.generated.ts';
import type { ApiObject, CacheOptions, Cluster, ObjectCache, Resource, Watcher } from '../../core/ports/cluster.ts';
import type { ClusterPolicy } from '../duty.ts';
import { NodesDuty } from './nodes-duty.ts';

const nodeCount = 5_000;
const policyCount = 100;
const cards = ['NVIDIA A100-SXM4-80GB', 'NVIDIA H100 80GB HBM3', 'NVIDIA L4', 'NVIDIA GeForce RTX 3090'];

/** Objects that lie in memory, told to whoever watches: what is measured is our own work, not that of a server. */
class StillCluster implements Watcher {
	readonly #told = new Map<string, (object: ApiObject) => void>();
	readonly #objects: Readonly<Record<string, () => Iterable<ApiObject>>>;
	writes = 0;

	constructor(objects: Readonly<Record<string, () => Iterable<ApiObject>>>) {
		this.#objects = objects;
	}

	watch<T>({ resource }: Resource, options: CacheOptions<T>): ObjectCache<T> {
		const items = new Map<string, T>();
		const put = (object: ApiObject): void => {
			const { name } = object.metadata;
			const [before, after] = [items.get(name), options.project(object)];
			items.set(name, after);
			if (before === undefined || (options.differs?.(before, after) ?? true)) options.onChange({ name }, before, after);
		};
		const synced = Promise.resolve().then(() => {
			for (const object of this.#objects[resource]?.() ?? []) put(object);
		});
		this.#told.set(resource, put);
		return {
			synced: true,
			whenSynced: () => synced,
			get: ({ name }) => items.get(name),
			get size() {
				return items.size;
			},
			values: () => items.values(),
			trouble: null,
			stop: async () => undefined,
		};
	}

	tell(resource: string, object: ApiObject): void {
		this.#told.get(resource)?.(object);
	}

	readonly cluster = {
		serves: async () => false,
		create: async (_: Resource, object: ApiObject) => this.#written(object),
		patch: async (_: Resource, { name }: { readonly name: string }, patch: object) =>
			this.#written({ ...node(Number(name.slice(1))), ...patch } as ApiObject),
	} as unknown as Cluster;

	#written(object: ApiObject): { readonly object: ApiObject; readonly warnings: readonly string[] } {
		this.writes++;
		return { object, warnings: [] };
	}
}

function node(i: number): ApiObject {
	return { apiVersion: 'v1', kind: 'Node', metadata: { name: `n${i}`, uid: `u${i}`, resourceVersion: '1', labels: {} } };
}

function report(i: number, observedAt: string, product = cards[i % 3]): ApiObject {
	const devices = Array.from({ length: 8 }, (_, index) => ({
		uuid: `GPU-${i}-${index}-2222-3333-444444444444`,
		index,
		productName: product,
		memoryBytes: 80 * 2 ** 30,
		computeCapability: '8.0',
		mig: 'Disabled',
		exposure: 'Exposed',
	}));
	const owner = { apiVersion: 'v1', kind: 'Node', name: `n${i}`, uid: `u${i}` };
	return {
		apiVersion: 'gpupolicy.dev/v1alpha1',
		kind: 'GpuNodeReport',
		metadata: { name: `n${i}`, uid: `r${i}`, ownerReferences: [owner] },
		status: { observedAt, source: { kind: 'NVML', driverVersion: '580.65.06' }, devices },
	};
}

function* all(make: (i: number) => ApiObject): Iterable<ApiObject> {
	for (let i = 0; i < nodeCount; i++) yield make(i);
}

function policy(i: number): ClusterPolicy {
	const spec = {
		mode: 'Audit',
		devices: { allow: cards.slice(0, 3).map((productName) => ({ productName })), deny: [{ productNamePattern: `*${i}*none*` }] },
		nodes: { selector: {}, onForbiddenDevice: 'Report', taint: { key: 'a/b', effect: 'NoSchedule' } },
	} as unknown as GpuPolicySpec;
	const object = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name: `p${i}` }, spec } as const;
	return { name: `p${i}`, uid: `p${i}`, generation: 1, digest: `d${i}`, object, suspended: false, deleting: false };
}

describe('5,000 nodes and 100 policies', () => {
	it('are judged once, and after that only what changed is', async (t) => {
		const policies = Array.from({ length: policyCount }, (_, i) => policy(i));
		const woken = new Set<string>();
		const server = new StillCluster({ nodes: () => all(node), gpunodereports: () => all((i) => report(i, 't0')) });
		const before = process.memoryUsage().heapUsed;
		const duty = new NodesDuty({
			cluster: server.cluster,
			watcher: server,
			policies: () => policies,
			wake: (name) => woken.add(name),
			clock: () => Date.now(),
			token: () => 't',
		});
		const { signal } = new AbortController();
		const pass = async (): Promise<{ readonly summaries: Set<string>; readonly cpuMs: number }> => {
			const began = process.cpuUsage();
			const summaries = new Set<string>();
			for (const one of policies) summaries.add((await duty.reconcile(one, signal)).status?.nodes?.summary ?? '');
			const { user, system } = process.cpuUsage(began);
			return { summaries, cpuMs: (user + system) / 1_000 };
		};
		const first = await pass();
		assert.deepEqual([...first.summaries], ['5000/5000']);
		assert.equal(server.writes, 0);
		const heap = process.memoryUsage().heapUsed - before;

		woken.clear();
		for (let i = 0; i < nodeCount; i++) {
			server.tell('gpunodereports', report(i, 't1'));
			server.tell('nodes', { ...node(i), metadata: { ...node(i).metadata, resourceVersion: '2' } });
		}
		assert.deepEqual([...woken], [], 'a heartbeat, of an agent or of a kubelet, is no news');

		server.tell('gpunodereports', report(7, 't2', cards[3]));
		assert.equal(woken.size, policyCount);
		const second = await pass();
		assert.deepEqual([...second.summaries], ['4999/5000']);
		assert.ok(second.cpuMs < first.cpuMs / 2, `one node: ${second.cpuMs} ms, all of them: ${first.cpuMs} ms`);
		t.diagnostic(
			`all nodes and policies: ${first.cpuMs.toFixed(0)} ms of CPU, ${(heap / 2 ** 20).toFixed(0)} MiB of heap; one node changed: ${second.cpuMs.toFixed(0)} ms`,
		);
		await duty.stop();
	});
});
