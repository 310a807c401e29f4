import type { JsonSchema } from '../api/json-schema.ts';
import { gpuPolicySchema } from '../api/schema.generated.ts';
import { describeError, type SchemaError } from './describe-error.ts';
import type { PathComplaint } from './diagnostic.ts';
import { didYouMean } from './did-you-mean.ts';
import { foreignMetadata } from './foreign-metadata.ts';
import { fromPointer, type Path } from './path.ts';
import { validate as generated } from './policy-validator.generated.ts';

/** What ajv makes of the schema when the package is built (schemas/generate/validator.ts). */
const validate: { (policy: unknown): boolean; errors?: readonly SchemaError[] | null } = generated;

/** Validates a defaulted policy against the schema; at most `limit` complaints. `sourceOf` gives a scalar as it is written. */
export function checkSchema(policy: unknown, limit: number, sourceOf: (path: Path) => string | undefined): PathComplaint[] {
	if (validate(policy)) return [];
	const errors = validate.errors ?? [];
	const mistyped = new Set(errors.filter(isTypeError).map(({ instancePath }) => instancePath));
	const short = new Set(errors.filter(({ keyword }) => keyword === 'minLength').map(({ instancePath }) => instancePath));
	return errors
		.filter((error) => !isShadowed(error, mistyped, short) && !isMisspelt(error, policy))
		.slice(0, limit)
		.map((error) => {
			const path = fromPointer(error.instancePath, policy);
			return describeError(error, valueAt(policy, path), path, schemaAt(path), sourceOf(path));
		});
}

/** Branches of `anyOf` report beside the `anyOf` itself; a value of the wrong type is not also too short, and an empty one not also malformed. */
function isShadowed(error: SchemaError, mistyped: ReadonlySet<string>, short: ReadonlySet<string>): boolean {
	if (/\/anyOf\/\d+\//.test(error.schemaPath)) return true;
	if (error.keyword === 'pattern' && short.has(error.instancePath)) return true;
	return !isTypeError(error) && mistyped.has(error.instancePath);
}

function isTypeError({ keyword }: SchemaError): boolean {
	return keyword === 'type' || keyword === 'anyOf';
}

/** A required field that stands there under a near name: the unknown field says it all. */
function isMisspelt({ keyword, params, instancePath }: SchemaError, policy: unknown): boolean {
	if (keyword !== 'required') return false;
	const path = fromPointer(instancePath, policy);
	const foreign = path.length === 1 && path[0] === 'metadata' ? foreignMetadata : [];
	const known = [...Object.keys(schemaAt(path)?.properties ?? {}), ...foreign];
	return Object.keys(valueAt(policy, path) as object).some(
		(name) => !known.includes(name) && didYouMean(name, known) === params.missingProperty,
	);
}

function valueAt(policy: unknown, path: Path): unknown {
	return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], policy);
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
