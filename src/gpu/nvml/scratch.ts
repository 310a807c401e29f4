/** Sizes and offsets from nvml.h; all 64-bit platforms that NVIDIA ships for lay the structs out alike. */
const memoryV2Size = 40;

/** Buffers that the calls write into, allocated once: a snapshot then allocates only its result. */
export const scratch = {
	text: Buffer.alloc(256),
	a: Buffer.alloc(8),
	b: Buffer.alloc(8),
	/** nvmlPciInfo_t: char busIdLegacy[16]; unsigned domain, bus, device, pciDeviceId, pciSubSystemId; char busId[32]. */
	pci: Buffer.alloc(68),
	/** nvmlMemory_t: total, free, used. nvmlMemory_v2_t: version, total, reserved, free, used. */
	memory: Buffer.alloc(memoryV2Size),
	/** nvmlEventData_t: device, eventType, eventData, gpuInstanceId, computeInstanceId. */
	event: Buffer.alloc(32),
};

/** What nvmlDeviceGetMemoryInfo_v2 wants in `version`: the size of the struct, and 2 in the top byte. */
export const memoryV2Version = memoryV2Size | (2 << 24);

export const pciDeviceIdOffset = 28;
export const pciBusIdOffset = 36;

/** A C string from the start of a buffer. */
export function readText(buffer: Buffer, from = 0): string {
	const end = buffer.indexOf(0, from);
	return buffer.toString('utf8', from, end < 0 ? buffer.length : end);
}

/** u64 as a number; all ones is NVML_VALUE_NOT_AVAILABLE. */
export function readU64(buffer: Buffer, offset = 0): number | null {
	const high = buffer.readUInt32LE(offset + 4);
	const low = buffer.readUInt32LE(offset);
	return high === 0xffffffff && low === 0xffffffff ? null : high * 2 ** 32 + low;
}
