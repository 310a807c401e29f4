import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** A device as the kernel lists it on the PCI bus, whether or not a driver has it. */
export interface PciDevice {
	/** `0000:01:00.0`. */
	readonly address: string;
	/** `10de:2d04`: vendor and device. */
	readonly id: string;
	/** `vfio-pci`; `null` where no driver has it. */
	readonly driver: string | null;
}

const nvidia = '10de:';

/**
 * What stands on the PCI bus; `null` where that cannot be told: no sysfs, one that is masked, or a machine without such a bus. The kernel lists every device,
 * also one that is given to a virtual machine; containers see the same list.
 *
 * @param sys `/sys` of the host
 */
export function pciDevices(sys: string): { readonly count: number; readonly ofNvidia: readonly PciDevice[] } | null {
	const folder = path.join(sys, 'bus', 'pci', 'devices');
	try {
		const addresses = readdirSync(folder).sort();
		const devices = addresses.map((address) => pciDevice(path.join(folder, address), address));
		return devices.length === 0 ? null : { count: devices.length, ofNvidia: devices.filter(({ id }) => id.startsWith(nvidia)) };
	} catch {
		return null;
	}
}

function pciDevice(folder: string, address: string): PciDevice {
	const hex = (file: string): string => readFileSync(path.join(folder, file), 'latin1').trim().replace(/^0x/i, '').toLowerCase();
	return { address, id: `${hex('vendor')}:${hex('device')}`, driver: driverOf(folder) };
}

function driverOf(folder: string): string | null {
	try {
		return path.basename(readlinkSync(path.join(folder, 'driver')));
	} catch {
		return null;
	}
}
