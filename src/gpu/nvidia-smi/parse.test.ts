import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { completeDevice, parseCapabilities, parseMigListing } from './listing.ts';
import { parseSmiXml, SmiFormatError } from './parse.ts';

function read(name: string) {
	const xml = readFileSync(new URL(`./fixtures/${name}.xml`, import.meta.url), 'utf8');
	return parseSmiXml(xml, (pid) => String(pid * 10));
}

const MiB = 2 ** 20;

describe('the XML of nvidia-smi', () => {
	it('of driver 418 has throttle reasons by their old name and no MIG', () => {
		const { driverVersion, cudaVersion, devices } = read('418-gtx-1080');
		assert.deepEqual([driverVersion, cudaVersion], ['418.43', '10.1']);
		assert.deepEqual(devices, [
			{
				index: 0,
				uuid: 'GPU-5d0c5b9e-4a2f-6f6b-3a58-2f9c11f0c7aa',
				productName: 'GeForce GTX 1080 Ti',
				pciBusId: '00000000:0A:00.0',
				pciDeviceId: '0x1B0610DE',
				memoryBytes: 11175 * MiB,
				usedMemoryBytes: 412 * MiB,
				computeCapability: null,
				mig: { enabled: null, children: [] },
				ecc: null,
				xids: null,
				throttleReasons: ['GpuIdle', 'SwPowerCap'],
				processes: [
					{ pid: 977, startTime: '9770', usedMemoryBytes: null, name: '/opt/tool & co/blender', kind: 'Compute' },
					{ pid: 1422, startTime: '14220', usedMemoryBytes: 231 * MiB, name: '/usr/lib/xorg/Xorg', kind: 'Graphics' },
				],
				lost: null,
			},
		]);
	});

	it('of driver 470 counts double-bit errors since the last reboot, not in all', () => {
		const [device] = read('470-v100-ecc').devices;
		assert.deepEqual(device?.ecc, { enabled: true, uncorrectedVolatile: 2 });
		assert.deepEqual(device?.processes, []);
		assert.deepEqual(device?.throttleReasons, []);
		assert.equal(device?.pciBusId, '00000001:00:00.0');
	});

	it('of driver 550 sums the uncorrectable counters and has MIG devices, named by the listing', () => {
		const [device] = read('550-a100-mig').devices;
		assert.ok(device);
		assert.deepEqual(device.ecc, { enabled: true, uncorrectedVolatile: 6 });
		assert.deepEqual(device.throttleReasons, ['HwSlowdown', 'HwThermalSlowdown']);
		const listing = parseMigListing(
			`GPU 0: NVIDIA A100-SXM4-40GB (UUID: ${device.uuid})\r\n  MIG 1g.5gb      Device  0: (UUID: MIG-5d9876ad-0000-5000-8000-000000000001)\r\n`,
		);
		const complete = completeDevice(device, parseCapabilities(`${device.uuid}, 8.0\n`), listing);
		assert.equal(complete.computeCapability, '8.0');
		assert.deepEqual(complete.mig, {
			enabled: true,
			children: [{ uuid: 'MIG-5d9876ad-0000-5000-8000-000000000001', profile: '1g.5gb', memoryBytes: 4864 * MiB }],
		});
	});

	it('of driver 580 on unified memory has no memory of its own, and null where nothing is supported', () => {
		const [device] = read('580-gb10-unified').devices;
		assert.deepEqual(
			[device?.memoryBytes, device?.usedMemoryBytes, device?.throttleReasons, device?.processes],
			[null, null, null, null],
		);
	});

	it('is refused where it is cut off, empty, or of something else', () => {
		const whole = readFileSync(new URL('./fixtures/470-v100-ecc.xml', import.meta.url), 'utf8');
		for (const text of [
			'',
			'No devices were found\n',
			'<a/>',
			whole.replace('<attached_gpus>1', '<attached_gpus>2'),
			whole.replace(/<uuid>.*<\/uuid>/, ''),
		]) {
			assert.throws(() => parseSmiXml(text, () => null), SmiFormatError);
		}
		for (const cut of [200, 900, 1500]) assert.throws(() => parseSmiXml(whole.slice(0, cut), () => null), SmiFormatError);
	});
});
