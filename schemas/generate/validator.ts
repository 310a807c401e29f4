import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import type { JsonSchema } from '../../src/api/json-schema.ts';
import { foreignMetadata } from '../../src/manifest/foreign-metadata.ts';
import { type Bundle, inlineRefs, sourceFiles } from './sources.ts';

const keywords = [
	'type',
	'nullable',
	'enum',
	'pattern',
	'minLength',
	'maxLength',
	'minimum',
	'maximum',
	'minItems',
	'maxItems',
	'minProperties',
	'maxProperties',
	'required',
	'anyOf',
] as const;

/**
 * The schema as ajv gets it: closed, since the API server refuses unknown fields under strict field validation, and without
 * what only Kubernetes reads.
 */
export function closed(schema: JsonSchema): Record<string, unknown> {
	const out: Record<string, unknown> = {};
	for (const keyword of keywords) if (schema[keyword] !== undefined) out[keyword] = schema[keyword];
	if (schema.items) out.items = closed(schema.items);
	if (schema.additionalProperties) out.additionalProperties = closed(schema.additionalProperties);
	if (schema.properties) {
		out.properties = Object.fromEntries(Object.entries(schema.properties).map(([name, property]) => [name, closed(property)]));
		out.additionalProperties = false;
	}
	return out;
}

function policySchema(root: JsonSchema): Record<string, unknown> {
	const schema = closed(root) as { properties: Record<string, { properties?: Record<string, unknown> }> };
	// Never read from a manifest; the API server drops it on create and update.
	schema.properties.status = {};
	for (const name of foreignMetadata) Object.assign(schema.properties.metadata?.properties ?? {}, { [name]: {} });
	return schema;
}

/**
 * `src/manifest/policy-validator.generated.ts`: the function that ajv makes of the schema. Made by ajv at every start it cost
 * more than all else that a command does on a small repo.
 */
export function generateValidator({ roots, defs }: Bundle): string {
	const ajv = new Ajv2020({
		allErrors: true,
		strictTypes: false,
		validateFormats: false,
		code: { source: true, esm: true, lines: true },
	});
	const code = standaloneCode.default(ajv, ajv.compile(policySchema(inlineRefs(roots.GpuPolicy, defs) as JsonSchema)));
	// ajv asks for its own module by require, in an ES module too.
	const lengthModule = 'require("ajv/dist/runtime/ucs2length").default';
	const body = code
		.replace(/export default [^;]+;\n/, '')
		.replace(/^"use strict";/, '')
		.replaceAll(lengthModule, 'codePointLength');
	if (body.includes('require(')) throw new Error('the validator needs a module of ajv that is not known here');
	return `// @ts-nocheck
/**
 * Generated from ${sourceFiles.GpuPolicy} by \`node schemas/generate/index.ts\`. Do not edit.
 */
import { codePointLength } from './code-point-length.ts';

${body.trim()}
`;
}
