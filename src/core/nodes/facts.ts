import type { PolicyVerdict } from '../../api/v1alpha1.generated.ts';
import type { GpuDevice } from '../observed/inventory.ts';

/** Where the facts about a node come from, in the order in which they are asked for. */
export type FactSource = 'AgentReport' | 'ResourceSlice' | 'NodeLabels';

/** A device as a DRA driver publishes it: what a claim is given, and a taint rule names. */
export interface PublishedDevice {
	readonly driver: string;
	readonly pool: string;
	readonly device: string;
}

/**
 * Whether anything can use a device. `Exposed`: a process or pod holds it, or it is allocatable. `Claimable`: a DRA driver publishes it
 * and no pod holds it, so that it is exposed unless something keeps claims from it.
 */
export type Exposure = 'Exposed' | 'Claimable' | 'NotExposed' | 'Unknown';

export interface ObservedDevice {
	/** A field that the source does not tell is empty or `null`, so that no criterion is judged on it. */
	readonly device: GpuDevice;
	readonly exposure: Exposure;
	/** What exposes it, as the node's agent saw it; empty where nobody tells. */
	readonly by: string;
	/** Whatever criteria look at but its identity (UUID, PCI address): two devices that have the same are judged alike by criteria that name none. */
	readonly model: string;
	/** All names under which a DRA driver publishes it; several for one with MIG devices. */
	readonly published: readonly PublishedDevice[];
}

/** Facts about the devices of one node. */
export interface KnownFacts {
	readonly state: 'known';
	readonly source: FactSource;
	/** `agent report (NVML 580.65.06)`. */
	readonly through: string;
	readonly devices: readonly ObservedDevice[];
	/** Verdicts of the node's own agent, by policy. */
	readonly verdicts: ReadonlyMap<string, PolicyVerdict>;
	/** Product names are written as label values: both sides are compared in that form. */
	readonly namesAsLabels: boolean;
	/**
	 * The node holds, or may hold, further devices that the source does not describe: why. One device that is forbidden is forbidden; that
	 * all are allowed cannot be told.
	 */
	readonly others: string | null;
	/** Why no deny entry can be judged; `null` where each can. */
	readonly denyUnknown: string | null;
}

/** `Stale`: the agent is silent. `Unreadable`: somebody looked and could not tell. `Unseen`: nobody looked. */
export interface MissingFacts {
	readonly state: 'missing';
	readonly why: 'Stale' | 'Unreadable' | 'Unseen';
	readonly source: FactSource | null;
	readonly message: string;
}

export type NodeFacts = KnownFacts | MissingFacts;

/** A device as a source describes it. */
export function observe(
	device: GpuDevice,
	exposure: Exposure,
	published: readonly PublishedDevice[] = [],
	by = '',
): ObservedDevice {
	const { productName, pciDeviceId, memoryBytes, computeCapability, mig, lost, unread } = device;
	const model = JSON.stringify([productName, pciDeviceId, memoryBytes, computeCapability, mig.enabled, lost, unread?.mig]);
	return { device, exposure, by, model, published };
}

/** A device of which a source tells nothing but what `known` says. */
export function partialDevice(index: number, known: Partial<GpuDevice>): GpuDevice {
	return {
		index,
		uuid: '',
		productName: '',
		pciBusId: '',
		pciDeviceId: '',
		memoryBytes: null,
		usedMemoryBytes: null,
		computeCapability: null,
		mig: { enabled: null, children: [] },
		ecc: null,
		xids: null,
		throttleReasons: null,
		processes: null,
		lost: null,
		...known,
	};
}
