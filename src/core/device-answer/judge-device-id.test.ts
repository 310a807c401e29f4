import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allowedUuid, answer, device, forbiddenUuid } from './device-answer.fixture.ts';
import { deviceJudge } from './index.ts';

const forbidden = { policy: 'rtx3090-only', reason: 'deny[0]: NVIDIA GeForce RTX 5060 Ti' };

describe('the judge of the ids of a device plugin', () => {
	const mig = 'MIG-11111111-aaaa-bbbb-cccc-000000000003';
	const judge = deviceJudge(
		answer({
			devices: [
				...answer().devices,
				device(mig, 0, { parent: forbiddenUuid, pciBusId: '00000000:02:00.0' }),
				device('GPU-unread', 2, { verdict: 'Unknown', policy: null, reason: 'NVML did not answer' }),
			],
		}),
	);

	const ids: [string, string, string | null][] = [
		['a UUID', allowedUuid, null],
		['a UUID in other case', allowedUuid.toUpperCase(), null],
		['a shared UUID as NVIDIA writes it', `${allowedUuid}::7`, null],
		['a shared UUID as HAMi writes it', `${allowedUuid}-7`, null],
		['a PCI bus id as NVML writes it', '00000000:01:00.0', null],
		['a PCI bus id as the kernel writes it', '0000:01:00.0', null],
		['an index', '0', null],
		['a MIG device by its own UUID, whatever its GPU is', mig, null],
		['a shared MIG device', `${mig}::0`, null],
		['a forbidden UUID', forbiddenUuid, forbidden.reason],
		['a share of a forbidden one', `${forbiddenUuid}::0`, forbidden.reason],
		['a HAMi share of a forbidden one', `${forbiddenUuid}-12`, forbidden.reason],
		['the PCI bus id of a forbidden GPU that has an allowed MIG device', '0000:02:00.0', forbidden.reason],
		['the index of a forbidden one', '1', forbidden.reason],
		['the old name of a MIG device of a forbidden GPU', `MIG-${forbiddenUuid}/1/0`, forbidden.reason],
		['a device whose verdict is not known', 'GPU-unread', 'unknown whether it is allowed: NVML did not answer'],
		['an index that there is not', '3', 'unknown device: no GPU of this node is "3"'],
		['a MIG device by index', '1:0', 'unknown device: no GPU of this node is "1:0"'],
		['a prefix of a UUID', allowedUuid.slice(0, 12), `unknown device: no GPU of this node is "${allowedUuid.slice(0, 12)}"`],
		['nothing at all', '', 'unknown device: no GPU of this node is ""'],
		['a share of nothing', '::0', 'unknown device: no GPU of this node is "::0"'],
		['a name of an object', '__proto__', 'unknown device: no GPU of this node is "__proto__"'],
	];
	for (const [what, id, reason] of ids)
		it(`${reason === null ? 'allows' : 'refuses'} ${what}`, () => {
			assert.equal(judge(id)?.reason ?? null, reason);
		});

	it('names the policy that decides', () => {
		assert.deepEqual(judge(forbiddenUuid), forbidden);
		assert.equal(judge('3')?.policy, null);
	});

	it('goes by the device that is in a place now, not by one that was there before', () => {
		const [gone] = answer().devices;
		assert.ok(gone);
		const there = device('GPU-new', 0, { verdict: 'Forbidden', reason: 'new' });
		const replaced = deviceJudge(answer({ devices: [there, gone] }));
		for (const id of ['0', '0::3', '0000:01:00.0', 'GPU-new']) assert.equal(replaced(id)?.reason, 'new', id);
		assert.equal(replaced(allowedUuid), null);
	});

	it('lets everything pass where no policy enforces', () => {
		const audit = { name: 'rtx3090-only', digest: '5f1c', mode: 'Audit' } as const;
		for (const policies of [[], [audit]]) {
			const pass = deviceJudge(answer({ policies }));
			assert.equal(pass(forbiddenUuid), null);
			assert.equal(pass('a device of nobody'), null);
		}
	});

	it('judges where one policy enforces and another only audits', () => {
		const { policies } = answer();
		const both = deviceJudge(answer({ policies: [...policies, { name: 'b', digest: '1', mode: 'Audit' }] }));
		assert.deepEqual(both(forbiddenUuid), forbidden);
	});
});
