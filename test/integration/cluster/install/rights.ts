import type { ApiObject } from '../../../../src/core/ports/cluster.ts';
import type { AuditEntry } from '../../../cluster/audit.ts';

/** One verb on one resource that a role gives. */
export interface Right {
	readonly role: string;
	/** Empty for the whole cluster. */
	readonly namespace: string;
	readonly group: string;
	/** With its subresource. */
	readonly resource: string;
	readonly verb: string;
	/** Empty for any. */
	readonly names: readonly string[];
}

interface Rule {
	readonly apiGroups?: readonly string[];
	readonly resources?: readonly string[];
	readonly resourceNames?: readonly string[];
	readonly verbs: readonly string[];
}

/** Every right that a rendering gives to a service account, by the name of it. */
export function rightsOf(objects: readonly ApiObject[], account: string): Right[] {
	const bound = objects.filter(({ subjects }) =>
		(subjects as readonly { name: string }[] | undefined)?.some(({ name }) => name === account),
	);
	return objects
		.filter(({ kind, metadata }) =>
			bound.some(
				({ roleRef, metadata: binding }) =>
					(roleRef as { kind: string }).kind === kind &&
					(roleRef as { name: string }).name === metadata.name &&
					(kind === 'ClusterRole' || binding.namespace === metadata.namespace),
			),
		)
		.flatMap(({ metadata, rules }) =>
			(rules as readonly Rule[]).flatMap(({ apiGroups = [], resources = [], resourceNames: names = [], verbs }) =>
				apiGroups.flatMap((group) =>
					resources.flatMap((resource) =>
						verbs.map((verb) => ({ role: metadata.name, namespace: metadata.namespace ?? '', group, resource, verb, names })),
					),
				),
			),
		);
}

export function rightName({ role, group, resource, verb }: Right): string {
	return `${role}: ${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}

/** Whether a request that the server answered needs the right. An apply that made an object needs `create` too. */
export function uses({ objectRef, verb, responseStatus }: AuditEntry, right: Right): boolean {
	if (!objectRef) return false;
	const { apiGroup = '', resource, subresource, namespace = '', name } = objectRef;
	return (
		right.group === apiGroup &&
		right.resource === (subresource === undefined ? resource : `${resource}/${subresource}`) &&
		(right.namespace === '' || right.namespace === namespace) &&
		(right.names.length === 0 || right.names.includes(name ?? '')) &&
		(right.verb === verb || (right.verb === 'create' && verb === 'patch' && responseStatus?.code === 201))
	);
}

/** A request that RBAC refused, as `patch nodes n0`; an admission policy refuses with the same code, and is not meant. */
export function refusal({ annotations, verb, objectRef }: AuditEntry): string | null {
	if (annotations?.['authorization.k8s.io/decision'] !== 'forbid') return null;
	const { resource = '', subresource, namespace, name = '' } = objectRef ?? {};
	return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
