import type { NodeFacts, PublishedDevice } from './facts.ts';
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
	readonly slices: readonly GpuSlice[];
	/** Whether a claim was given the device. */
	held(device: PublishedDevice): boolean;
}

/** In order: the agent's report, the slices of the DRA driver, the labels of GPU feature discovery. A source that speaks is not overruled. */
export function nodeFacts({ node, report, stale, slices, held }: NodeSources): NodeFacts {
	const reported = report && reportFacts(report);
	if (reported && stale) {
		return {
			state: 'missing',
			why: 'Stale',
			source: 'AgentReport',
			message: 'its agent missed three heartbeats; look at the pod of the agent there',
		};
	}
	return (
		reported ??
		sliceFacts(node.name, slices, held) ??
		labelFacts(node) ?? {
			state: 'missing',
			why: 'Unseen',
			source: null,
			message: 'no agent report, no ResourceSlice, no labels of GPU feature discovery',
		}
	);
}
