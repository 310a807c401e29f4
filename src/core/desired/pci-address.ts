/**
 * Normalises a PCI address (`1:00.0`, `0000:01:00.0`, `00000000:01:00.0`) to NVML's form, `00000000:01:00.0` in upper case.
 * `null` where it is not an address.
 */
export function normalizePciBusId(text: string): string | null {
	const match = /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})(?:\.([0-7]))?$/i.exec(text.trim());
	if (!match) return null;
	const [, domain = '0', bus = '', device = '', fn = '0'] = match;
	if (Number.parseInt(device, 16) > 0x1f) return null;
	return `${domain.padStart(8, '0')}:${bus.padStart(2, '0')}:${device.padStart(2, '0')}.${fn}`.toUpperCase();
}

/**
 * Reads a PCI device id as NVML's pciDeviceId (`0x220410DE`, device above vendor), as lspci prints it (`10de:2204`) or as
 * the device part alone (`0x2204`, NVIDIA's vendor id 10DE). Gives NVML's form; `null` where it is none of them.
 */
export function normalizePciDeviceId(text: string): string | null {
	const value = text.trim();
	const pair = /^([0-9a-f]{4}):([0-9a-f]{4})$/i.exec(value);
	if (pair) return `0x${`${pair[2]}${pair[1]}`.toUpperCase()}`;
	const hex = /^(?:0x)?([0-9a-f]{4}|[0-9a-f]{8})$/i.exec(value)?.[1];
	if (hex === undefined) return null;
	return `0x${(hex.length === 4 ? `${hex}10DE` : hex).toUpperCase()}`;
}
