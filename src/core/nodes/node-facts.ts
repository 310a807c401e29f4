import type { KnownFacts, NodeFacts, ObservedDevice, PublishedDevice } from './facts.ts';
import { labelFacts } from './label-facts.ts';
import type { ClusterNode } from './node.ts';
import { type ReportContent, reportFacts } from './report-facts.ts';
import { type GpuSlice, sliceFacts } from './slice-facts.ts';

/** Everything that is at hand about the devices of one node. */
export interface NodeSources {
	readonly node: ClusterNode;
	/** `null` where there is no report, or one of an older node of the same name. */
	readonly report: ReportContent | null;
	/** The agent missed three heartbeats. */
	readonly stale: boolean;
	/** Why it is not known what the DRA driver publishes, where that is so: then nobody knows what it would have said. */
	readonly unread?: string | null;
	readonly slices: readonly GpuSlice[];
	/** Whether a claim was given the device. */
	held(device: PublishedDevice): boolean;
}

/** In order: the agent's report, the slices of the DRA driver, the labels of GPU feature discovery. A source that speaks is not overruled; what the driver publishes
 * can be claimed, though, whatever the agent sees. */
export function nodeFacts({ node, report, stale, unread = null, slices, held }: NodeSources): NodeFacts {
	const reported = report && reportFacts(report);
	if (reported) return stale ? silent : besideDriver(reported, sliceFacts(node.name, slices, held));
	if (unread !== null) return { state: 'missing', why: 'Unreadable', source: 'ResourceSlice', message: unread };
	const published = sliceFacts(node.name, slices, held);
	if (published?.state === 'known') return besidePlugin(published, node);
	return published ?? labelFacts(node) ?? unseen;
}

/** The agent does not know what the DRA driver publishes: what it calls not exposed can be claimed where the driver does. */
function besideDriver(reported: NodeFacts, published: NodeFacts | null): NodeFacts {
	if (reported.state === 'missing' || published?.state !== 'known') return reported;
	const names = new Map(published.devices.map((one) => [one.device.uuid, one.published]));
	const devices = reported.devices.map((one): ObservedDevice => {
		const claimable = names.get(one.device.uuid) ?? [];
		if (claimable.length === 0) return one;
		return { ...one, published: claimable, exposure: one.exposure === 'NotExposed' ? 'Claimable' : one.exposure };
	});
	return { ...reported, devices };
}

/** Where the kubelet offers GPUs of a device plugin too, that is a second way to each device. It tells their number only. */
function besidePlugin(published: KnownFacts, { gpus }: NodeSources['node']): KnownFacts {
	if (gpus === null || (gpus.allocatable === 0 && gpus.others === undefined)) return published;
	const exposure = published.devices.length === 1 && gpus.allocatable > 0 ? 'Exposed' : 'Unknown';
	const devices = published.devices.map(
		(one) => (one.exposure === 'Exposed' ? one : { ...one, exposure }) satisfies ObservedDevice,
	);
	return { ...published, devices };
}

const silent: NodeFacts = {
	state: 'missing',
	why: 'Stale',
	source: 'AgentReport',
	message: 'its agent missed three heartbeats; look at the pod of the agent there',
};
const unseen: NodeFacts = {
	state: 'missing',
	why: 'Unseen',
	source: null,
	message: 'no agent report, no ResourceSlice, no labels of GPU feature discovery',
};
