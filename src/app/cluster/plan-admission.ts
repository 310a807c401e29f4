import { listLive } from '../../controller/admission/live-objects.ts';
import { isWebhook, mutatorOf, type WebhookChoice } from '../../controller/admission/mutator.ts';
import type { AdmissionObject } from '../../controller/admission/objects.ts';
import { isAsCompiled } from '../../controller/admission/put-object.ts';
import type { ServedAdmission } from '../../controller/admission/served.ts';
import { unifiedDiff } from '../../core/plan/unified-diff.ts';
import type { ApiObject, Cluster } from '../../core/ports/cluster.ts';
import type { ObjectChange } from '../../render/cluster/plan.ts';
import { renderYaml } from '../../render/yaml.ts';
import { wantedAdmission } from '../controller/wanted-admission.ts';
import type { EffectivePolicy } from './effective-policies.ts';

/** The admission objects of a policy, why they are not all, and what it leaves alone. */
interface AdmissionPlan {
	readonly objects: readonly ObjectChange[];
	readonly problems: readonly string[];
	readonly notes: readonly string[];
}

/** What would become of the admission objects of a policy. Nothing is tried out: that takes objects that are really there. */
export async function planAdmission(
	cluster: Cluster,
	{ policy, live: known }: EffectivePolicy,
	all: readonly EffectivePolicy[],
	served: ServedAdmission,
	webhook: WebhookChoice,
): Promise<AdmissionPlan> {
	const { mutating, validating } = served;
	if (!validating) return { objects: [], problems: ['the API server serves no ValidatingAdmissionPolicy in v1'], notes: [] };
	if (policy.suspended) return { objects: [], problems: [], notes: [] };
	const others = all.filter(({ problems }) => problems.length === 0).map((one) => one.policy);
	const asBorn = { ...policy, uid: policy.uid || unborn };
	const { objects: wanted, problems, notes } = await wantedAdmission(cluster, asBorn, others, served, webhook);
	// Elsewhere an account needs no right to read what lies beside the controller.
	const demandsIn = isWebhook(mutatorOf(webhook, mutating)) ? webhook.demandsIn : null;
	const live = known ? await listLive(cluster, policy.name, { mutating, demandsIn }, new AbortController().signal) : null;
	const gone = (live?.all() ?? []).filter(
		({ kind, metadata }) => !wanted.some((one) => one.kind === kind && one.metadata.name === metadata.name),
	);
	const objects = [
		...wanted.map((object) => wantedChange(object, live?.get(object))),
		...gone.map((object) => change(object, null)),
	];
	return { objects, problems, notes };
}

/** Stands for the uid of a policy that is not in the cluster yet. */
const unborn = '(given by the server)';

function wantedChange(object: AdmissionObject, live: ApiObject | undefined): ObjectChange {
	const { kind, metadata } = object;
	if (isAsCompiled(object, live)) return { kind, name: metadata.name, change: 'InOrder', diff: '' };
	return change(live ?? null, object);
}

function change(before: ApiObject | null, after: ApiObject | null): ObjectChange {
	const { kind, metadata } = (after ?? before) as ApiObject;
	return {
		kind,
		name: metadata.name,
		change: before === null ? 'Create' : after === null ? 'Delete' : 'Update',
		diff: unifiedDiff(`${kind}/${metadata.name}`, text(before), text(after), { context: 3, redact: (line) => line }),
	};
}

/** An object as it is compared: what the server keeps beside what we write is left out. */
function text(object: ApiObject | null): string {
	if (object === null) return '';
	const { apiVersion, kind, metadata } = object;
	const { name, namespace, labels, annotations, ownerReferences } = metadata;
	const shown = {
		apiVersion,
		kind,
		metadata: { name, namespace, labels, annotations, ownerReferences },
		spec: object['spec'],
		data: object['data'],
	};
	return renderYaml(sorted(shown));
}

function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).filter(([, one]) => one !== undefined);
	return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}
