import type { ApiObject, Resource } from '../../core/ports/cluster.ts';
import { microTime } from './micro-time.ts';

export const leases: Resource = {
	group: 'coordination.k8s.io',
	version: 'v1',
	resource: 'leases',
	kind: 'Lease',
	namespaced: true,
};

/** `spec` of a Lease, as far as it is read here. */
interface LeaseSpec {
	readonly holderIdentity?: string;
	readonly leaseDurationSeconds?: number;
	readonly acquireTime?: string;
	readonly renewTime?: string;
	readonly leaseTransitions?: number;
}

export function leaseSpec(lease: ApiObject): LeaseSpec {
	return (lease.spec ?? {}) as LeaseSpec;
}

/** The holder, or `null` where nobody holds it. */
export function holderOf(lease: ApiObject): string | null {
	return leaseSpec(lease).holderIdentity || null;
}

/** What tells one state of a lease from the next: it changes with each renewal, and not with a label. */
export function recordOf(lease: ApiObject): string {
	const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions } = leaseSpec(lease);
	return JSON.stringify([holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions]);
}

/** The lease as `identity` writes it when it takes or renews it. Times are for people: nobody compares them with a clock. */
export function heldBy(
	lease: ApiObject | null,
	at: { name: string; namespace: string },
	identity: string,
	leaseMs: number,
): ApiObject {
	const now = microTime(Date.now());
	const before = lease ? leaseSpec(lease) : null;
	const renewal = before?.holderIdentity === identity;
	return {
		apiVersion: 'coordination.k8s.io/v1',
		kind: 'Lease',
		metadata: lease?.metadata ?? at,
		spec: {
			...before,
			holderIdentity: identity,
			leaseDurationSeconds: Math.ceil(leaseMs / 1000),
			acquireTime: renewal && before.acquireTime !== undefined ? before.acquireTime : now,
			renewTime: now,
			leaseTransitions: before === null ? 0 : (before.leaseTransitions ?? 0) + (renewal ? 0 : 1),
		},
	};
}

/** The lease as its holder gives it back: whoever looks next may take it. */
export function released(lease: ApiObject): ApiObject {
	const { holderIdentity: _, ...rest } = leaseSpec(lease);
	return { ...lease, spec: { ...rest, leaseDurationSeconds: 1, renewTime: microTime(Date.now()) } };
}
