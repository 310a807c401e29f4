import { type ErrorCode, errorCodes } from '../api/error-codes.ts';
import type { JsonSchema } from '../api/json-schema.ts';
import { gpuPolicySchema } from '../api/schema.generated.ts';
import { rulePages } from '../core/plan/rule-pages.ts';
import type { RuleId } from '../core/plan/rules.ts';
import { anyOf, didYouMean } from '../manifest/index.ts';
import type { ExplainedField, ExplainResult } from '../render/explain.ts';
import { CodedError, exitCodes } from '../runtime/errors.ts';

/** Explains a field of the API (`gpupolicy.spec.devices`), a rule (`env/late`) or an error code (`GP1004`). */
export function explain(subject: string, recursive: boolean): ExplainResult {
	if (/^GP\d+$/i.test(subject)) return explainCode(subject.toUpperCase());
	if (subject.includes('/')) return explainRule(subject);
	return explainField(subject, recursive);
}

function explainCode(code: string): ExplainResult {
	if (Object.hasOwn(errorCodes, code)) return { subject: 'code', code: code as ErrorCode, ...errorCodes[code as ErrorCode] };
	const near = didYouMean(code, Object.keys(errorCodes));
	throw usage(
		`there is no code ${code}`,
		near ? `Did you mean ${near}?` : 'A code is GP and four digits, as errors show it in brackets.',
	);
}

function explainRule(id: string): ExplainResult {
	if (Object.hasOwn(rulePages, id)) return { subject: 'rule', rule: id as RuleId, ...rulePages[id as RuleId] };
	const known = Object.keys(rulePages);
	const near = didYouMean(id, known);
	throw usage(`there is no rule ${JSON.stringify(id)}`, near ? `Did you mean ${near}?` : `The rules are ${known.join(', ')}.`);
}

function explainField(subject: string, recursive: boolean): ExplainResult {
	const [kind = '', ...steps] = subject.replace(/\[\d*\]/g, '').split('.');
	if (!['gpupolicy', 'gpupolicies', 'gpol'].includes(kind.toLowerCase())) {
		const near = didYouMean(kind, ['gpupolicy', ...Object.keys(rulePages)]);
		const hint =
			steps.length > 0 || near === 'gpupolicy'
				? `Did you mean gpupolicy${steps.map((step) => `.${step}`).join('')}?`
				: 'Name a field (gpupolicy.spec.devices), a rule (env/late) or a code (GP1004).';
		throw usage(`nothing is known of ${JSON.stringify(subject)}`, hint);
	}
	let schema: JsonSchema = gpuPolicySchema;
	let required = true;
	for (const [index, step] of steps.entries()) {
		const properties = fieldsOf(schema);
		const next = Object.hasOwn(properties, step) ? properties[step] : undefined;
		if (!next) {
			const above = ['gpupolicy', ...steps.slice(0, index)].join('.');
			const near = didYouMean(step, Object.keys(properties));
			const names = Object.keys(properties);
			const hint = near
				? `Did you mean ${above}.${near}?`
				: names.length > 0
					? `Its fields are ${anyOf(names)}.`
					: `${above} has no fields.`;
			throw usage(`${above} has no field ${JSON.stringify(step)}`, hint);
		}
		required = (bare(schema).required ?? []).includes(step);
		schema = next;
	}
	return {
		subject: 'field',
		kind: 'GpuPolicy',
		version: 'gpupolicy.dev/v1alpha1',
		path: steps.join('.'),
		type: typeName(schema),
		required,
		...(schema.default === undefined ? {} : { default: schema.default }),
		description: describe(schema),
		rules: [schema, ...(schema.items ? [schema.items] : [])].flatMap((node) =>
			(node['x-kubernetes-validations'] ?? []).map(({ message }) => message),
		),
		fields: listFields(schema, recursive),
	};
}

function listFields(schema: JsonSchema, recursive: boolean): ExplainedField[] {
	const required = bare(schema).required ?? [];
	return Object.entries(fieldsOf(schema)).map(([name, field]) => ({
		name,
		type: typeName(field),
		required: required.includes(name),
		...(field.default === undefined ? {} : { default: field.default }),
		description: describe(field),
		...(recursive ? { fields: listFields(field, true) } : {}),
	}));
}

/** The type whose fields are meant: the items of a list, else itself. */
function bare(schema: JsonSchema): JsonSchema {
	return schema.items ?? schema;
}

function fieldsOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
	return bare(schema).properties ?? {};
}

function describe(schema: JsonSchema): string {
	const items = schema.items?.description;
	return items && schema.description !== items ? `${schema.description ?? ''} ${items}`.trim() : (schema.description ?? '');
}

function typeName(schema: JsonSchema): string {
	if (schema['x-kubernetes-int-or-string']) return 'IntOrString';
	if (schema.items) return `[]${typeName(schema.items)}`;
	if (schema.additionalProperties) return `map[string]${typeName(schema.additionalProperties)}`;
	if (schema.enum) return schema.enum.join(' | ');
	return schema.type === 'object' ? 'Object' : (schema.type ?? 'any');
}

function usage(message: string, hint: string): CodedError {
	return new CodedError('GP1201', message, { exit: exitCodes.usage, hint });
}
