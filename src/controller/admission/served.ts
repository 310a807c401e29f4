import type { Cluster } from '../../core/ports/cluster.ts';
import { admissionResource, type MutatingVersion, mutatingVersions } from './objects.ts';

/** What the server serves of admission policies. */
export interface ServedAdmission {
	readonly validating: boolean;
	/** The best version of MutatingAdmissionPolicy; `null`: none, as before Kubernetes 1.34 or with the feature off. */
	readonly mutating: MutatingVersion | null;
}

/** Asks discovery, which the client caches for a short while. */
export async function servedAdmission(cluster: Cluster): Promise<ServedAdmission> {
	const validating = await cluster.serves(admissionResource('ValidatingAdmissionPolicy', 'v1'));
	for (const version of mutatingVersions) {
		if (await cluster.serves(admissionResource('MutatingAdmissionPolicy', version))) return { validating, mutating: version };
	}
	return { validating, mutating: null };
}
