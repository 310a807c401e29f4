import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { unknown } from '../core/observed/fact.ts';
import type { InventorySource } from '../core/ports/inventory-source.ts';
import { errorCode } from '../runtime/errors.ts';
import { nvmlLibraries } from './nvml/library.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a loaded NVIDIA driver shows in /dev, and WSL's paravirtual device. */
const deviceFiles = ['/dev/nvidiactl', '/dev/nvidia0', '/dev/nvmap', '/dev/dxg'];

/** A container runtime that is told to mount a device that is not there leaves a directory of its name behind. */
function isDevice(file: string): boolean {
	try {
		return !statSync(file).isDirectory();
	} catch (error) {
		return errorCode(error) !== 'ENOENT';
	}
}

/** Whether a loaded NVIDIA driver shows, also one of GPUs that stand on no PCI bus. */
export function showsDriver(): boolean {
	return deviceFiles.some(isDevice) || existsSync('/proc/driver/nvidia');
}

/** What the loader's cache names when a library of that name is installed anywhere it looks. */
function isInLoaderCache(name: string): boolean {
	try {
		return readFileSync('/etc/ld.so.cache').includes(name);
	} catch {
		return true; // no cache to read, as with musl: then only trying tells
	}
}

/**
 * Could there be anything to ask on this machine? `false` only where that is certain without asking: no driver, no library
 * that the loader could find, no nvidia-smi. Most machines that run CI are such, and a child process there costs as much as
 * the rest of a pass with nothing to do. Linux only; elsewhere asking tells.
 */
export function mayHaveDriver(platform: NodeJS.Platform, environment: Environment): boolean {
	if (platform !== 'linux') return true;
	if (['GPUPOLICY_NVML_LIBRARY', 'LD_LIBRARY_PATH', 'LD_PRELOAD', 'LD_AUDIT'].some((name) => environment[name])) return true;
	if (showsDriver()) return true;
	const [name = '', ...libraries] = nvmlLibraries(platform, environment);
	if (libraries.some((library) => existsSync(library)) || isInLoaderCache(name)) return true;
	const folders = (environment.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
	return folders.some((folder) => existsSync(path.join(folder, 'nvidia-smi')));
}

/** Asks `source` only where there may be something to ask; a driver that is installed later is found at the next reading. */
export function whereDriver(source: InventorySource, platform: NodeJS.Platform, environment: Environment): InventorySource {
	let found = false;
	return {
		...source,
		observe: (options) => {
			found ||= mayHaveDriver(platform, environment);
			return found ? source.observe(options) : Promise.resolve(noDriver);
		},
	};
}

const noDriver = unknown(
	'NoSource',
	'there is no NVIDIA driver on this machine: no device file, no libnvidia-ml.so.1, no nvidia-smi; record the devices elsewhere with gpupolicy inventory -o yaml',
);
