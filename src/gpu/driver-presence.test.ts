import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { mayHaveDriver } from './driver-presence.ts';

describe('whether there may be a driver', () => {
	const bare = { PATH: '/nonexistent' };

	it('is yes wherever the loader could be led to a library, or nvidia-smi is on the PATH', (t) => {
		const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gpupolicy-presence-'));
		t.after(() => fs.rmSync(folder, { recursive: true }));
		fs.writeFileSync(path.join(folder, 'nvidia-smi'), '');
		for (const environment of [
			{ ...bare, GPUPOLICY_NVML_LIBRARY: '/x/libnvidia-ml.so.1' },
			{ ...bare, LD_LIBRARY_PATH: folder },
			{ ...bare, LD_PRELOAD: '/x/y.so' },
			{ PATH: `/nonexistent:${folder}` },
		])
			assert.equal(mayHaveDriver('linux', environment), true, JSON.stringify(environment));
	});

	it('is yes on platforms where only asking tells', () => {
		assert.equal(mayHaveDriver('win32', bare), true);
		assert.equal(mayHaveDriver('darwin', bare), true);
	});

	it('is no on a Linux machine that has none of it, and agrees with the device files of this one', () => {
		const devices = ['/dev/nvidiactl', '/dev/nvidia0', '/dev/dxg', '/dev/nvmap'];
		const traces =
			fs.existsSync('/proc/driver/nvidia') ||
			devices.some((device) => fs.statSync(device, { throwIfNoEntry: false })?.isDirectory() === false);
		const cached = fs.existsSync('/etc/ld.so.cache') && fs.readFileSync('/etc/ld.so.cache').includes('libnvidia-ml.so.1');
		if (traces || cached) assert.equal(mayHaveDriver('linux', bare), true);
		else assert.equal(mayHaveDriver('linux', bare), !fs.existsSync('/etc/ld.so.cache'));
	});
});
