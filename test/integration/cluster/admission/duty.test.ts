import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AdmissionBench, exampleEnv, gpuPod, untilDone } from './fixture.ts';

let bench: AdmissionBench;
before(async () => {
	bench = await AdmissionBench.start();
	await bench.namespace('team-a', { team: 'a' });
	await bench.namespace('team-b', { team: 'b' });
});
after(() => bench.stop());

describe('a policy in the API server', () => {
	for (const mode of ['Enforce', 'Audit'] as const) {
		for (const scope of ['RequestingGpu', 'All'] as const) {
			for (const bypass of ['Warn', 'Deny', 'Allow'] as const) {
				it(`is proved on every pod shape, then bound: ${mode}, ${scope}, bypass ${bypass}`, async () => {
					const name = `${mode}-${scope}-${bypass}`.toLowerCase();
					const exemptions = [
						{ reason: 'by label', podSelector: { matchLabels: { exempt: 'yes' } } },
						{ reason: 'by namespace', namespaceSelector: { matchLabels: { team: 'b' } } },
					];
					const policy = await bench.policy(name, {
						mode,
						env: exampleEnv,
						workloads: { containers: { scope }, bypass, exemptions },
					});
					const duty = bench.duty();
					const { condition, stalled, status } = await duty.reconcile(policy, untilDone);
					assert.equal(stalled, undefined);
					assert.equal(condition?.reason, mode === 'Enforce' ? 'PolicyActive' : 'ValidationOnly', condition?.message);
					assert.match(condition.message, /(\d\d) of \1 pod shapes/);
					assert.match(condition.message, /exemptions\[0\]: by label; exemptions\[1\]: by namespace/);
					assert.equal(status?.admission?.digest, policy.digest);
					const parts = (mode === 'Enforce' ? 2 : 1) + (bypass === 'Allow' ? 0 : 1);
					assert.equal((await bench.objects(name)).length, parts * 3);
					await duty.cleanUp(policy, untilDone);
					bench.policies.delete(name);
					assert.deepEqual(await bench.objects(name), []);
				});
			}
		}
	}
	void gpuPod;
});
