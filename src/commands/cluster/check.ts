import { checkCluster } from '../../app/cluster/check.ts';
import { type ClusterCheck, renderClusterCheck } from '../../render/cluster/check.ts';
import type { Terminal } from '../../render/terminal.ts';
import { worstExit } from '../../runtime/errors.ts';
import type { Shown } from '../base.ts';
import type { ClusterChoice } from '../cluster-flags.ts';
import { type AskedPolicies, askedPolicies } from './asked-policies.ts';

/** `check [NAME] --context X`. */
export async function clusterCheck(cluster: ClusterChoice, asked: AskedPolicies, errors: Terminal): Promise<Shown<ClusterCheck>> {
	const { proposal, exit } = await askedPolicies(asked, errors);
	const result = await checkCluster(cluster, proposal);
	return { result, renderers: { text: renderClusterCheck }, exit: worstExit([exit, result.exitCode]) };
}
