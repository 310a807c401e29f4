import type { EnvVariable, Exemption, GpuPolicy, LabelSelector, Workloads } from '../../api/v1alpha1.generated.ts';
import { podEnvValue } from './pod-env-value.ts';

/** A variable that pods must carry, with the text that has to stand in the pod. */
export interface DemandedVariable {
	readonly name: string;
	/** As it stands in `env` of a container: the policy's value with `$(…)` spelled so that the kubelet does not expand it. */
	readonly value: string;
}

/** What a policy demands of pods, apart from any API that enforces it. */
export interface PodDemand {
	readonly policy: string;
	/** Digest of the policy's spec, hex. */
	readonly digest: string;
	readonly mode: 'Enforce' | 'Audit';
	readonly namespaceSelector: LabelSelector;
	readonly podSelector: LabelSelector;
	readonly containers: Workloads['containers']['scope'];
	readonly bypass: Workloads['bypass'];
	readonly exemptions: readonly Exemption[];
	/** In the order of the policy. */
	readonly variables: readonly DemandedVariable[];
	/** Variables that target pods by their `targets` and never reach one, with the reason. */
	readonly withheld: readonly { readonly name: string; readonly because: string }[];
}

/** What a policy demands of pods; `null` where it has no `workloads` block. */
export function podDemand(policy: GpuPolicy, digest: string): PodDemand | null {
	const { workloads, env = [], mode } = policy.spec;
	if (!workloads) return null;
	const wanted = env.filter(({ targets }) => targets.includes('Workloads'));
	return {
		policy: policy.metadata.name,
		digest,
		mode,
		namespaceSelector: workloads.namespaceSelector,
		podSelector: workloads.podSelector,
		containers: workloads.containers.scope,
		bypass: workloads.bypass,
		exemptions: workloads.exemptions,
		variables: wanted.flatMap((variable) =>
			variable.value === undefined || withheldBecause(variable) !== null
				? []
				: [{ name: variable.name, value: podEnvValue(variable.value) }],
		),
		withheld: wanted.flatMap((variable) => {
			const because = withheldBecause(variable);
			return because === null ? [] : [{ name: variable.name, because }];
		}),
	};
}

/** Why a variable never reaches pods, whatever its `targets` say. */
function withheldBecause({ name, value }: EnvVariable): string | null {
	if (name === 'NVIDIA_VISIBLE_DEVICES') return 'it belongs to the container runtime';
	if (name === 'CUDA_VISIBLE_DEVICES') return 'devices are numbered from 0 again inside a container';
	if (value === undefined) return 'a valueFrom depends on the machine';
	return null;
}
