import { known, type Unknown, unknown } from '../core/observed/fact.ts';
import type { Inventory } from '../core/observed/inventory.ts';
import type { InventorySource } from '../core/ports/inventory-source.ts';
import { showsDriver } from './driver-presence.ts';
import { type PciDevice, pciDevices } from './pci-hardware.ts';

/** Devices that a message names. */
const mostNamed = 4;

/**
 * Where `source` knows nothing, whether the machine has NVIDIA hardware at all: one that has none has 0 devices, and that is known. GPUs that stand on no PCI bus
 * (WSL, Tegra) show a driver; a source that hangs has something to hang in. Whatever the source knows goes before.
 *
 * @param sys `/sys` of the host
 */
export function whereHardware(source: InventorySource, sys: string, hasDriver: () => boolean = showsDriver): InventorySource {
	return {
		...source,
		observe: async (options) => {
			const fact = await source.observe(options);
			if (fact.state === 'known' || fact.reason === 'TimedOut' || hasDriver()) return fact;
			const bus = pciDevices(sys);
			if (bus === null) return fact;
			return bus.ofNvidia.length > 0
				? withoutDriver(bus.ofNvidia, fact)
				: known(none(), noneOf(bus.count), new Date().toISOString());
		},
	};
}

function none(): Inventory {
	return { source: 'sysfs', driverVersion: '', cudaVersion: null, observedAt: new Date().toISOString(), devices: [] };
}

function noneOf(count: number): string {
	return `sysfs: no NVIDIA device among the ${count} on the PCI bus, and no driver`;
}

function withoutDriver(devices: readonly PciDevice[], { reason, message, cause }: Unknown): Unknown {
	const named = devices.slice(0, mostNamed).map(({ address, id, driver }) => `${address} (${id}, ${driver ?? 'no driver'})`);
	const more = devices.length > mostNamed ? ` and ${devices.length - mostNamed} more` : '';
	return unknown(
		reason,
		`NVIDIA devices are on the PCI bus without NVIDIA's driver: ${named.join(', ')}${more}; ${message}`,
		cause,
	);
}
