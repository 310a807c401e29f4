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
	const out: Record<string, unknown> = {};
	for (const [name, field] of Object.entries(value)) {
		const known = own(schema.properties, name) ?? schema.additionalProperties;
		out[name] = known ? fill(field, known) : field;
	}
	for (const [name, property] of Object.entries(schema.properties ?? {})) {
		if (!Object.hasOwn(out, name) && property.default !== undefined)
			out[name] = fill(structuredClone(property.default), property);
	}
	return out;
}

function own(properties: JsonSchema['properties'], name: string): JsonSchema | undefined {
	return properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** A valid manifest as the rest of the program sees it: every field that has a default is present. Idempotent. */
export function withDefaults(manifest: unknown): GpuPolicy {
	return fill(manifest, gpuPolicySchema) as GpuPolicy;
}
