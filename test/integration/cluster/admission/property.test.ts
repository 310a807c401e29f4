import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { withDefaults } from '../../../../src/api/defaults.ts';
import { compileAdmission, objectsOf } from '../../../../src/controller/admission/compile.ts';
import { nameOf, resourceOf } from '../../../../src/controller/admission/objects.ts';
import { eachAtOnce } from '../../../../src/controller/admission/pause.ts';
import { type Difference, tryPod } from '../../../../src/controller/admission/trial.ts';
import { admitPod } from '../../../../src/core/workloads/admit-pod.ts';
import { type PodDemand, podDemand } from '../../../../src/core/workloads/demand.ts';
import type { Pod, PodNamespace } from '../../../../src/core/workloads/pod.ts';
import { reservedNamespaces } from '../../../../src/core/workloads/pod-scope.ts';
import { runs } from '../../../property/runs.ts';
import { type AdmissionBench, clusterPolicy, untilDone } from './fixture.ts';
import { implementations } from './implementations.ts';
import { policySpecs, randomPods } from './random-policies.ts';

const namespaces: readonly PodNamespace[] = [
	{ name: 'plain', labels: {} },
	{ name: 'team-a', labels: { team: 'a', tier: 'a' } },
	{ name: 'team-b', labels: { team: 'b', app: 'b', 'example.com/x': 'a' } },
	{ name: 'kube-system', labels: {} },
].map(({ name, labels }) => ({ name, labels: { ...labels, 'kubernetes.io/metadata.name': name } }));

const podsEach = 25;
const atOnce = 20;

for (const { name: implementation, start } of implementations) {
	describe(`random pods under random policies, through ${implementation}`, () => {
		let bench: AdmissionBench;
		before(async () => {
			bench = await start({ audit: 'None' });
			for (const { name, labels } of namespaces) await bench.namespace(name, labels);
		});
		after(() => bench?.stop());

		it('get the answer that the core gives, and the same answer again', async () => {
			const { numRuns = 1, seed = randomInt(2 ** 31) } = runs(60);
			let pods = 0;
			let refused = 0;
			let changed = 0;
			for (let from = 0; from < numRuns; from += atOnce) {
				const cases = Array.from({ length: Math.min(atOnce, numRuns - from) }, (_, index) => {
					const name = `case-${from + index}`;
					const [spec] = fc.sample(policySpecs(name), { numRuns: 1, seed: seed + from + index });
					const object = withDefaults({ apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuPolicy', metadata: { name }, spec });
					const { digest } = clusterPolicy(object, 'uid');
					const demand = podDemand(object, digest);
					assert.ok(demand);
					return { name, demand, seed: seed + from + index };
				});
				const objects = cases.flatMap(({ demand }) =>
					objectsOf(compileAdmission(demand, { copy: 'Bound', mutating: bench.mutator, uid: 'uid' })),
				);
				for (const object of objects) await bench.cluster.apply(resourceOf(object), object);
				await bench.registered();
				// Each server refreshes its policies once a second; one that is late is asked again.
				await pause(2500);
				const end = performance.now() + 60_000;
				for (const { name, demand, seed: own } of cases) {
					const samples = fc.sample(fc.tuple(randomPods(name), fc.constantFrom(...namespaces)), { numRuns: podsEach, seed: own });
					const differences = await eachAtOnce(samples, 8, async ([pod, namespace]) => {
						const { pod: planned, denials } = answer(demand, pod, namespace);
						pods++;
						refused += Number(denials.length > 0);
						changed += Number(planned !== pod);
						assert.deepEqual(answer(demand, planned, namespace).pod, planned, 'admission is idempotent');
						for (;;) {
							const difference = (await trial(demand, pod, namespace)) ?? (await trial(demand, planned, namespace));
							if (difference === null || performance.now() > end) return difference;
							await pause(500);
						}
					});
					for (const [index, difference] of differences.entries()) {
						if (difference === null) continue;
						assert.fail(
							`FC_SEED=${seed} ${name}: ${difference.message}\n${JSON.stringify(demand)}\n${JSON.stringify(samples[index])}`,
						);
					}
				}
				for (const object of objects) await bench.cluster.delete(resourceOf(object), nameOf(object));
			}
			// The sample must reach what it is about.
			assert.ok(
				refused > pods / 50 && changed > pods / 10,
				`${pods} pods, ${changed} changed, ${refused} refused (FC_SEED=${seed})`,
			);
		});

		function answer(demand: PodDemand, pod: Pod, namespace: PodNamespace): ReturnType<typeof admitPod> {
			return admitPod(demand, pod, namespace);
		}

		async function trial(demand: PodDemand, pod: Pod, namespace: PodNamespace): Promise<Difference | null> {
			const settings = { demand, mutates: demand.mode === 'Enforce', reserved: reservedNamespaces, namespace };
			return tryPod(bench.cluster, { name: 'random', pod, mutated: true }, settings, untilDone);
		}
	});
}
