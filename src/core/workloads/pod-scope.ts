import type { Exemption } from '../../api/v1alpha1.generated.ts';
import type { PodDemand } from './demand.ts';
import { type LabelRequirement, matchesLabels, requirementsOf } from './label-selector.ts';
import type { Pod, PodNamespace } from './pod.ts';

/** The label that the API server sets on every namespace. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name';

/** The annotation of a pod that the kubelet made of a static manifest: admission cannot change it. */
export const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** Namespaces that no policy selects unless by name, and our own probe namespace, which none selects. */
export interface ReservedNamespaces {
	/** `kube-system` and those that we run in. */
	readonly unlessNamed: readonly string[];
	/** Where admission is tried out. */
	readonly probe: string;
}

export const reservedNamespaces: ReservedNamespaces = {
	unlessNamed: ['kube-system', 'gpupolicy-system', 'gpupolicy-node'],
	probe: 'gpupolicy-probe',
};

/** Whether a policy has a say about a pod, and why not. */
export type PodScope =
	| { readonly state: 'Selected' }
	| { readonly state: 'NotSelected'; readonly because: 'Namespace' | 'Labels' | 'Mirror' }
	| { readonly state: 'Exempt'; readonly index: number; readonly reason: string };

/**
 * The namespaces of a policy as requirements: its selector, and the reserved ones that it does not name. It names a namespace by
 * `kubernetes.io/metadata.name`, as a label or In.
 */
export function namespaceRequirements(
	demand: Pick<PodDemand, 'namespaceSelector'>,
	reserved: ReservedNamespaces = reservedNamespaces,
): readonly LabelRequirement[] {
	const own = requirementsOf(demand.namespaceSelector);
	const named = own.flatMap(({ key, operator, values }) => (key === namespaceNameLabel && operator === 'In' ? values : []));
	const left = [...reserved.unlessNamed.filter((name) => !named.includes(name)), reserved.probe];
	return [...own, { key: namespaceNameLabel, operator: 'NotIn', values: left }];
}

/** The exemption that a pod falls under, if any. In the probe namespace no exemption counts that names namespaces. */
function exemptionOf(
	exemptions: readonly Exemption[],
	pod: Pod,
	namespace: PodNamespace,
	reserved: ReservedNamespaces = reservedNamespaces,
): number {
	const labels = pod.metadata?.labels ?? {};
	return exemptions.findIndex(
		({ namespaceSelector, podSelector }) =>
			(namespaceSelector === undefined ||
				(namespace.name !== reserved.probe && matchesLabels(namespaceSelector, namespace.labels))) &&
			matchesLabels(podSelector, labels),
	);
}

/** Whether the policy has a say about a pod. In the probe namespace every pod is selected, as far as exemptions allow. */
export function podScope(
	demand: PodDemand,
	pod: Pod,
	namespace: PodNamespace,
	reserved: ReservedNamespaces = reservedNamespaces,
): PodScope {
	if (Object.hasOwn(pod.metadata?.annotations ?? {}, mirrorAnnotation)) return { state: 'NotSelected', because: 'Mirror' };
	if (namespace.name !== reserved.probe) {
		const selector = {
			matchExpressions: namespaceRequirements(demand, reserved).map((one) => ({ ...one, values: [...one.values] })),
		};
		if (!matchesLabels(selector, { ...namespace.labels, [namespaceNameLabel]: namespace.name })) {
			return { state: 'NotSelected', because: 'Namespace' };
		}
		if (!matchesLabels(demand.podSelector, pod.metadata?.labels ?? {})) return { state: 'NotSelected', because: 'Labels' };
	}
	const index = exemptionOf(demand.exemptions, pod, namespace, reserved);
	const exemption = demand.exemptions[index];
	return exemption ? { state: 'Exempt', index, reason: exemption.reason } : { state: 'Selected' };
}
