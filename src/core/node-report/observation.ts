import type { DevicePluginState } from '../device-answer/index.ts';
import type { Fact } from '../observed/fact.ts';
import type { GpuDevice, GpuProcess, Inventory } from '../observed/inventory.ts';
import type { ContainerGroup } from './control-group.ts';
import type { ProcessPod, StartEnvironment } from './environment.ts';

/** What /proc shows of one process. */
export interface ProcessReading {
	/** `null`: it runs in no container, or that could not be read; `unread` says so. */
	readonly container: ContainerGroup | null;
	readonly environment: StartEnvironment;
	/** Why its container is unknown; `null` where it is known. */
	readonly unread: string | null;
}

/** A process on a device, with all that is known of it. */
export interface ObservedProcess {
	readonly device: Pick<GpuDevice, 'uuid' | 'index'>;
	readonly process: GpuProcess;
	readonly reading: ProcessReading;
	/** `null` for a process of no pod, and where the pod is not known. */
	readonly pod: ProcessPod | null;
}

/** A container that was given a device. */
export interface Holder {
	readonly namespace: string;
	readonly pod: string;
	readonly container: string;
}

/** What the kubelet says of devices. */
export interface Allocations {
	/** Devices of plugins, as the plugin names them, and those of claims, by UUID. */
	readonly held: readonly { readonly id: string; readonly resource: string; readonly holder: Holder }[];
	/** What it can give to further containers. */
	readonly allocatable: readonly { readonly id: string; readonly resource: string }[];
	/** Devices that containers hold and of which it cannot be told which they are, a sentence each. */
	readonly unresolved: readonly string[];
}

/** One look at a node. */
export interface NodeObservation {
	readonly inventory: Fact<Inventory>;
	readonly processes: readonly ObservedProcess[];
	/** `null` on a machine without a kubelet. */
	readonly allocations: Fact<Allocations> | null;
	/** What the device-plugin proxy says of itself; `null` where there is none. */
	readonly plugin: DevicePluginState | null;
}
