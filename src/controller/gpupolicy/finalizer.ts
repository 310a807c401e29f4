import type { Cluster } from '../../core/ports/cluster.ts';
import { cleanupFinalizer, gpuPolicies } from './resource.ts';
import { hasFinalizer, type StoredPolicy } from './stored-policy.ts';

/** Holds the policy back from deletion. Rejects with `Conflict` where it changed meanwhile. */
export async function addFinalizer(cluster: Cluster, stored: StoredPolicy, signal: AbortSignal): Promise<void> {
	if (hasFinalizer(stored)) return;
	await setFinalizers(cluster, stored, [...stored.finalizers, cleanupFinalizer], signal);
}

/** Lets the policy go. */
export async function removeFinalizer(cluster: Cluster, stored: StoredPolicy, signal: AbortSignal): Promise<void> {
	if (!hasFinalizer(stored)) return;
	const others = stored.finalizers.filter((finalizer) => finalizer !== cleanupFinalizer);
	await setFinalizers(cluster, stored, others, signal);
}

async function setFinalizers(
	cluster: Cluster,
	{ policy, resourceVersion }: StoredPolicy,
	finalizers: readonly string[],
	signal: AbortSignal,
): Promise<void> {
	const { name, uid } = policy;
	await cluster.patch(gpuPolicies, { name }, { metadata: { uid, resourceVersion, finalizers } }, { signal });
}
