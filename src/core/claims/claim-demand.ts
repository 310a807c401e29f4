import type { Exemption, GpuPolicy, LabelSelector } from '../../api/v1alpha1.generated.ts';
import { requirementsOf } from '../workloads/label-selector.ts';
import { deviceSelector, judgesDevices, longestSelector, selectorLength } from './device-selector.ts';
import { untoldCriteria } from './untold-criteria.ts';

/** What a policy demands of ResourceClaims, apart from any API that enforces it. */
export interface ClaimDemand {
	readonly policy: string;
	/** Digest of the policy's spec, hex. */
	readonly digest: string;
	readonly mode: 'Enforce' | 'Audit';
	readonly namespaceSelector: LabelSelector;
	/** Those by namespaces alone: of a claim nobody knows which pods will use it. */
	readonly exemptions: readonly Exemption[];
	/** CEL selector that every request has to carry. */
	readonly selector: string;
	/** Refuse claims that the scheduler makes for extended resources of NVIDIA's classes: it has chosen their devices already. */
	readonly refusesExtended: boolean;
	/** What the selector cannot tell, and whom it reaches although the policy exempts them. */
	readonly notes: readonly string[];
}

/** `LeftAlone`: the policy says something of devices and its claims cannot be governed. `TooLong`: its selector does not fit. */
export type ClaimDemandResult =
	| { readonly state: 'Nothing' }
	| { readonly state: 'LeftAlone'; readonly because: string }
	| { readonly state: 'TooLong'; readonly message: string }
	| { readonly state: 'Demanded'; readonly demand: ClaimDemand };

/** What a policy demands of claims. Only one with a `workloads` block reaches pods and their claims at all. */
export function claimDemand(policy: GpuPolicy, digest: string): ClaimDemandResult {
	const { workloads, devices, mode } = policy.spec;
	if (!workloads || !devices || !judgesDevices(devices)) return { state: 'Nothing' };
	const { name } = policy.metadata;
	if (requirementsOf(workloads.podSelector).length > 0) {
		return { state: 'LeftAlone', because: 'a claim does not say which pods will use it, and spec.workloads has a podSelector' };
	}
	const byNamespace = workloads.exemptions.filter(({ podSelector }) => requirementsOf(podSelector).length === 0);
	if (byNamespace.some(({ namespaceSelector }) => requirementsOf(namespaceSelector).length === 0)) {
		return { state: 'LeftAlone', because: 'an exemption covers every namespace' };
	}
	// The comment tells whoever reads a claim where the selector came from.
	const selector = `// GpuPolicy ${name}\n${deviceSelector(devices)}`;
	const length = selectorLength(selector);
	if (length > longestSelector) {
		const figure = `${length.toLocaleString('en')} bytes of ${longestSelector.toLocaleString('en')}`;
		const message = `spec.devices does not fit into the selector of a resource claim: ${figure}; use fewer or shorter entries`;
		return { state: 'TooLong', message };
	}
	const byPod = workloads.exemptions.flatMap((one, index) => (byNamespace.includes(one) ? [] : [`exemptions[${index}]`]));
	return {
		state: 'Demanded',
		demand: {
			policy: name,
			digest,
			mode,
			namespaceSelector: workloads.namespaceSelector,
			exemptions: byNamespace,
			selector,
			refusesExtended: mode === 'Enforce' && workloads.bypass === 'Deny',
			notes: [
				...untoldCriteria(devices),
				...(byPod.length > 0 ? [`${byPod.join(', ')} select pods: the claims of these pods are governed all the same`] : []),
			],
		},
	};
}
