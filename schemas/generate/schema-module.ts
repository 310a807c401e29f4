import { type Bundle, inlineRefs, sourceFiles } from './sources.ts';

/** `src/api/schema.generated.ts`: the schema of a policy as data, for validation, defaulting and `explain`; `$ref`s are inlined. */
export function generateSchemaModule({ roots, defs }: Bundle): string {
	const { $schema: _dialect, $id: _id, ...schema } = inlineRefs(roots.GpuPolicy, defs);
	return `/**
 * Generated from ${sourceFiles.GpuPolicy} by \`node schemas/generate/index.ts\`. Do not edit.
 */
import type { JsonSchema } from './json-schema.ts';

/** The schema of a GpuPolicy with every \`$ref\` inlined. */
export const gpuPolicySchema: JsonSchema = ${JSON.stringify(schema, null, '\t')};
`;
}
