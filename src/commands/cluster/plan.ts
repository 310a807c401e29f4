import { planCluster } from '../../app/cluster/plan.ts';
import { type ClusterPlan, changesAnything, renderClusterPlan } from '../../render/cluster/plan.ts';
import type { Terminal } from '../../render/terminal.ts';
import { exitCodes, worstExit } from '../../runtime/errors.ts';
import type { Shown } from '../base.ts';
import type { ClusterChoice } from '../cluster-flags.ts';
import { type AskedPolicies, askedPolicies } from './asked-policies.ts';

interface Asked extends AskedPolicies {
	readonly diff: boolean;
	readonly exitCode: boolean;
	readonly controllerNamespace: string;
	readonly asMode: 'Enforce' | 'Audit' | undefined;
}

/** `plan [NAME] --context X`. */
export async function clusterPlan(cluster: ClusterChoice, asked: Asked, errors: Terminal): Promise<Shown<ClusterPlan>> {
	const { proposal, exit } = await askedPolicies(asked, errors);
	const result = await planCluster(cluster, { ...proposal, asMode: asked.asMode }, asked.controllerNamespace);
	const pending = asked.exitCode && (changesAnything(result) || result.policies.some(({ problems }) => problems.length > 0));
	return {
		result,
		renderers: { text: (plan, terminal) => renderClusterPlan(plan, terminal, { diff: asked.diff }) },
		exit: worstExit([exit, pending ? exitCodes.findings : exitCodes.ok]),
	};
}
