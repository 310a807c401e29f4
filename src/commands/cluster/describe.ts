import { describeInCluster } from '../../app/cluster/describe.ts';
import { describeNode } from '../../app/cluster/describe-node.ts';
import { type ClusterPolicyView, renderClusterDescribe } from '../../render/cluster/describe.ts';
import { type NodeDescription, renderNode } from '../../render/cluster/node.ts';
import { exitCodes } from '../../runtime/errors.ts';
import type { Shown } from '../base.ts';
import { type ClusterChoice, commandFor } from '../cluster-flags.ts';

/** `describe [NAME] --context X`. */
export async function clusterDescribe(
	cluster: ClusterChoice,
	{ name, namespace, bin }: { readonly name: string | undefined; readonly namespace: string; readonly bin: string },
): Promise<Shown<readonly ClusterPolicyView[]>> {
	const result = await describeInCluster(cluster, { name }, namespace);
	const type = commandFor(cluster, bin);
	return {
		result,
		renderers: { text: (views) => views.map((view) => renderClusterDescribe(view, type)).join('\n') },
		exit: exitCodes.ok,
	};
}

/** `describe node NAME --context X`. */
export async function clusterDescribeNode(cluster: ClusterChoice, name: string): Promise<Shown<NodeDescription>> {
	const result = await describeNode(cluster, name);
	return { result, renderers: { text: (view) => renderNode(view, Date.now()) }, exit: exitCodes.ok };
}
