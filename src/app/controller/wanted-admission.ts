import { overBudget } from '../../controller/admission/budget.ts';
import { claimObjectsOf, compileClaims } from '../../controller/admission/claims/compile-claims.ts';
import { servedClaims } from '../../controller/admission/claims/served-claims.ts';
import { compileAdmission, objectsOf } from '../../controller/admission/compile.ts';
import { conflictsOf, describeConflicts } from '../../controller/admission/conflicts.ts';
import { mutatorOf, type WebhookChoice } from '../../controller/admission/mutator.ts';
import type { AdmissionObject, Mutator } from '../../controller/admission/objects.ts';
import type { ServedAdmission } from '../../controller/admission/served.ts';
import type { ClusterPolicy } from '../../controller/duty.ts';
import { claimDemand } from '../../core/claims/claim-demand.ts';
import type { Cluster } from '../../core/ports/cluster.ts';
import { podDemand } from '../../core/workloads/demand.ts';
import { reach } from '../../core/workloads/demands-conflict.ts';
import { reservedNamespaces } from '../../core/workloads/pod-scope.ts';

/** What admission needs for a policy, were everything that is tried out first to pass. */
export interface WantedAdmission {
	readonly objects: readonly AdmissionObject[];
	/** Why the policy is not applied, or not all of it. */
	readonly problems: readonly string[];
	/** What it leaves alone, and why. */
	readonly notes: readonly string[];
}

/** Compiles a policy for pods and for resource claims, beside all others. */
export async function wantedAdmission(
	cluster: Cluster,
	policy: ClusterPolicy,
	others: Iterable<ClusterPolicy>,
	served: ServedAdmission,
	webhook?: WebhookChoice,
): Promise<WantedAdmission> {
	const parts = [ofPods(policy, others, mutatorOf(webhook, served.mutating)), await ofClaims(cluster, policy, served)];
	return {
		objects: parts.flatMap(({ objects }) => objects),
		problems: parts.flatMap(({ problems }) => problems),
		notes: parts.flatMap(({ notes }) => notes),
	};
}

function ofPods(policy: ClusterPolicy, others: Iterable<ClusterPolicy>, mutating: Mutator | null): WantedAdmission {
	const demand = podDemand(policy.object, policy.digest);
	if (!demand) return only({});
	const compiled = compileAdmission(demand, { copy: 'Bound', mutating, uid: policy.uid });
	const figure = overBudget(compiled);
	if (figure !== null) return only({ problems: [figure] });
	if (reach([demand], reservedNamespaces).state === 'Contradictory')
		return only({ problems: ['spec.workloads can never select a pod: its selectors and exemptions exclude each other'] });
	const demands = [...others].flatMap(({ object, digest, deleting }) => (deleting ? [] : (podDemand(object, digest) ?? [])));
	const conflicts = conflictsOf(demand, demands, reservedNamespaces);
	return conflicts.length > 0 ? only({ problems: [describeConflicts(conflicts)] }) : only({ objects: objectsOf(compiled) });
}

async function ofClaims(cluster: Cluster, policy: ClusterPolicy, { mutating }: ServedAdmission): Promise<WantedAdmission> {
	const demanded = claimDemand(policy.object, policy.digest);
	if (demanded.state === 'Nothing') return only({});
	const served = await servedClaims(cluster);
	if (served.state === 'None') return only({});
	if (demanded.state === 'TooLong') return only({ problems: [demanded.message] });
	if (demanded.state === 'LeftAlone') return only({ notes: [`resource claims are left alone: ${demanded.because}`] });
	if (served.state === 'TooOld')
		return only({ notes: ['resource claims are left alone: the API server serves them only in resource.k8s.io/v1beta1'] });
	const { claims } = served;
	const options = { copy: 'Bound', mutating, claims, uid: policy.uid, reserved: reservedNamespaces } as const;
	return only({ objects: claimObjectsOf(compileClaims(demanded.demand, options)) });
}

function only({ objects = [], problems = [], notes = [] }: Partial<WantedAdmission>): WantedAdmission {
	return { objects, problems, notes };
}
