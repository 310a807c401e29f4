import type { Schema } from './sources.ts';

/** Keywords that a structural schema may hold, of those that our schemas use. */
const allowed = new Set([
	'title',
	'description',
	'type',
	'nullable',
	'default',
	'enum',
	'format',
	'pattern',
	'minLength',
	'maxLength',
	'minimum',
	'maximum',
	'multipleOf',
	'minItems',
	'maxItems',
	'minProperties',
	'maxProperties',
	'required',
	'properties',
	'additionalProperties',
	'items',
	'anyOf',
	'oneOf',
	'allOf',
	'not',
	'x-kubernetes-int-or-string',
	'x-kubernetes-preserve-unknown-fields',
	'x-kubernetes-embedded-resource',
	'x-kubernetes-list-type',
	'x-kubernetes-list-map-keys',
	'x-kubernetes-map-type',
	'x-kubernetes-validations',
]);

/** Why a keyword is refused, where the reason is not plain. */
const reasons: ReadonlyMap<string, string> = new Map([
	['$ref', 'references must be inlined'],
	['$defs', 'references must be inlined'],
	['const', 'use enum with one value'],
	['if', 'use a CEL rule'],
	['then', 'use a CEL rule'],
	['else', 'use a CEL rule'],
	['patternProperties', 'use additionalProperties'],
	['uniqueItems', 'use x-kubernetes-list-type: set'],
	['exclusiveMinimum', 'a number here is refused by OpenAPI v3.0; use minimum'],
	['exclusiveMaximum', 'a number here is refused by OpenAPI v3.0; use maximum'],
	['examples', 'put examples into the description'],
	['unevaluatedProperties', 'the server prunes or refuses unknown fields itself'],
]);

/** Keywords that may not stand inside anyOf, oneOf, allOf, not. */
const notInJunctors = ['type', 'description', 'default', 'additionalProperties', 'nullable', 'title'];

/**
 * Lists why a schema without `$ref`s would not be taken as the schema of a CRD, or would make the cost of CEL unbounded; empty
 * where it is in order. The rules are those of apiextensions.k8s.io/v1 (structural schemas), tried against Kubernetes 1.36.
 */
export function structuralFaults(schema: Schema): string[] {
	const faults: string[] = [];
	const walk = (node: Schema, path: string): void => {
		const fault = (text: string) => faults.push(`${path || '(root)'}: ${text}`);
		for (const keyword of Object.keys(node)) {
			if (!allowed.has(keyword)) fault(`${keyword} is not allowed${reasons.has(keyword) ? `: ${reasons.get(keyword)}` : ''}`);
		}
		const intOrString = node['x-kubernetes-int-or-string'] === true;
		if (Array.isArray(node.type)) fault('a list of types is not allowed; use nullable: true');
		else if (intOrString && node.type !== undefined) fault('x-kubernetes-int-or-string excludes type');
		else if (!intOrString && node.type === undefined && node['x-kubernetes-preserve-unknown-fields'] !== true)
			fault('type is missing');
		if (node.additionalProperties === false) fault('additionalProperties: false is not allowed');
		if (node.additionalProperties !== undefined && node.properties)
			fault('additionalProperties and properties exclude each other');
		for (const junctor of ['anyOf', 'oneOf', 'allOf'] as const) {
			const branches = (node[junctor] ?? []) as Schema[];
			const typesOfIntOrString =
				junctor === 'anyOf' && intOrString && JSON.stringify(branches) === '[{"type":"integer"},{"type":"string"}]';
			if (!typesOfIntOrString)
				for (const branch of branches)
					for (const keyword of notInJunctors) if (keyword in branch) fault(`${keyword} inside ${junctor} is not allowed`);
		}
		faults.push(...boundFaults(node, path), ...listFaults(node, path), ...ruleFaults(node, path));
		for (const [name, property] of Object.entries(node.properties ?? {})) walk(property, path === '' ? name : `${path}.${name}`);
		if (typeof node.additionalProperties === 'object') walk(node.additionalProperties, `${path}.*`);
		if (node.items) walk(node.items, `${path}[]`);
	};
	walk(schema, '');
	return faults;
}

/** Every string, list and map has a maximum, so that the server can bound the cost of CEL. */
function boundFaults(node: Schema, path: string): string[] {
	const faults: string[] = [];
	if ((node.type === 'string' || node['x-kubernetes-int-or-string']) && node.maxLength === undefined)
		faults.push(`${path}: maxLength is missing`);
	if (node.type === 'array' && node.maxItems === undefined) faults.push(`${path}: maxItems is missing`);
	if (typeof node.additionalProperties === 'object' && node.maxProperties === undefined)
		faults.push(`${path}: maxProperties is missing`);
	return faults;
}

function listFaults(node: Schema, path: string): string[] {
	if (node.type !== 'array') return [];
	const kind = node['x-kubernetes-list-type'];
	const keys = (node['x-kubernetes-list-map-keys'] ?? []) as string[];
	if (!node.items) return [`${path}: items is missing`];
	if (kind === 'map' && keys.length === 0) return [`${path}: x-kubernetes-list-map-keys is missing`];
	if (kind !== 'map' && keys.length > 0) return [`${path}: x-kubernetes-list-map-keys needs x-kubernetes-list-type: map`];
	if (kind === 'set' && node.items.type === 'object') return [`${path}: a set holds scalars`];
	return keys
		.filter((key) => !node.items?.required?.includes(key) && node.items?.properties?.[key]?.default === undefined)
		.map((key) => `${path}: the key ${key} must be required or have a default`);
}

function ruleFaults(node: Schema, path: string): string[] {
	const rules = (node['x-kubernetes-validations'] ?? []) as { rule?: string; message?: string; fieldPath?: string }[];
	return rules.flatMap(({ rule, message, fieldPath }) => {
		if (!rule || !message || /\n/.test(message)) return [`${path}: a rule needs a rule and a message of one line`];
		const field = fieldPath?.replace(/^\./, '');
		return field !== undefined && !node.properties?.[field] ? [`${path}: fieldPath ${fieldPath} names no property`] : [];
	});
}
