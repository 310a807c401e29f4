import type { ApiObject, Resource } from '../../core/ports/cluster.ts';

export const admissionGroup = 'admissionregistration.k8s.io';

/** Versions of MutatingAdmissionPolicy that we can write, best first: v1 from Kubernetes 1.36, v1beta1 on 1.34 and 1.35. */
export const mutatingVersions = ['v1', 'v1beta1'] as const;

export type MutatingVersion = (typeof mutatingVersions)[number];

const kinds = {
	MutatingAdmissionPolicy: 'mutatingadmissionpolicies',
	MutatingAdmissionPolicyBinding: 'mutatingadmissionpolicybindings',
	ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
	ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
} as const;

export type AdmissionKind = keyof typeof kinds;

/** The kinds that we write, policies before their bindings. */
export const admissionKinds = Object.keys(kinds) as readonly AdmissionKind[];

/** How the API server names a kind. Validating ones are v1 everywhere. */
export function admissionResource(kind: AdmissionKind, mutating: MutatingVersion): Resource {
	const version = kind.startsWith('Mutating') ? mutating : 'v1';
	return { group: admissionGroup, version, resource: kinds[kind], kind, namespaced: false };
}

export const pods: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };

/** An admission object that we write: metadata and spec, every default spelled out, so that it compares with what is served. */
export interface AdmissionObject extends ApiObject {
	readonly kind: AdmissionKind;
	readonly spec: Readonly<Record<string, unknown>>;
}

/** The resource of an object that we compiled. */
export function resourceOf({ kind, apiVersion }: AdmissionObject): Resource {
	return admissionResource(kind, apiVersion.slice(admissionGroup.length + 1) as MutatingVersion);
}
