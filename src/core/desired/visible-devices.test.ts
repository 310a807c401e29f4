import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { device, inventory, rtx5060 } from '../observed/inventory.fixture.ts';
import type { GpuDevice } from '../observed/inventory.ts';
import { judgeDevices } from './device-selection.ts';
import { visibleDevices } from './visible-devices.ts';

const deny = { deny: [{ productNamePattern: '*5060*' }] };
const visible = (devices: readonly GpuDevice[], as: 'Index' | 'UUID') =>
	visibleDevices(judgeDevices(deny, inventory(...devices)), as);
const reason = (devices: readonly GpuDevice[], as: 'Index' | 'UUID') => {
	const result = visible(devices, as);
	return result.state === 'unknown' ? result.reason : result.value;
};

describe('the value of CUDA_VISIBLE_DEVICES', () => {
	it('lists the allowed devices in index order', () => {
		const devices = [rtx5060(0), device(1), device(2)];
		assert.deepEqual(visible(devices, 'Index'), { state: 'known', value: '1,2' });
		assert.equal(reason(devices, 'UUID'), `${devices[1]?.uuid},${devices[2]?.uuid}`);
	});

	it('is unknown, never empty, where nothing is allowed', () => {
		assert.equal(reason([rtx5060(0)], 'Index'), 'NoneAllowed');
		assert.equal(reason([], 'UUID'), 'NoneAllowed');
	});

	it('is unknown while a verdict is', () => {
		assert.equal(reason([device(0), device(1, { lost: 'GPU_IS_LOST (15)' })], 'UUID'), 'DependsOnUnknown');
	});

	it('does not trust indexes while any device is lost or in MIG mode', () => {
		assert.equal(reason([rtx5060(0, { lost: 'GPU_IS_LOST (15)' }), device(1)], 'Index'), 'DependsOnUnknown');
		assert.equal(reason([rtx5060(0, { lost: 'GPU_IS_LOST (15)' }), device(1)], 'UUID'), device(1).uuid);
		assert.equal(reason([rtx5060(0, { mig: { enabled: true, children: [] } }), device(1)], 'Index'), 'DependsOnUnknown');
		assert.equal(reason([device(1, { mig: { enabled: true, children: [] } })], 'UUID'), 'DependsOnUnknown');
	});
});
