import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { device, inventory, rtx5060 } from '../observed/inventory.fixture.ts';
import { judgeDevices } from './device-selection.ts';
import { initialSelection } from './initial-selection.ts';

const nobody = { allow: [], deny: [] };

describe('the devices of a new policy', () => {
	it('are the one with the most memory where they differ, and the choice is said', () => {
		const machine = inventory(device(0), rtx5060(1));
		const { devices, choice } = initialSelection(nobody, machine);
		assert.deepEqual(devices, { allow: [{ productName: 'NVIDIA GeForce RTX 3090' }] });
		assert.match(choice ?? '', /most memory/);
		assert.deepEqual(
			judgeDevices(devices, machine).map(({ verdict }) => verdict),
			['allowed', 'forbidden'],
		);
	});

	it('are all where they are alike, which is no choice', () => {
		const { devices, choice } = initialSelection(nobody, inventory(device(0), device(1)));
		assert.deepEqual([devices, choice], [{ allow: [{ productName: 'NVIDIA GeForce RTX 3090' }] }, null]);
	});

	it('are told from smaller ones of the same name by their size', () => {
		const machine = inventory(device(0, { memoryBytes: 12 * 2 ** 30 }), device(1));
		assert.deepEqual(
			judgeDevices(initialSelection(nobody, machine).devices, machine).map(({ verdict }) => verdict),
			['forbidden', 'allowed'],
		);
	});

	it('do not include a lost one, or one without a name', () => {
		const machine = inventory(device(0, { lost: 'GPU_IS_LOST' }), device(1, { productName: '' }), rtx5060(2));
		assert.deepEqual(initialSelection(nobody, machine).devices, { allow: [{ productName: 'NVIDIA GeForce RTX 5060 Ti' }] });
	});

	it('are none where nothing is known and nobody named any', () => {
		assert.deepEqual(initialSelection(nobody, null), { devices: undefined, choice: null, unmatched: [] });
	});

	it('are those that were named, once each, with what no device has', () => {
		const wanted = { allow: ['*3090', '*3090', 'A100'], deny: [] };
		const { devices, unmatched } = initialSelection(wanted, inventory(device(0)));
		assert.deepEqual(devices, { allow: [{ productNamePattern: '*3090' }, { productName: 'A100' }] });
		assert.deepEqual(unmatched, [{ flag: 'allow', name: 'A100', known: ['NVIDIA GeForce RTX 3090'] }]);
		assert.deepEqual(initialSelection(wanted, null).unmatched, []);
	});
});
