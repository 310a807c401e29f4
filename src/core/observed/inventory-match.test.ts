import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { device, inventory, rtx5060 } from './inventory.fixture.ts';
import { compareInventories } from './inventory-match.ts';

const recorded = inventory(rtx5060(0), device(1));

describe('comparing a recorded inventory with the live devices', () => {
	it('finds nothing where only readings differ or a source does not tell', () => {
		const live = inventory(
			rtx5060(0, { usedMemoryBytes: 9, xids: null }),
			device(1, { computeCapability: null, pciDeviceId: '' }),
		);
		assert.deepEqual(compareInventories(recorded, { ...live, driverVersion: '600.1' }), []);
	});

	it('names swapped indexes, another memory, a lost device', () => {
		const live = inventory(device(1, { index: 0, memoryBytes: 1 }), rtx5060(0, { index: 1, lost: 'GPU_IS_LOST (15)' }));
		const differences = compareInventories(recorded, live);
		assert.equal(differences.length, 4);
		assert.match(
			differences.join('\n'),
			/index is 1, recorded 0[\s\S]*no longer answers: GPU_IS_LOST[\s\S]*index is 0, recorded 1[\s\S]*memoryBytes is 1/,
		);
	});

	it('names a device that is gone, with what stands in its place, and one that is new', () => {
		const differences = compareInventories(recorded, inventory(rtx5060(0), device(1, { uuid: 'GPU-new' })));
		assert.match(
			differences[0] ?? '',
			/^device 1 NVIDIA GeForce RTX 3090 \(GPU-1.*is recorded and not there; device 1 .*GPU-new.* is in its place$/,
		);
		assert.match(differences[1] ?? '', /GPU-new.* is there and not recorded$/);
	});
});
