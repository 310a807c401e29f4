import type { GpuDevice, MigDevice, MigState } from '../../core/observed/inventory.ts';
import { throttleReasons } from '../throttle-reasons.ts';
import type { Handle, NvmlFunction, NvmlLibrary } from './bindings.ts';
import { nvmlCode } from './codes.ts';
import { failedOnDevice } from './errors.ts';
import { memoryV2Version, pciBusIdOffset, pciDeviceIdOffset, readText, readU64, scratch } from './scratch.ts';

/** What a device is, and does not change while its UUID stays the same. */
export type Identity = Pick<GpuDevice, 'uuid' | 'productName' | 'pciBusId' | 'pciDeviceId' | 'computeCapability'>;

/** Reads the UUID; throws DeviceFailure where the device no longer answers. */
export function readUuid(nvml: NvmlLibrary, device: Handle): string {
	return textOf(nvml, 'nvmlDeviceGetUUID', device);
}

/** Reads what identifies a device; each part is needed for a verdict, so any failure is a DeviceFailure. */
export function readIdentity(nvml: NvmlLibrary, device: Handle, uuid: string): Identity {
	const productName = textOf(nvml, 'nvmlDeviceGetName', device);
	demand(nvml, 'nvmlDeviceGetPciInfo_v3', device, scratch.pci);
	const pciBusId = readText(scratch.pci, pciBusIdOffset).toUpperCase();
	const pciDeviceId = `0x${scratch.pci.readUInt32LE(pciDeviceIdOffset).toString(16).toUpperCase().padStart(8, '0')}`;
	const computeCapability = optional(nvml, 'nvmlDeviceGetCudaComputeCapability', device, scratch.a, scratch.b)
		? `${scratch.a.readInt32LE(0)}.${scratch.b.readInt32LE(0)}`
		: null;
	return { uuid, productName, pciBusId, pciDeviceId, computeCapability };
}

/** Total and used bytes; v2 counts memory that the driver reserves apart, as nvidia-smi does. */
export function readMemory(nvml: NvmlLibrary, device: Handle): { readonly total: number | null; readonly used: number | null } {
	if (nvml.has('nvmlDeviceGetMemoryInfo_v2')) {
		scratch.memory.writeUInt32LE(memoryV2Version, 0);
		const code = nvml.call('nvmlDeviceGetMemoryInfo_v2', device, scratch.memory);
		if (code === nvmlCode.success) return { total: readU64(scratch.memory, 8), used: readU64(scratch.memory, 32) };
		if (code !== nvmlCode.argumentVersionMismatch && code !== nvmlCode.functionNotFound) {
			if (code === nvmlCode.notSupported) return { total: null, used: null };
			throw failedOnDevice('nvmlDeviceGetMemoryInfo_v2', code);
		}
	}
	if (!optional(nvml, 'nvmlDeviceGetMemoryInfo', device, scratch.memory)) return { total: null, used: null };
	return { total: readU64(scratch.memory, 0), used: readU64(scratch.memory, 16) };
}

/** MIG mode and the MIG devices that exist; slots are sparse. */
export function readMig(nvml: NvmlLibrary, device: Handle): MigState {
	if (!optional(nvml, 'nvmlDeviceGetMigMode', device, scratch.a, scratch.b)) return { enabled: null, children: [] };
	if (scratch.a.readUInt32LE(0) !== 1) return { enabled: false, children: [] };
	const children: MigDevice[] = [];
	const slots = optional(nvml, 'nvmlDeviceGetMaxMigDeviceCount', device, scratch.a) ? scratch.a.readUInt32LE(0) : 0;
	for (let slot = 0; slot < slots; slot++) {
		const code = nvml.call('nvmlDeviceGetMigDeviceHandleByIndex', device, slot, scratch.a);
		if (code === nvmlCode.notFound) continue;
		if (code !== nvmlCode.success) throw failedOnDevice('nvmlDeviceGetMigDeviceHandleByIndex', code);
		const child = scratch.a.readBigUInt64LE(0);
		const uuid = readUuid(nvml, child);
		const name = textOf(nvml, 'nvmlDeviceGetName', child);
		// The name of a MIG device is the product name, ` MIG `, and the profile.
		children.push({ uuid, profile: name.slice(name.lastIndexOf(' MIG ') + 5), memoryBytes: readMemory(nvml, child).total });
	}
	return { enabled: true, children };
}

export function readEcc(nvml: NvmlLibrary, device: Handle): GpuDevice['ecc'] {
	if (!optional(nvml, 'nvmlDeviceGetEccMode', device, scratch.a, scratch.b)) return null;
	const enabled = scratch.a.readUInt32LE(0) === 1;
	const uncorrected = 1;
	const sinceLastReboot = 0;
	const counted = enabled && optional(nvml, 'nvmlDeviceGetTotalEccErrors', device, uncorrected, sinceLastReboot, scratch.a);
	return { enabled, uncorrectedVolatile: counted ? readU64(scratch.a) : null };
}

export function readThrottleReasons(nvml: NvmlLibrary, device: Handle): readonly string[] | null {
	const call = nvml.has('nvmlDeviceGetCurrentClocksEventReasons')
		? 'nvmlDeviceGetCurrentClocksEventReasons'
		: 'nvmlDeviceGetCurrentClocksThrottleReasons';
	if (!optional(nvml, call, device, scratch.a)) return null;
	const bits = scratch.a.readUInt32LE(0);
	return throttleReasons.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name);
}

function textOf(nvml: NvmlLibrary, call: NvmlFunction, device: Handle): string {
	demand(nvml, call, device, scratch.text, scratch.text.length);
	return readText(scratch.text);
}

function demand(
	nvml: NvmlLibrary,
	call: NvmlFunction,
	...values: Parameters<NvmlLibrary['call']> extends [unknown, ...infer A] ? A : never
): void {
	const code = nvml.call(call, ...values);
	if (code !== nvmlCode.success) throw failedOnDevice(call, code);
}

/** True where the call answered, false where it does not apply to this device or driver. */
function optional(
	nvml: NvmlLibrary,
	call: NvmlFunction,
	...values: Parameters<NvmlLibrary['call']> extends [unknown, ...infer A] ? A : never
): boolean {
	const code = nvml.call(call, ...values);
	if (code === nvmlCode.success) return true;
	if (code === nvmlCode.notSupported || code === nvmlCode.functionNotFound) return false;
	throw failedOnDevice(call, code);
}
