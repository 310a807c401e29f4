import { validateInCluster } from '../../app/cluster/validate.ts';
import type { PolicyLocation } from '../../app/load-policies.ts';
import type { ValidateResult } from '../../app/validate.ts';
import type { ClusterChoice } from '../cluster-flags.ts';

/** `validate --context X`. */
export function clusterValidate(cluster: ClusterChoice, location: PolicyLocation): Promise<ValidateResult> {
	return validateInCluster(cluster, location);
}
