import type { ObjectName, Resource } from '../../core/ports/cluster.ts';

/** Path of a kind, of one object of it, or of a subresource of that. */
export function resourcePath(
	{ group, version, resource, namespaced }: Resource,
	at: { readonly namespace?: string | undefined; readonly name?: string; readonly subresource?: string | undefined } = {},
): string {
	const parts = [group === '' ? '/api' : `/apis/${group}`, version];
	if (namespaced && at.namespace !== undefined) parts.push('namespaces', encodeURIComponent(at.namespace));
	parts.push(resource);
	if (at.name !== undefined) parts.push(encodeURIComponent(at.name));
	if (at.subresource !== undefined) parts.push(at.subresource);
	return parts.join('/');
}

/** `?a=b&c=d` of the values that there are, or nothing. */
export function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
	const pairs = Object.entries(values).filter(([, value]) => value !== undefined);
	return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, String(value)]))}`;
}

/** `gpupolicies.gpupolicy.dev/status`, `pods`. */
export function resourceName({ group, resource }: Pick<Resource, 'group' | 'resource'>, subresource?: string): string {
	return `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
}

/** `ns/name`, or the name of an object without a namespace. */
export function objectName({ name, namespace }: ObjectName): string {
	return namespace === undefined ? name : `${namespace}/${name}`;
}
