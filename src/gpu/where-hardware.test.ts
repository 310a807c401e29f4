import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Fact, known, unknown } from '../core/observed/fact.ts';
import { device, inventory } from '../core/observed/inventory.fixture.ts';
import type { Inventory } from '../core/observed/inventory.ts';
import { whereHardware } from './where-hardware.ts';

const noDriver = unknown('NoSource', 'there is no NVIDIA driver');

describe('where nothing knows the devices, the PCI bus', () => {
	let sys: string;
	beforeEach(() => {
		sys = mkdtempSync(join(tmpdir(), 'sys-'));
	});
	afterEach(() => rmSync(sys, { recursive: true }));

	function put(address: string, vendor: string, id: string, driver?: string): void {
		const folder = join(sys, 'bus/pci/devices', address);
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, 'vendor'), `0x${vendor}\n`);
		writeFileSync(join(folder, 'device'), `0x${id}\n`);
		if (driver !== undefined) symlinkSync(`../../../../bus/pci/drivers/${driver}`, join(folder, 'driver'));
	}
	const observe = (fact: Fact<Inventory>, hasDriver = false): Promise<Fact<Inventory>> =>
		whereHardware({ name: 'x', observe: async () => fact, close: async () => undefined }, sys, () => hasDriver).observe({
			timeoutMs: 1_000,
		});

	it('without a device of NVIDIA is that there are none, however NVML failed', async () => {
		put('0000:00:00.0', '8086', '1237');
		put('0000:00:02.0', '1002', '744c', 'amdgpu');
		for (const fact of [noDriver, unknown('SourceFailed', 'nvmlInit_v2: the driver is not loaded')]) {
			const found = await observe(fact);
			assert.ok(found.state === 'known');
			assert.deepEqual([found.value.source, found.value.devices], ['sysfs', []]);
			assert.equal(found.source, 'sysfs: no NVIDIA device among the 2 on the PCI bus, and no driver');
		}
	});

	it('with one is unknown, and names it with what has it', async () => {
		put('0000:00:00.0', '8086', '1237');
		put('0000:01:00.0', '10de', '2d04');
		put('0000:02:00.0', '10DE', '2204', 'vfio-pci');
		assert.deepEqual(
			await observe(noDriver),
			unknown(
				'NoSource',
				"NVIDIA devices are on the PCI bus without NVIDIA's driver: 0000:01:00.0 (10de:2d04, no driver), 0000:02:00.0 (10de:2204, vfio-pci); there is no NVIDIA driver",
			),
		);
	});

	it('says nothing where it cannot be read, or shows nothing at all', async () => {
		assert.equal(await observe(noDriver), noDriver);
		mkdirSync(join(sys, 'bus/pci/devices'), { recursive: true });
		assert.equal(await observe(noDriver), noDriver, 'no bus, or a masked one');
		put('0000:00:00.0', '8086', '1237');
		rmSync(join(sys, 'bus/pci/devices/0000:00:00.0/vendor'));
		assert.equal(await observe(noDriver), noDriver, 'a device without a vendor');
	});

	it('says nothing against what NVML knows, one that hangs, or a driver of GPUs that stand on no PCI bus', async () => {
		put('0000:00:00.0', '8086', '1237');
		const read = known(inventory(device(0)), 'NVML', '');
		assert.equal(await observe(read), read);
		const late = unknown('TimedOut', 'NVML did not answer');
		assert.equal(await observe(late), late);
		assert.equal(await observe(noDriver, true), noDriver, '/dev/dxg of WSL, /dev/nvmap of Tegra');
	});
});
