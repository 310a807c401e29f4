import type { JsonSchema } from './json-schema.ts';
import { gpuPolicySchema } from './schema.generated.ts';
import type { GpuPolicy } from './v1alpha1.generated.ts';

/**
 * Fills in defaults as the API server does for a structural schema: top down, only inside objects that are present,
 * `default: {}` making a nested object present. A null in a field that has a default counts as absent. The input is not
 * changed; what the schema does not know is kept.
 */
function fill(value: unknown, schema: JsonSchema): unknown {
	if (Array.isArray(value)) {
		const { items } = schema;
		return items ? value.map((item) => fill(item, items)) : value;
	}
	if (value === null || typeof value !== 'object') return value;
	const fields: [string, unknown][] = [];
	for (const [name, field] of Object.entries(value)) {
		const property = own(schema.properties, name);
		if (field === null && property?.default !== undefined && property.nullable !== true) continue;
		const known = property ?? schema.additionalProperties;
		fields.push([name, known ? fill(field, known) : field]);
	}
	const present = new Set(fields.map(([name]) => name));
	for (const [name, property] of Object.entries(schema.properties ?? {})) {
		if (!present.has(name) && property.default !== undefined)
			fields.push([name, fill(structuredClone(property.default), property)]);
	}
	return Object.fromEntries(fields);
}

function own(properties: JsonSchema['properties'], name: string): JsonSchema | undefined {
	return properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** A valid manifest as the rest of the program sees it: every field that has a default is present. Idempotent. */
export function withDefaults(manifest: unknown): GpuPolicy {
	return fill(manifest, gpuPolicySchema) as GpuPolicy;
}
