/** Which kind of source an inventory was read from. `sysfs` tells of no device more than that there is none. */
export type InventorySourceKind = 'NVML' | 'nvidia-smi' | 'recorded' | 'sysfs';

/** MIG state of a physical device; `children` are the MIG devices that exist on it now. */
export interface MigState {
	/** `null` where the device does not support MIG (NVML NOT_SUPPORTED). */
	readonly enabled: boolean | null;
	readonly children: readonly MigDevice[];
}

export interface MigDevice {
	readonly uuid: string;
	/** Profile name as the driver prints it, e.g. `1g.10gb`. */
	readonly profile: string;
	readonly memoryBytes: number | null;
}

/** A process that holds a context on a device. `startTime` with `pid` identifies it across pid reuse. */
export interface GpuProcess {
	readonly pid: number;
	/** Clock ticks since boot, field 22 of /proc/PID/stat; `null` where /proc does not show it. */
	readonly startTime: string | null;
	/** Device memory in bytes; `null` where the driver says "not available". */
	readonly usedMemoryBytes: number | null;
	readonly name: string | null;
	readonly kind: 'Compute' | 'Graphics';
}

/**
 * One physical GPU. `index` is the position in PCI bus order, which is nvidia-smi's and NVML's
 * (and CUDA's only under CUDA_DEVICE_ORDER=PCI_BUS_ID).
 * `null` in a field means "not applicable on this device" (NVML NOT_SUPPORTED) or "this kind of source does not tell"
 * (nvidia-smi lists no XIDs); a field whose reading failed is `null` and named in `unread`.
 * On a `lost` device whose identity was never read, strings are empty and `memoryBytes` is `null`.
 */
export interface GpuDevice {
	readonly index: number;
	/** Full UUID, `GPU-…`. */
	readonly uuid: string;
	readonly productName: string;
	/** NVML's form: `00000000:01:00.0`, upper-case hex. */
	readonly pciBusId: string;
	/** Device and vendor id as NVML's pciDeviceId, `0x220410DE`. */
	readonly pciDeviceId: string;
	/** Total device memory in bytes; `null` where the device has none of its own (unified memory). */
	readonly memoryBytes: number | null;
	readonly usedMemoryBytes: number | null;
	/** `major.minor`, e.g. `8.6`; `null` where the source does not tell. */
	readonly computeCapability: string | null;
	readonly mig: MigState;
	readonly ecc: { readonly enabled: boolean; readonly uncorrectedVolatile: number | null } | null;
	/** XID error codes seen since the source started to listen, the last 1,000; `null` where events are not supported. */
	readonly xids: readonly number[] | null;
	/** Active throttle reasons by NVML name, e.g. `SwPowerCap`; empty when none; `null` where not supported. */
	readonly throttleReasons: readonly string[] | null;
	/** Processes that hold a context here; `null` where the driver does not list them, which is not "none". */
	readonly processes: readonly GpuProcess[] | null;
	/** Fields whose reading failed with an unexpected error, by field name, with what the source answered. */
	readonly unread?: Readonly<Record<string, string>>;
	/** A device that is listed but no longer answers (GPU_IS_LOST, or vanished mid-read): why. */
	readonly lost: string | null;
}

/** All devices of one machine as one source saw them at one time, sorted by `index`. */
export interface Inventory {
	readonly source: InventorySourceKind;
	/** Driver version, e.g. `580.65.06`. */
	readonly driverVersion: string;
	/** Highest CUDA version that the driver supports, e.g. `13.0`; `null` where the source does not tell. */
	readonly cudaVersion: string | null;
	/** RFC 3339. */
	readonly observedAt: string;
	readonly devices: readonly GpuDevice[];
}
