import type { GpuNodeReportStatus } from '../api/v1alpha1.generated.ts';
import type { DeviceAnswer, DevicePluginState } from '../core/device-answer/index.ts';
import type { PolicyState } from '../core/node-report/agent-policy.ts';
import type { Settled } from '../core/node-report/answer-devices.ts';
import type { ContainerGroup } from '../core/node-report/control-group.ts';
import type { ProcessPod } from '../core/node-report/environment.ts';
import type { PolicyInForce } from '../core/node-report/in-force.ts';
import type { Allocations, ProcessReading } from '../core/node-report/observation.ts';
import type { Fact } from '../core/observed/fact.ts';
import type { GpuProcess } from '../core/observed/inventory.ts';
import type { Labels } from '../core/workloads/label-selector.ts';

/** What the agent is told to judge by. */
export interface Orders {
	/** Every policy there is. */
	readonly policies: readonly PolicyState[];
	/** Labels of the node. */
	readonly labels: Labels;
}

/** Where the orders come from: a cluster, or a folder. */
export interface OrderSource {
	/** The orders as they stand; `null` until all of them were read once. What was read stays while the source is out of reach. */
	current(): Orders | null;
}

/** What /proc shows. */
export interface ProcessReader {
	/** Never rejects; what cannot be read is told in the reading. No other variables are kept than these. */
	read(process: GpuProcess, variables: readonly string[]): Promise<ProcessReading>;
}

/** What the cluster knows of containers. */
export interface PodFinder {
	/** The pod of a container of this node, with the labels of its namespace where they are asked for; `null` where the cluster knows none. */
	find(group: ContainerGroup, withNamespaceLabels: boolean): Promise<ProcessPod | null>;
}

/** What the kubelet gave, and can give. */
export interface AllocationSource {
	/** Never rejects, and answers within its time limit. */
	read(): Promise<Fact<Allocations>>;
}

/** What outlives the agent. */
export interface Memory {
	readonly inForce: readonly PolicyInForce[];
	/** Time of the last refusal of the proxy that was told, RFC 3339; empty before the first. */
	readonly refusedUntil: string;
	/** What was said of each device when the devices were read last; `null` before that, or where an earlier agent did not keep it. */
	readonly settled: Settled | null;
}

/** The files that the agent shares with the device-plugin proxy, and its own memory beside them. */
export interface StateDirectory {
	/** The answer that stands; `null` where there is none that can be understood. */
	readAnswer(): DeviceAnswer | null;
	/** Puts an answer in place at once. Throws where it cannot. */
	writeAnswer(answer: DeviceAnswer): void;
	readMemory(): Memory;
	/** Whether there is a file of it. */
	hasMemory(): boolean;
	writeMemory(memory: Memory): void;
	/** What the proxy says; `null` where there is none, or nothing that can be understood. */
	readPlugin(): DevicePluginState | null;
}

/** Where the report goes. */
export interface ReportSink {
	/** The report as it stands; `null` where it is empty or cannot be seen. */
	current(): GpuNodeReportStatus | null;
	/** Changes where the report is made anew: then all of it is due. Empty where there is none. */
	readonly incarnation: string;
	/** Rejects where it cannot be written. False where there is no report to write to, and nobody to be told. */
	write(status: GpuNodeReportStatus): Promise<boolean>;
}
