import { type LoadedPolicies, loadPolicies, noUsablePolicy, type PolicyLocation } from './load-policies.ts';

/** The policies of the manifests that `-f` names; `null` where it names none: then every policy is meant. */
export async function namedPolicies(location: PolicyLocation): Promise<LoadedPolicies | null> {
	if ((location.filenames ?? []).length === 0) return null;
	const loaded = await loadPolicies(location);
	if (loaded.policies.length === 0) throw noUsablePolicy(loaded);
	return loaded;
}
