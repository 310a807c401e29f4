import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pods } from '../../../../src/controller/admission/objects.ts';
import { apiPod } from '../../../../src/controller/admission/trial.ts';
import { ClusterError } from '../../../../src/core/ports/cluster.ts';
import { appliedDigest } from '../../../../src/core/workloads/applied-annotation.ts';
import type { Pod } from '../../../../src/core/workloads/pod.ts';
import { until } from '../../../cluster/index.ts';
import { AdmissionBench, gpuPod, untilDone } from './fixture.ts';
import { implementations } from './implementations.ts';

for (const { name: implementation, reason, mutationObjects, start } of implementations) {
	describe(`a policy through ${implementation}, over its life`, () => {
		let bench: AdmissionBench;
		before(async () => {
			bench = await start({ components: ['kube-controller-manager'], audit: 'None' });
			await bench.namespace('team-a');
			await bench.server.serviceAccount('team-a', 'default');
			await bench.server.serviceAccount('gpupolicy-probe', 'default');
		});
		after(() => bench?.stop());

		/** Creates pods all the while, as fast as one connection takes them. */
		async function creating(
			during: () => Promise<void>,
		): Promise<{ readonly made: readonly Pod[]; readonly refusals: readonly string[] }> {
			const made: Pod[] = [];
			const refusals: string[] = [];
			let done = false;
			const create = async (): Promise<void> => {
				while (!done) {
					try {
						const { object } = await bench.cluster.create(pods, apiPod(gpuPod(), 'team-a'), { dryRun: true });
						made.push(object as unknown as Pod);
					} catch (error) {
						if (!(error instanceof ClusterError)) throw error;
						refusals.push(error.message);
					}
					await pause(10);
				}
			};
			const creator = Promise.all([create(), create()]);
			try {
				await during();
			} finally {
				done = true;
				await creator;
			}
			return { made, refusals };
		}

		const valueIn = (pod: Pod): string | undefined => pod.spec.containers[0]?.env?.find(({ name }) => name === 'A')?.value;

		it('flips from value to value and from mode to mode without refusing or skipping a single pod', async () => {
			const duty = bench.duty();
			const workloads = {};
			await duty.reconcile(
				await bench.policy('flips', { mode: 'Enforce', env: [{ name: 'A', value: '0' }], workloads }),
				untilDone,
			);
			const took: number[] = [];
			const { made, refusals } = await creating(async () => {
				for (const value of ['1', '2', '3']) {
					const policy = await bench.policy('flips', { mode: 'Enforce', env: [{ name: 'A', value }], workloads });
					const from = performance.now();
					const { condition } = await duty.reconcile(policy, untilDone);
					assert.equal(condition?.reason, reason, condition?.message);
					took.push(performance.now() - from);
					const { object } = await bench.cluster.create(pods, apiPod(gpuPod(), 'team-a'), { dryRun: true });
					const pod = object as unknown as Pod;
					assert.deepEqual(
						[valueIn(pod), appliedDigest('flips', pod)],
						[value, policy.digest],
						'once it is True, it is in force',
					);
				}
			});
			assert.deepEqual(refusals, []);
			assert.ok(made.length > 100, `${made.length} pods`);
			const values = made.map(valueIn);
			assert.deepEqual(
				values.filter((value) => value === undefined),
				[],
				'between two values there is no gap',
			);
			assert.deepEqual([...new Set(values)], ['0', '1', '2', '3'], 'never back to an earlier one');
			assert.ok(Math.max(...took) < 60_000, `took ${took.map(Math.round).join(', ')} ms`);

			const back = await creating(async () => {
				for (const mode of ['Audit', 'Enforce'] as const) {
					const policy = await bench.policy('flips', { mode, env: [{ name: 'A', value: '3' }], workloads });
					const { condition } = await duty.reconcile(policy, untilDone);
					assert.equal(condition?.reason, mode === 'Audit' ? 'ValidationOnly' : reason, condition?.message);
				}
			});
			assert.deepEqual(back.refusals, []);
			const last = bench.policies.get('flips');
			assert.ok(last);
			const away = await creating(() => duty.cleanUp(last, untilDone));
			assert.deepEqual(away.refusals, [], 'nothing is refused that is no longer changed');
			bench.policies.clear();
		});

		it('goes with its GpuPolicy, even if nobody cleans up', async () => {
			const policy = await bench.policy('collected', { mode: 'Enforce', env: [{ name: 'A', value: '1' }], workloads: {} });
			await bench.duty().reconcile(policy, untilDone);
			assert.equal((await bench.objects('collected')).length, 6 + mutationObjects);
			await bench.server.request('DELETE', '/apis/gpupolicy.dev/v1alpha1/gpupolicies/collected');
			// The certificate of the webhook lies in our own namespace and goes when somebody looks.
			const left = async (): Promise<readonly string[]> =>
				(await bench.objects()).filter((name) => name !== 'secrets/gpupolicy-webhook');
			await until('all is collected', async () => (await left()).length === 0, 120_000);
			// API servers go by what they last read for a second more, and the check may be the last to go.
			const pod = apiPod({ ...gpuPod(), metadata: { name: 'free' } }, 'team-a');
			const free = () =>
				bench.cluster.create(pods, pod, { dryRun: true }).then(
					() => true,
					() => false,
				);
			await until('pods are refused no more', free, 60_000);
		});

		it('leaves ephemeral containers of before alone when a new one joins', async () => {
			const stored = apiPod({ ...gpuPod(), metadata: { name: 'debugged' } }, 'team-a');
			await bench.cluster.create(pods, stored);
			const join = async (names: readonly string[], dryRun: boolean): Promise<Pod> => {
				const ephemeralContainers = names.map((name) => ({ name, image: 'none' }));
				const patch = { spec: { ephemeralContainers } };
				const to = { name: 'debugged', namespace: 'team-a' };
				const { object } = await bench.cluster.patch(pods, to, patch, { subresource: 'ephemeralcontainers', dryRun });
				return object as unknown as Pod;
			};
			await join(['before'], false);
			const env = [{ name: 'A', value: '1' }];
			const policy = await bench.policy('debug', { mode: 'Enforce', env, workloads: { containers: { scope: 'All' } } });
			await bench.duty().reconcile(policy, untilDone);
			const { spec } = await join(['before', 'after'], true);
			assert.deepEqual(
				spec.ephemeralContainers?.map((container) => [container.name, container.env ?? null]),
				[
					['before', null],
					['after', env],
				],
			);
			await bench.duty().cleanUp(policy, untilDone);
			bench.policies.clear();
		});

		it('holds in pods of 100 containers with 60 variables of their own: 20 and 64 variables', async () => {
			for (const count of [20, 64]) {
				const env = Array.from({ length: count }, (_, index) => ({ name: `VARIABLE_${index}`, value: `value number ${index}` }));
				const policy = await bench.policy('large', { mode: 'Enforce', env, workloads: {} });
				const { condition } = await bench.duty().reconcile(policy, untilDone);
				assert.equal(condition?.reason, reason, condition?.message);
				const own = Array.from({ length: 60 }, (_, index) => ({ name: `OWN_${index}`, value: 'x' }));
				const wrong = env.map(({ name }) => ({ name, value: 'wrong' }));
				for (const before of [own, [...own, ...env], [...wrong, ...own]]) {
					const one = gpuPod({ env: before }).spec.containers[0];
					const containers = Array.from({ length: 100 }, (_, index) => ({ ...one, name: `c${index}` }));
					const pod = { metadata: { name: 'large' }, spec: { containers } } as unknown as Pod;
					const { object } = await bench.cluster.create(pods, apiPod(pod, 'team-a'), { dryRun: true });
					for (const container of (object as unknown as Pod).spec.containers) {
						const carried = new Map(container.env?.map(({ name, value }) => [name, value]));
						assert.ok(env.every(({ name, value }) => carried.get(name) === value));
					}
				}
				await bench.duty().cleanUp(policy, untilDone);
			}
			bench.policies.clear();
		});
	});
}

describe('a policy in the API server, against padding', () => {
	let bench: AdmissionBench;
	before(async () => {
		bench = await AdmissionBench.start({ audit: 'None' });
		await bench.namespace('team-a');
	});
	after(() => bench?.stop());

	it('refuses a pod whose padding costs more than the server spends, on changing it or on checking it too', async () => {
		const policy = await bench.policy('padded', { mode: 'Enforce', env: [{ name: 'A', value: '1' }], workloads: {} });
		await bench.duty().reconcile(policy, untilDone);
		const paddings = [
			[2000, /gpupolicy-env\.padded.*container c0: A must be '1', is 'wrong'.*48 more/],
			[3600, /gpupolicy-env\.padded.*cost limit exceeded/],
		] as const;
		for (const [length, words] of paddings) {
			const env = [...Array.from({ length }, () => ({ name: 'P' })), { name: 'A', value: 'wrong' }];
			const one = gpuPod({ env }).spec.containers[0];
			const containers = Array.from({ length: 60 }, (_, index) => ({ ...one, name: `c${index}` }));
			const pod = apiPod({ metadata: { name: 'padded' }, spec: { containers } } as unknown as Pod, 'team-a');
			const { body } = await bench.server.request('POST', '/api/v1/namespaces/team-a/pods?dryRun=All', pod);
			assert.match((body as { message: string }).message, words);
		}
	});
});
