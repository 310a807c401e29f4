import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AdmissionBench, exampleEnv, untilDone } from './fixture.ts';
import { beta, implementations } from './implementations.ts';

for (const { name: implementation, start, reason, mode: admissionMode, modes, mutationObjects } of [...implementations, beta]) {
	describe(`a policy through ${implementation}`, { concurrency: 3 }, () => {
		let bench: AdmissionBench;
		before(async () => {
			bench = await start();
			await bench.namespace('team-a', { team: 'a' });
			await bench.namespace('team-b', { team: 'b' });
		});
		after(async () => {
			const left = await bench?.objects();
			await bench?.stop();
			assert.deepEqual(left, [], 'neither a registration nor a certificate without a policy');
		});

		for (const mode of modes) {
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
						assert.equal(condition?.reason, mode === 'Enforce' ? reason : 'ValidationOnly', condition?.message);
						assert.match(condition.message, /(\d\d) of \1 pod shapes/);
						assert.match(condition.message, /exemptions\[0\]: by label; exemptions\[1\]: by namespace/);
						assert.equal(status?.admission?.digest, policy.digest);
						assert.equal(status.admission.mode, mode === 'Enforce' ? admissionMode : 'ValidationOnly');
						const checks = bypass === 'Allow' ? 3 : 6;
						assert.equal((await bench.objects(name)).length, checks + (mode === 'Enforce' ? mutationObjects : 0));
						await duty.cleanUp(policy, untilDone);
						bench.policies.delete(name);
						assert.deepEqual(await bench.objects(name), []);
					});
				}
			}
		}
	});
}
