import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../api/json-schema.ts';
import { gpuPolicySchema } from '../api/schema.generated.ts';
import { describeError } from './describe-error.ts';
import type { PathComplaint } from './diagnostic.ts';
import { didYouMean } from './did-you-mean.ts';
import { fromPointer, type Path } from './path.ts';

/** Fields of metadata that an API server knows and a manifest may carry (`kubectl get -o yaml`), without a type of ours. */
const foreignMetadata = [
	'namespace',
	'generateName',
	'managedFields',
	'ownerReferences',
	'selfLink',
	'deletionGracePeriodSeconds',
];

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
function closed(schema: JsonSchema): Record<string, unknown> {
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

function policySchema(): Record<string, unknown> {
	const schema = closed(gpuPolicySchema) as { properties: Record<string, { properties?: Record<string, unknown> }> };
	// Never read from a manifest; the API server drops it on create and update.
	schema.properties.status = {};
	for (const name of foreignMetadata) Object.assign(schema.properties.metadata?.properties ?? {}, { [name]: {} });
	return schema;
}

let compiled: ValidateFunction | undefined;

function validator(): ValidateFunction {
	// Neither checked nor optimised at start-up: that costs more than it saves, and a test checks the schema.
	compiled ??= new Ajv2020({
		allErrors: true,
		verbose: true,
		strictTypes: false,
		validateFormats: false,
		validateSchema: false,
		meta: false,
		code: { optimize: false },
	}).compile(policySchema());
	return compiled;
}

/** Validates a defaulted policy against the schema; at most `limit` complaints. `sourceOf` gives a scalar as it is written. */
export function checkSchema(policy: unknown, limit: number, sourceOf: (path: Path) => string | undefined): PathComplaint[] {
	const validate = validator();
	if (validate(policy)) return [];
	const errors = validate.errors ?? [];
	const mistyped = new Set(errors.filter(isTypeError).map(({ instancePath }) => instancePath));
	const short = new Set(errors.filter(({ keyword }) => keyword === 'minLength').map(({ instancePath }) => instancePath));
	return errors
		.filter((error) => !isShadowed(error, mistyped, short) && !isMisspelt(error))
		.slice(0, limit)
		.map((error) => {
			const path = fromPointer(error.instancePath, policy);
			return describeError(error, path, schemaAt(path), sourceOf(path));
		});
}

/** Branches of `anyOf` report beside the `anyOf` itself; a value of the wrong type is not also too short, and an empty one not also malformed. */
function isShadowed(error: ErrorObject, mistyped: ReadonlySet<string>, short: ReadonlySet<string>): boolean {
	if (/\/anyOf\/\d+\//.test(error.schemaPath)) return true;
	if (error.keyword === 'pattern' && short.has(error.instancePath)) return true;
	return !isTypeError(error) && mistyped.has(error.instancePath);
}

function isTypeError({ keyword }: ErrorObject): boolean {
	return keyword === 'type' || keyword === 'anyOf';
}

/** A required field that stands there under a near name: the unknown field says it all. */
function isMisspelt({ keyword, params, data, parentSchema }: ErrorObject): boolean {
	if (keyword !== 'required') return false;
	const known = Object.keys((parentSchema?.properties ?? {}) as object);
	return Object.keys(data as object).some((name) => !known.includes(name) && didYouMean(name, known) === params.missingProperty);
}

/** The schema of the field at a path, as far as it is known. */
function schemaAt(path: Path): JsonSchema | undefined {
	let schema: JsonSchema | undefined = gpuPolicySchema;
	for (const step of path) {
		if (typeof step === 'number') schema = schema?.items;
		else
			schema =
				schema?.properties && Object.hasOwn(schema.properties, step) ? schema.properties[step] : schema?.additionalProperties;
	}
	return schema;
}
