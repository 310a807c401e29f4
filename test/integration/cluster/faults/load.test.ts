import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isWrite, startCluster, type TestCluster } from '../../../cluster/index.ts';
import { endAll } from '../../running-command.ts';
import { eventually, type Held, namespaces, ready } from '../controller/policies.ts';
import { RunningController } from '../controller/running-controller.ts';
import { ok } from '../nodes/rig.ts';
import { isOurs, policiesPath } from './world.ts';

const soak = process.env.SOAK === '1';
/** Nodes of the status that must stay small: its size does not depend on how many there are beyond the first 20. */
const nodeCount = soak ? 5_000 : 200;
const policyCount = 1_000;
/** Pods a second, and for how many changes of the policies. */
const podRate = 200;
const flips = soak ? 30 : 3;

describe('the controller under load', () => {
	let cluster: TestCluster;
	let controller: RunningController;

	before(async () => {
		cluster = await startCluster();
		await namespaces(cluster);
		controller = new RunningController(cluster);
		await controller.leads(60_000);
	});
	after(async () => {
		await endAll();
		await cluster?.stop();
	});

	/** Runs `make` for each number below `count`, so many at once. */
	async function each(count: number, width: number, make: (index: number) => Promise<unknown>): Promise<void> {
		let next = 0;
		const work = async (): Promise<void> => {
			while (next < count) await make(next++);
		};
		await Promise.all(Array.from({ length: width }, work));
	}

	/** Writes of the controller since a mark, by what they are of. */
	async function writesSince(mark: ReturnType<TestCluster['audit']['mark']>): Promise<ReadonlyMap<string, number>> {
		const counted = new Map<string, number>();
		for (const entry of await cluster.audit.since(mark)) {
			if (!isOurs(entry) || !isWrite(entry) || (entry.responseStatus?.code ?? 500) >= 300) continue;
			const { resource, subresource } = entry.objectRef ?? {};
			const key = `${entry.verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
			counted.set(key, (counted.get(key) ?? 0) + 1);
		}
		return counted;
	}

	async function policy(name: string, spec: object): Promise<Held> {
		const body = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name }, spec };
		const choice = { contentType: 'application/apply-patch+yaml' };
		return (await ok(cluster.request('PATCH', `${policiesPath}/${name}?fieldManager=user&force=true`, body, choice))).body;
	}

	async function held(name: string): Promise<Held> {
		return (await ok(cluster.request('GET', `${policiesPath}/${name}`))).body;
	}

	it(`refuses no pod and gets none wrong at ${podRate} a second while policies change`, async () => {
		const workloads = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'tenant' } } };
		const enforce = (name: string, value: string): object => ({ mode: 'Enforce', env: [{ name, value }], workloads });
		await ok(cluster.request('POST', '/api/v1/namespaces', { metadata: { name: 'tenant' } }));
		/** Per policy, the values that its generations ask for (`null`: none), the first one in force, and the last one told. */
		const demands = new Map<string, { values: (string | null)[]; inForce: number }>();
		const tell = async (name: string, value: string | null): Promise<void> => {
			const demand = demands.get(name) ?? { values: [null], inForce: 0 };
			demands.set(name, demand);
			// Before the request: the server may have it before we have the answer.
			demand.values.push(value);
			const at = demand.values.length - 1;
			const { metadata } = await policy(
				name,
				value === null ? { ...enforce(name.toUpperCase(), 'x'), mode: 'Audit' } : enforce(name.toUpperCase(), value),
			);
			// Pods of before are as they were: only what admission does now is waited for.
			await eventually(
				async () => {
					const programmed = (await held(name)).status?.conditions?.find(({ type }) => type === 'AdmissionProgrammed');
					return programmed?.status === 'True' && programmed.observedGeneration === metadata.generation;
				},
				`${name} is in force as told`,
				120_000,
			);
			demand.inForce = at;
		};
		await Promise.all([tell('left', '0'), tell('right', '0')]);

		const wrong: string[] = [];
		let made = 0;
		const path = '/api/v1/namespaces/tenant/pods';
		const create = async (index: number): Promise<void> => {
			const from = new Map([...demands].map(([name, { inForce }]) => [name, inForce]));
			const env =
				index % 3 === 0
					? []
					: [
							{ name: 'LEFT', value: 'mine' },
							{ name: 'OWN', value: 'kept' },
						];
			const container = { name: 'main', image: 'none', env, resources: { limits: { 'nvidia.com/gpu': '1' } } };
			const answer = await cluster.request('POST', path, {
				metadata: { name: `pod-${index}` },
				spec: { containers: [container] },
			});
			made++;
			if (answer.status !== 201) {
				wrong.push(`pod ${index}: ${answer.status} ${JSON.stringify(answer.body?.message)}`);
				return;
			}
			const served = answer.body.spec.containers[0].env as { name: string; value: string }[] | undefined;
			const servedValue = (name: string): string | null => served?.find((one) => one.name === name)?.value ?? null;
			for (const [name, { values }] of demands) {
				const variable = name.toUpperCase();
				const own = env.find((one) => one.name === variable)?.value ?? null;
				const allowed = values.slice(from.get(name)).map((value) => value ?? own);
				if (!allowed.includes(servedValue(variable)))
					wrong.push(
						`pod ${index}: ${variable} is ${servedValue(variable)}, asked for between its request and its answer: ${allowed.join(', ')}`,
					);
			}
			if (env.length > 0 && servedValue('OWN') !== 'kept') wrong.push(`pod ${index} lost a variable of its own`);
		};

		let changing = true;
		const began = performance.now();
		const creating = (async () => {
			const under = new Set<Promise<void>>();
			for (let index = 0; changing; index++) {
				const ahead = began + (index * 1_000) / podRate - performance.now();
				if (ahead > 0) await pause(ahead);
				// A server that is slower than that is asked as fast as it answers.
				while (under.size >= 64) await Promise.race(under);
				const one = create(index).finally(() => under.delete(one));
				under.add(one);
			}
			await Promise.all(under);
		})();
		try {
			for (let flip = 1; flip <= flips; flip++)
				await Promise.all([tell('left', `${flip}`), tell('right', flip % 2 === 0 ? `${flip}` : null)]);
		} finally {
			changing = false;
			await creating;
		}
		const seconds = (performance.now() - began) / 1_000;
		console.log(`${made} pods in ${seconds.toFixed(0)} s (${Math.round(made / seconds)} a second), ${2 * flips} changes`);
		assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} of ${made} pods`);
		assert.ok(made > 100);
		const { items } = (await ok(cluster.request('GET', path))).body;
		assert.equal(items.length, made, 'each was stored');
		await ok(cluster.request('DELETE', path));
	});

	it(`holds a status over ${nodeCount} nodes under 64 KiB, and writes each node and report once`, async () => {
		const long = 'x'.repeat(40);
		const labels = (index: number): object => ({
			pool: 'many',
			'nvidia.com/gpu.product': index % 2 === 0 ? 'NVIDIA-GeForce-RTX-3090' : 'NVIDIA-GeForce-RTX-5060-Ti',
			'nvidia.com/gpu.memory': '24576',
			'nvidia.com/gpu.count': '1',
		});
		await each(nodeCount, 32, (index) =>
			ok(
				cluster.request('POST', '/api/v1/nodes', {
					metadata: { name: `${long}.${long}.${long}.node-${index}`, labels: labels(index) },
					spec: {},
					status: { capacity: { 'nvidia.com/gpu': '1' }, allocatable: { 'nvidia.com/gpu': '1' } },
				}),
			),
		);
		const mark = cluster.audit.mark();
		await policy('over-nodes', {
			mode: 'Enforce',
			devices: { allow: [{ productName: 'NVIDIA GeForce RTX 3090' }] },
			nodes: { selector: { matchLabels: { pool: 'many' } } },
		});
		await eventually(
			async () => {
				const one = await held('over-nodes');
				return ready(one) === 'False/NodesNonCompliant' && one.status?.nodes?.summary === `${nodeCount / 2}/${nodeCount}`;
			},
			'all nodes are judged',
			soak ? 300_000 : 90_000,
		);
		await eventually(
			async () => {
				const { items } = (await ok(cluster.request('GET', '/api/v1/nodes?labelSelector=gpupolicy.dev/compliant'))).body;
				return items.length === nodeCount;
			},
			'all nodes are labelled',
			soak ? 300_000 : 90_000,
		);
		const one = await held('over-nodes');
		const bytes = Buffer.byteLength(JSON.stringify(one));
		console.log(`${nodeCount} nodes: ${bytes} bytes of policy, status ${Buffer.byteLength(JSON.stringify(one.status))}`);
		assert.ok(bytes < 64 * 1024, `${bytes} bytes`);
		assert.equal(one.status?.nodes?.violations?.length, 20);
		const writes = await writesSince(mark);
		assert.equal(writes.get('patch nodes'), nodeCount);
		assert.equal(writes.get('create gpunodereports'), nodeCount);
		assert.ok(
			(writes.get('patch gpupolicies/status') ?? 0) <= (soak ? 40 : 12),
			`${writes.get('patch gpupolicies/status')} status writes`,
		);
	});

	it(`takes ${policyCount} audits that ask nothing of pods by three writes each`, async () => {
		const mark = cluster.audit.mark();
		const began = performance.now();
		await each(policyCount, 16, (index) =>
			policy(`audit-${index}`, { mode: 'Audit', devices: { deny: [{ productName: `Card ${index}` }] } }),
		);
		await eventually(
			async () => {
				await pause(1_000); // a list of them all costs the server more than the audits do
				const { items } = (await ok(cluster.request('GET', policiesPath))).body as { items: Held[] };
				return (
					items.filter((one) => one.metadata.name.startsWith('audit-') && ready(one) === 'True/AuditOnly').length === policyCount
				);
			},
			'every audit is complete',
			300_000,
		);
		const seconds = (performance.now() - began) / 1_000;
		const writes = await writesSince(mark);
		console.log(
			`${policyCount} audits complete after ${seconds.toFixed(1)} s: ${[...writes].map(([what, count]) => `${count} ${what}`).join(', ')}`,
		);
		assert.equal(writes.get('patch gpupolicies'), policyCount, 'a finalizer each');
		assert.equal(writes.get('create controllerrevisions'), policyCount, 'a past spec each');
		assert.ok((writes.get('patch gpupolicies/status') ?? 0) <= 2 * policyCount);
		assert.deepEqual(
			[...writes.keys()].toSorted(),
			['create controllerrevisions', 'patch gpupolicies', 'patch gpupolicies/status'],
			'and nothing else',
		);
		const asked = (await cluster.audit.since(mark)).filter(
			(entry) => isOurs(entry) && entry.objectRef?.apiGroup === 'admissionregistration.k8s.io',
		);
		assert.ok(asked.length < 50, `${asked.length} requests about admission`);
		const wrote = async (): Promise<number> => {
			const quiet = cluster.audit.mark();
			await pause(2_000);
			return (await writesSince(quiet)).size;
		};
		await eventually(async () => (await wrote()) === 0, 'and then it is quiet', 60_000);
		assert.deepEqual(controller.strays, []);
		assert.equal(await controller.end(), 0);
	});
});
