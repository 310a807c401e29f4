import type { ApiObject, ObjectName, Resource } from '../../core/ports/cluster.ts';

export const admissionGroup = 'admissionregistration.k8s.io';

/** Versions of MutatingAdmissionPolicy that we can write, best first: v1 from Kubernetes 1.36, v1beta1 on 1.34 and 1.35. */
export const mutatingVersions = ['v1', 'v1beta1'] as const;

export type MutatingVersion = (typeof mutatingVersions)[number];

const kinds = {
	ConfigMap: { plural: 'configmaps', content: 'data' },
	MutatingAdmissionPolicy: { plural: 'mutatingadmissionpolicies', content: 'spec' },
	MutatingAdmissionPolicyBinding: { plural: 'mutatingadmissionpolicybindings', content: 'spec' },
	ValidatingAdmissionPolicy: { plural: 'validatingadmissionpolicies', content: 'spec' },
	ValidatingAdmissionPolicyBinding: { plural: 'validatingadmissionpolicybindings', content: 'spec' },
	MutatingWebhookConfiguration: { plural: 'mutatingwebhookconfigurations', content: 'webhooks' },
} as const;

export type AdmissionKind = keyof typeof kinds;

/** The kinds that carry out one policy, policies before their bindings. A ConfigMap holds what our webhook demands for a policy. */
export const admissionKinds = [
	'ConfigMap',
	'MutatingAdmissionPolicy',
	'MutatingAdmissionPolicyBinding',
	'ValidatingAdmissionPolicy',
	'ValidatingAdmissionPolicyBinding',
] as const satisfies readonly AdmissionKind[];

/** What changes pods for a policy: an admission policy of the server in some version, or our webhook, whose demands lie in a namespace. */
export type Mutator = MutatingVersion | { readonly demandsIn: string };

/** How the API server names a kind. */
export function admissionResource(kind: AdmissionKind, mutating: MutatingVersion): Resource {
	if (kind === 'ConfigMap') return { group: '', version: 'v1', resource: kinds[kind].plural, kind, namespaced: true };
	const version = kind.startsWith('MutatingAdmission') ? mutating : 'v1';
	return { group: admissionGroup, version, resource: kinds[kind].plural, kind, namespaced: false };
}

export const pods: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };

/** An admission object that we write: metadata and content, every default spelled out, so that it compares with what is served. */
export interface AdmissionObject extends ApiObject {
	readonly kind: AdmissionKind;
	/** Of the kinds that have one. */
	readonly spec?: Readonly<Record<string, unknown>>;
}

/** The resource of an object that we compiled. */
export function resourceOf({ kind, apiVersion }: Pick<AdmissionObject, 'kind' | 'apiVersion'>): Resource {
	return admissionResource(kind, apiVersion.slice(admissionGroup.length + 1) as MutatingVersion);
}

/** The field of a kind that holds what it is about. */
export function contentField(kind: AdmissionKind): string {
	return kinds[kind].content;
}

/** What an object is about, apart from its metadata. */
export function contentOf(object: ApiObject): unknown {
	return object[contentField(object.kind as AdmissionKind)];
}

/** The name of an object, with the namespace of those that have one. */
export function nameOf({ metadata: { name, namespace } }: ApiObject): ObjectName {
	return namespace === undefined ? { name } : { name, namespace };
}

/** Whether a kind changes pods, rather than checks them. */
export function isMutating(kind: string): boolean {
	return !kind.startsWith('Validating');
}
