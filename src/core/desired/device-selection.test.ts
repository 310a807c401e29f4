import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { device, inventory, rtx5060 } from '../observed/inventory.fixture.ts';
import type { GpuDevice } from '../observed/inventory.ts';
import type { DeviceCriteria } from './device-criteria.ts';
import { type DeviceSelector, judgeDevices } from './device-selection.ts';

const both = inventory(rtx5060(0), device(1));

function verdicts(selector: DeviceSelector, devices: readonly GpuDevice[] = both.devices): string[] {
	return judgeDevices(selector, { ...both, devices }).map(({ verdict, reason }) => `${verdict}: ${reason}`);
}

describe('judging devices', () => {
	it('names the entry and the criteria that decided', () => {
		const selector = {
			allow: [{ productName: 'NVIDIA GeForce RTX 3090', minMemory: '20Gi' }],
			deny: [{ productName: 'NVIDIA GeForce RTX 5060 Ti' }],
		};
		assert.deepEqual(verdicts(selector), [
			'forbidden: denied: productName matches deny[0]',
			'allowed: allowed: allow[0] productName, minMemory',
		]);
	});

	it('forbids what matches no allow entry and allows all without an allow list', () => {
		assert.deepEqual(verdicts({ allow: [{ minMemory: '20Gi' }] }), [
			'forbidden: matches no allow entry',
			'allowed: allowed: allow[0] minMemory',
		]);
		assert.deepEqual(verdicts({ deny: [{ minMemory: '20Gi' }] }), [
			'allowed: allowed: matches no deny entry',
			'forbidden: denied: minMemory matches deny[0]',
		]);
		assert.deepEqual(
			judgeDevices(undefined, both).map(({ verdict }) => verdict),
			['allowed', 'allowed'],
		);
	});

	it('lets deny win over allow', () => {
		assert.match(
			verdicts({ allow: [{ productNamePattern: '*' }], deny: [{ productNamePattern: '*5060*' }] })[0] ?? '',
			/^forbidden/,
		);
	});

	const criteria: readonly [DeviceCriteria, 'allowed' | 'forbidden' | 'unknown'][] = [
		[{ productName: 'NVIDIA GeForce RTX 3090' }, 'allowed'],
		[{ productName: 'nvidia geforce rtx 3090' }, 'forbidden'],
		[{ productName: 'RTX 3090' }, 'forbidden'],
		[{ productNamePattern: '*RTX 3090' }, 'allowed'],
		[{ productNamePattern: '*RTX 30?0' }, 'allowed'],
		[{ productNamePattern: 'RTX*' }, 'forbidden'],
		[{ uuid: 'GPU-10000001-1111-2222-3333-444444444441' }, 'allowed'],
		[{ uuid: 'gpu-1' }, 'allowed'],
		[{ uuid: 'GPU-' }, 'unknown'],
		[{ uuid: 'GPU-f' }, 'forbidden'],
		[{ pciBusId: '2:00.0' }, 'allowed'],
		[{ pciBusId: '0000:02:00.0' }, 'allowed'],
		[{ pciBusId: '00000000:02:00.0' }, 'allowed'],
		[{ pciBusId: '0001:02:00.0' }, 'forbidden'],
		[{ pciBusId: 'two' }, 'unknown'],
		[{ pciDeviceId: '0x220410de' }, 'allowed'],
		[{ pciDeviceId: '10de:2204' }, 'allowed'],
		[{ pciDeviceId: '0x2204' }, 'allowed'],
		[{ pciDeviceId: '0x2D0410DE' }, 'forbidden'],
		[{ computeCapability: '>=8.0 <9.0' }, 'allowed'],
		[{ computeCapability: '8.x' }, 'allowed'],
		[{ computeCapability: '>=8.10' }, 'forbidden'],
		[{ computeCapability: 'new' }, 'unknown'],
		[{ computeCapability: { min: '8.0', max: '8.6' } }, 'allowed'],
		[{ computeCapability: { min: '8.10' } }, 'forbidden'],
		[{ maxMemory: '24Gi' }, 'allowed'],
		[{ maxMemory: '20Gi' }, 'forbidden'],
		[{ minMemory: 24576 * 2 ** 20 }, 'allowed'],
		[{ minMemory: 24576 * 2 ** 20 + 1 }, 'forbidden'],
		[{ minMemory: '24Gi' }, 'allowed'],
		[{ minMemory: '20 gigs' }, 'unknown'],
		[{ mig: 'Disabled' }, 'allowed'],
		[{ mig: 'Enabled' }, 'forbidden'],
		[{ productName: 'NVIDIA GeForce RTX 3090', mig: 'Enabled' }, 'forbidden'],
	];
	for (const [entry, expected] of criteria) {
		it(`calls an RTX 3090 ${expected} under ${JSON.stringify(entry)}`, () => {
			assert.equal(judgeDevices({ allow: [entry] }, both)[1]?.verdict, expected);
		});
	}

	it('finds the device that holds a MIG device by its UUID', () => {
		const mig = { enabled: true, children: [{ uuid: 'MIG-77', profile: '1g.10gb', memoryBytes: 1 }] };
		assert.match(verdicts({ deny: [{ uuid: 'MIG-77' }] }, [device(0, { mig })])[0] ?? '', /^forbidden/);
	});

	it('stays unknown where a missing fact could change the verdict', () => {
		const dumb = device(0, { computeCapability: null, memoryBytes: null });
		assert.deepEqual(verdicts({ allow: [{ computeCapability: '8.x' }] }, [dumb]), [
			'unknown: unknown: allow[0]: its computeCapability could not be read',
		]);
		assert.deepEqual(verdicts({ deny: [{ minMemory: '1Gi' }] }, [dumb]), [
			'unknown: unknown: deny[0]: its memory could not be read',
		]);
		assert.match(verdicts({ allow: [{ minMemory: '1Gi' }, { pciBusId: '1:0.0' }] }, [dumb])[0] ?? '', /^allowed/);
		assert.match(verdicts({ allow: [{ minMemory: '1Gi', pciBusId: '9:0.0' }] }, [dumb])[0] ?? '', /^forbidden: matches no/);
	});

	it('never calls a lost device allowed, but still forbids one whose identity is known', () => {
		const lost = device(0, { lost: 'GPU_IS_LOST (15)' });
		assert.deepEqual(verdicts({}, [lost]), ['unknown: unknown: lost: GPU_IS_LOST (15)']);
		assert.match(verdicts({ deny: [{ productNamePattern: '*3090' }] }, [lost])[0] ?? '', /^forbidden: denied/);
		const nameless = device(0, { lost: 'GPU_IS_LOST (15)', productName: '', uuid: '', memoryBytes: null });
		assert.match(verdicts({ deny: [{ productNamePattern: '*' }] }, [nameless])[0] ?? '', /^unknown/);
	});
});
