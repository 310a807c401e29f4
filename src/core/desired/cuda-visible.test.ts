import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { device, inventory, rtx5060 } from '../observed/inventory.fixture.ts';
import { resolveVisible } from './cuda-visible.ts';

const machine = inventory(rtx5060(0), device(1), device(2));

/** `1,2` for the devices that are visible, `1|x` where the list stopped at x, the reason where it is unknown. */
function seen(value: string | undefined, order: string | undefined = 'PCI_BUS_ID', of = machine): string {
	const result = resolveVisible(value, order, of);
	if (result.state === 'unknown') return result.reason;
	const indexes = result.devices.map(({ index }) => index).join(',');
	return result.stoppedAt ? `${indexes}|${result.stoppedAt.entry}` : indexes;
}

describe('a value of CUDA_VISIBLE_DEVICES', () => {
	const cases: readonly [string | undefined, string][] = [
		[undefined, '0,1,2'],
		['1', '1'],
		['2,1', '2,1'],
		['1, 2', '1,2'],
		['', ''],
		['-1', '|-1'],
		['NoDevFiles', '|NoDevFiles'],
		['0,7,1', '0|7'],
		['0,-1,1', '0|-1'],
		['1,,2', '1|'],
		['GPU-1', '1'],
		['gpu-2', '2'],
		['GPU-', '|GPU-'],
		['GPU-f,1', '|GPU-f'],
		['GPU-1,0', '1,0'],
		['1,1', 'DependsOnUnknown'],
		['MIG-1', 'DependsOnUnknown'],
	];
	for (const [value, expected] of cases) {
		it(`${JSON.stringify(value)} shows ${JSON.stringify(expected)}`, () => assert.equal(seen(value), expected));
	}

	it('is unknown by index without PCI_BUS_ID, and known by UUID or on a machine of one device', () => {
		for (const order of ['FASTEST_FIRST', '']) {
			assert.equal(seen('1', order), 'DependsOnUnknown');
			assert.equal(seen('GPU-1', order), '1');
			assert.equal(seen('0', order, inventory(device(0))), '0');
		}
	});

	it('is unknown while a device is lost', () => {
		assert.equal(seen('0', 'PCI_BUS_ID', inventory(device(0), device(1, { lost: 'GPU_IS_LOST (15)' }))), 'DependsOnUnknown');
	});
});
