import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { withDefaults } from '../../api/defaults.ts';
import type { ApiObject, CacheOptions, Cluster, ObjectCache, Resource, Watcher } from '../../core/ports/cluster.ts';
import type { ClusterPolicy } from '../duty.ts';
import { WorkloadsDuty } from './workloads-duty.ts';

const untilDone = new AbortController().signal;
const apps = 'apps/v1';

/** Copies that a test fills by hand, and that are out of date when it says so. */
class HandFed implements Watcher {
	fresh = true;
	/** How often all pods were gone through. */
	passes = 0;
	readonly #objects = new Map<string, ApiObject[]>();
	readonly #told: ((kind: string, object: ApiObject) => void)[] = [];

	put(object: ApiObject): void {
		this.#objects.set(object.kind, [...(this.#objects.get(object.kind) ?? []), object]);
		for (const tell of this.#told) tell(object.kind, object);
	}

	watch<T>({ kind }: Resource, { project, onChange }: CacheOptions<T>): ObjectCache<T> {
		const held = new Map<string, T>();
		const key = ({ namespace = '', name }: { readonly namespace?: string; readonly name: string }) => `${namespace}/${name}`;
		const hold = (object: ApiObject): [T | undefined, T] => {
			const before = held.get(key(object.metadata));
			const after = project(object);
			held.set(key(object.metadata), after);
			return [before, after];
		};
		for (const object of this.#objects.get(kind) ?? []) hold(object);
		this.#told.push((of, object) => {
			if (of === kind) onChange(object.metadata, ...hold(object));
		});
		const isFresh = (): boolean => this.fresh;
		const pass = (): void => {
			if (kind === 'Pod') this.passes++;
		};
		return {
			get synced() {
				return isFresh();
			},
			whenSynced: async () => undefined,
			get: (object) => held.get(key(object)),
			get size() {
				return held.size;
			},
			values: () => {
				pass();
				return held.values();
			},
			trouble: null,
			stop: async () => undefined,
		};
	}
}

/** Whoever asks the server of anything fails the test. */
const untouched = new Proxy({} as Cluster, {
	get: (_, method) => () => assert.fail(`the server was asked: ${String(method)}`),
});

function policy(name: string, remediation: 'Report' | 'Restart' | 'Evict'): ClusterPolicy {
	const object = withDefaults({
		apiVersion: 'gpupolicy.dev/v1alpha1',
		kind: 'GpuPolicy',
		metadata: { name },
		spec: {
			mode: 'Enforce',
			env: [{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' }],
			workloads: { remediation: { type: remediation } },
		},
	});
	return { name, uid: name, generation: 1, digest: 'd1', object, suspended: false, deleting: false };
}

function pod(name: string, owner: { readonly kind: string; readonly name: string } | null, namespace = 'ml'): ApiObject {
	const ownerReferences = owner ? [{ apiVersion: apps, ...owner, uid: owner.name, controller: true }] : [];
	return {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: { namespace, name, uid: name, ownerReferences },
		spec: { containers: [{ name: 'c', resources: { limits: { 'nvidia.com/gpu': '1' } } }] },
		status: { conditions: [{ type: 'Ready', status: 'True' }] },
	};
}

const namespace = (name: string): ApiObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

function duty(watcher: Watcher, requeue: (name: string) => void = () => undefined, gatherMs = 10): WorkloadsDuty {
	return new WorkloadsDuty(
		{
			cluster: untouched,
			watcher,
			events: { record: () => assert.fail('there is nothing to tell') },
			policies: () => [],
			requeue,
			log: () => undefined,
		},
		{ now: Date.now, elapsed: () => performance.now(), token: () => 't', limitMs: 1_000, gatherMs },
	);
}

/** The second look: the first one opens the copies. */
async function look(one: WorkloadsDuty, at: ClusterPolicy) {
	const first = await one.reconcile(at, untilDone);
	assert.equal(first.condition?.reason, 'NotYetObserved');
	await pause(1);
	return one.reconcile(at, untilDone);
}

describe('the workloads duty', () => {
	it('asks the server for nothing while its copies may be out of date, and judges what it last saw', async () => {
		const watcher = new HandFed();
		watcher.put(namespace('ml'));
		watcher.put({
			apiVersion: apps,
			kind: 'DaemonSet',
			metadata: { namespace: 'ml', name: 'agent', uid: 'agent', generation: 1 },
			spec: {},
			status: { observedGeneration: 1, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 },
		});
		watcher.put(pod('agent-1', { kind: 'DaemonSet', name: 'agent' }));
		watcher.fresh = false;
		for (const type of ['Restart', 'Evict'] as const) {
			const one = duty(watcher);
			const { condition, progressing } = await look(one, policy(type.toLowerCase(), type));
			assert.equal(condition?.reason, 'RestartRequired');
			assert.equal(progressing, undefined);
			await one.stop();
		}
	});

	it('does not judge a pod before its namespace is known', async () => {
		const watcher = new HandFed();
		watcher.put(namespace('ml'));
		watcher.put(pod('a', null));
		watcher.put(pod('b', null, 'unheard-of'));
		const one = duty(watcher);
		const { status } = await look(one, policy('p', 'Report'));
		assert.equal(status?.workloads?.selected, 1);
		await one.stop();
	});

	it('goes through the pods once for each policy that a storm concerns, however many pods come and go in it', async () => {
		const watcher = new HandFed();
		watcher.put(namespace('ml'));
		const woken = new Map<string, number>();
		const one = duty(watcher, (name) => woken.set(name, (woken.get(name) ?? 0) + 1), 50);
		const policies = Array.from({ length: 20 }, (_, index) => policy(`p${index}`, 'Report'));
		for (const each of policies) await one.reconcile(each, untilDone);
		await pause(150);
		for (const each of policies) await one.reconcile(each, untilDone);
		woken.clear();
		watcher.passes = 0;
		for (let index = 0; index < 2_000; index++) watcher.put(pod(`p${index}`, null));
		assert.equal(watcher.passes, 0, 'an event alone goes through nothing');
		while (woken.size < policies.length) await pause(10);
		assert.ok([...woken.values()].every((count) => count === 1));
		for (const each of policies) assert.equal((await one.reconcile(each, untilDone)).status?.workloads?.selected, 2_000);
		assert.equal(watcher.passes, policies.length);
		await one.stop();
	});
});
