import type { FilePolicy } from '../../../src/core/desired/file-policy.ts';
import type { FileContext } from '../../../src/core/plan/judge-file.ts';
import type { Interest } from '../../../src/core/ports/format.ts';

/** The three variables of the example policy, each with the value that it must have at the first GPU import. */
export const WANTED: Readonly<Record<string, string>> = {
	CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
	CUDA_VISIBLE_DEVICES: '1',
	PYTORCH_CUDA_ALLOC_CONF: 'max_split_size_mb:1024',
};

/** A policy that wants these values and, unless `null`, this ordinal in every device literal. */
export function filePolicy(name: string, wanted: Readonly<Record<string, string>>, ordinal: number | null): FilePolicy {
	return {
		name,
		digest: name,
		application: { kind: 'enforce' },
		origin: 'gpupolicy.yaml:1',
		variables: Object.entries(wanted).map(([variable, text], index) => ({
			name: variable,
			value: { state: 'known', text },
			secret: false,
			field: `spec.env[${index}]`,
		})),
		field: 'spec.files[0]',
		ordinal,
		visibleCount: 1,
		declared: false,
	};
}

/** What the engine must listen for under these policies; `local` names modules of the repo that shadow a library. */
export function interestOf(
	policies: readonly FilePolicy[],
	gpuLibraries: Iterable<string>,
	local: readonly string[] = [],
): Interest {
	return {
		variables: new Set(policies.flatMap((policy) => policy.variables.map((variable) => variable.name))),
		gpuLibraries: new Set(gpuLibraries),
		ordinals: true,
		isLocalModule: (name) => local.includes(name),
	};
}

/** Policies as loaded without an error; blocks of policies that are not among them may be pruned when asked. */
export function context(policies: readonly FilePolicy[], prune = false): FileContext {
	return { policyNames: new Set(policies.map((policy) => policy.name)), prune, writable: true, secretsWritable: true };
}
