import { policyHistory } from '../../app/cluster/history.ts';
import { type PolicyRevision, renderPolicyHistory } from '../../render/cluster/history.ts';
import { exitCodes } from '../../runtime/errors.ts';
import type { Shown } from '../base.ts';
import type { ClusterChoice } from '../cluster-flags.ts';

/** `history [NAME] --context X`. */
export async function clusterHistory(
	cluster: ClusterChoice,
	name: string | undefined,
	namespace: string,
): Promise<Shown<readonly PolicyRevision[]>> {
	const result = await policyHistory(cluster, { name }, namespace);
	return { result, renderers: { table: (list) => renderPolicyHistory(list, Date.now()) }, exit: exitCodes.ok };
}
