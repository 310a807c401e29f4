import { formatQuantity } from '../../core/desired/quantity.ts';
import type { GpuDevice, GpuProcess, Inventory, InventorySourceKind } from '../../core/observed/inventory.ts';

/** What changes from one reading to the next; may be left out of a committed file. */
export interface RecordedReadings {
	readonly usedMemoryBytes?: number | null;
	readonly ecc?: GpuDevice['ecc'];
	readonly xids?: readonly number[] | null;
	readonly throttleReasons?: readonly string[] | null;
	readonly processes?: readonly GpuProcess[] | null;
	readonly unread?: Readonly<Record<string, string>>;
	readonly lost?: string | null;
}

/** One device of a recorded inventory: its identity, then what was read from it. */
export interface RecordedDevice {
	readonly index: number;
	readonly uuid: string;
	readonly productName: string;
	readonly pciBusId: string;
	readonly pciDeviceId?: string;
	/** Kubernetes quantity; `null` where the device has no memory of its own. */
	readonly memory: string | number | null;
	readonly computeCapability?: string;
	readonly mig?: {
		readonly enabled: boolean;
		readonly children?: readonly { readonly uuid: string; readonly profile: string; readonly memory: string | number | null }[];
	};
	readonly readings?: RecordedReadings;
}

/** The file `gpupolicy.inventory.yaml`; its schema is schemas/gpuinventory.v1alpha1.schema.json. */
export interface GpuInventoryManifest {
	readonly apiVersion: 'gpupolicy.dev/v1alpha1';
	readonly kind: 'GpuInventory';
	readonly metadata?: { readonly name?: string };
	readonly spec: {
		readonly recordedFrom: InventorySourceKind;
		/** RFC 3339. */
		readonly observedAt: string;
		readonly driverVersion: string;
		readonly cudaVersion?: string;
		readonly devices: readonly RecordedDevice[];
	};
}

/**
 * The inventory as a file that `recordedInventory` reads back. `readings: false` leaves out what changes between two
 * readings, so that a committed file changes only when a device does.
 */
export function toInventoryManifest(inventory: Inventory, { readings }: { readonly readings: boolean }): GpuInventoryManifest {
	return {
		apiVersion: 'gpupolicy.dev/v1alpha1',
		kind: 'GpuInventory',
		spec: {
			recordedFrom: inventory.source,
			observedAt: inventory.observedAt,
			driverVersion: inventory.driverVersion,
			...(inventory.cudaVersion === null ? {} : { cudaVersion: inventory.cudaVersion }),
			devices: inventory.devices.map((device) => toRecordedDevice(device, readings)),
		},
	};
}

function toRecordedDevice(device: GpuDevice, readings: boolean): RecordedDevice {
	const { index, uuid, productName, pciBusId, pciDeviceId, computeCapability, mig } = device;
	return {
		index,
		uuid,
		productName,
		pciBusId,
		...(pciDeviceId === '' ? {} : { pciDeviceId }),
		memory: toQuantity(device.memoryBytes),
		...(computeCapability === null ? {} : { computeCapability }),
		...(mig.enabled === null ? {} : { mig: { enabled: mig.enabled, ...toRecordedChildren(mig.children) } }),
		...(readings ? { readings: toReadings(device) } : {}),
	};
}

function toRecordedChildren(children: GpuDevice['mig']['children']): Pick<NonNullable<RecordedDevice['mig']>, 'children'> {
	if (children.length === 0) return {};
	return { children: children.map(({ uuid, profile, memoryBytes }) => ({ uuid, profile, memory: toQuantity(memoryBytes) })) };
}

function toReadings({ usedMemoryBytes, ecc, xids, throttleReasons, processes, unread, lost }: GpuDevice): RecordedReadings {
	return {
		usedMemoryBytes,
		ecc,
		xids,
		throttleReasons,
		processes,
		...(unread ? { unread } : {}),
		...(lost === null ? {} : { lost }),
	};
}

function toQuantity(bytes: number | null): string | number | null {
	if (bytes === null) return null;
	const text = formatQuantity(bytes);
	return /^\d+$/.test(text) ? bytes : text;
}
