import { admitPod } from '../../../core/workloads/admit-pod.ts';
import type { Pod, PodNamespace, PodOperation } from '../../../core/workloads/pod.ts';
import type { ReservedNamespaces } from '../../../core/workloads/pod-scope.ts';
import { policyLabel, policyLabelValue, probeLabel, unmutatedLabel } from '../names.ts';
import { podPatch } from './pod-patch.ts';
import type { WebhookDemand } from './webhook-demand.ts';

/** What the API server asks: a pod that is created, or one that ephemeral containers join. */
export interface PodReview {
	readonly uid: string;
	readonly namespace: string;
	readonly pod: Pod;
	readonly operation: PodOperation;
}

/** Names that a namespace can have: anything else would be a selector of its own where it is asked for. */
const namespaceNames = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Reads an AdmissionReview of admission.k8s.io/v1; `null` where it is none, or not about what the webhook is registered for. */
export function readReview(body: unknown): PodReview | null {
	if (!isObject(body) || body.kind !== 'AdmissionReview' || body.apiVersion !== 'admission.k8s.io/v1') return null;
	const { request } = body;
	if (!isObject(request)) return null;
	const { uid, namespace, operation, subResource = '', object, oldObject } = request;
	if (typeof uid !== 'string' || typeof namespace !== 'string' || !namespaceNames.test(namespace) || !isPod(object)) return null;
	if (operation === 'CREATE' && subResource === '') return { uid, namespace, pod: object, operation: { type: 'Create' } };
	if (operation === 'UPDATE' && subResource === 'ephemeralcontainers' && isPod(oldObject))
		return { uid, namespace, pod: object, operation: { type: 'AddEphemeralContainers', before: oldObject } };
	return null;
}

/** The answer to a review: the pod always passes, changed to what every demand makes of it. What refuses is the check beside it. */
export function answerReview(
	{ uid, pod, operation }: PodReview,
	namespace: PodNamespace,
	demands: Iterable<WebhookDemand>,
	reserved: ReservedNamespaces,
): { readonly changes: boolean; readonly answer: object } {
	let result = pod;
	for (const { demand } of demandsFor(pod, namespace, demands, reserved))
		result = admitPod(demand, result, namespace, operation, { mutates: true, reserved }).pod;
	const patch = podPatch(pod, result);
	const response =
		patch.length === 0
			? { uid, allowed: true }
			: { uid, allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
	return { changes: patch.length > 0, answer: { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response } };
}

/** Probes are answered by the one copy that they name, all other pods by every policy that was proved, in the order of their names. */
function demandsFor(
	pod: Pod,
	namespace: PodNamespace,
	demands: Iterable<WebhookDemand>,
	reserved: ReservedNamespaces,
): readonly WebhookDemand[] {
	if (namespace.name !== reserved.probe)
		return [...demands]
			.filter(({ copy }) => copy === 'Bound')
			.sort(({ demand: a }, { demand: b }) => (a.policy < b.policy ? -1 : a.policy > b.policy ? 1 : 0));
	const labels = pod.metadata?.labels ?? {};
	if (labels[unmutatedLabel] !== undefined) return [];
	return [...demands].filter(
		({ copy, demand }) => labels[policyLabel] === policyLabelValue(demand.policy) && labels[probeLabel] === copy.toLowerCase(),
	);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPod(value: unknown): value is Pod {
	return isObject(value) && isObject(value.spec) && Array.isArray(value.spec.containers);
}
