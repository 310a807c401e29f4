import { rollbackPolicy } from '../../app/cluster/rollback.ts';
import { type PolicyRollback, renderPolicyRollback } from '../../render/cluster/rollback.ts';
import { exitCodes } from '../../runtime/errors.ts';
import { type Shown, wrongUsage } from '../base.ts';
import type { ClusterChoice } from '../cluster-flags.ts';

/** `rollback NAME --to GENERATION --context X`. */
export async function clusterRollback(
	cluster: ClusterChoice,
	{ name, to, namespace }: { readonly name: string | undefined; readonly to: number | undefined; readonly namespace: string },
): Promise<Shown<PolicyRollback>> {
	if (name === undefined || to === undefined)
		throw wrongUsage(
			'in a cluster rollback takes the name of a policy and --to GENERATION',
			'gpupolicy history NAME lists the generations that are kept',
		);
	const result = await rollbackPolicy(cluster, { name, to, namespace });
	return { result, renderers: { text: renderPolicyRollback }, exit: exitCodes.ok };
}
