import type { JsonSchema } from '../api/json-schema.ts';
import type { PathComplaint } from './diagnostic.ts';
import { anyOf, didYouMean } from './did-you-mean.ts';
import type { Path } from './path.ts';

const typeNames: Readonly<Record<string, string>> = {
	string: 'a string',
	integer: 'a whole number',
	boolean: 'true or false',
	array: 'a list',
	object: 'a mapping',
};

/** What a value is, for messages. */
export function typeName(value: unknown): string {
	if (value === null) return 'empty';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'a mapping';
	return typeof value === 'boolean' ? 'a boolean' : typeof value === 'number' ? 'a number' : 'a string';
}

/** Names the type that a schema wants. */
function expectedType(schema: JsonSchema | undefined): string {
	if (schema?.['x-kubernetes-int-or-string']) return 'a whole number or a string';
	return typeNames[schema?.type ?? ''] ?? 'another type';
}

/** A value as it is quoted in a message: JSON, cut to 60 characters. */
export function show(value: unknown): string {
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 60 ? `${text.slice(0, 57)}…${typeof value === 'string' ? '"' : ''}` : text;
}

/** An error as the validator that ajv generates reports it. */
export interface SchemaError {
	/** JSON pointer to the value. */
	readonly instancePath: string;
	readonly schemaPath: string;
	readonly keyword: string;
	readonly params: Readonly<Record<string, unknown>>;
	readonly message?: string;
}

/** An error of the schema in the words of a person; `data` is the value that it is about. */
export function describeError(
	error: SchemaError,
	data: unknown,
	path: Path,
	schema: JsonSchema | undefined,
	source: string | undefined,
): PathComplaint {
	const { params } = error;
	switch (error.keyword) {
		case 'additionalProperties':
			return unknownField(params.additionalProperty as string, path, schema);
		case 'required':
			return missingField(params.missingProperty as string, path, schema);
		case 'type':
		case 'anyOf':
			return wrongType(data, path, schema, source);
		case 'enum':
			return unknownValue(data, path, schema);
		case 'pattern':
			return malformed(data, path, schema);
		default:
			return outOfRange(error, data, path, schema);
	}
}

function unknownField(name: string, path: Path, schema: JsonSchema | undefined): PathComplaint {
	const known = Object.keys(schema?.properties ?? {});
	const near = didYouMean(name, known);
	const hint = near ? `did you mean ${JSON.stringify(near)}?` : elsewhere(name, path);
	return {
		code: 'GP1003',
		path: [...path, name],
		atKey: true,
		message: `unknown field ${show(name)}`,
		expected: known.join(', '),
		hint: hint ?? `the fields here are ${known.join(', ')}`,
	};
}

/** Fields of the spec that were written beside it, and fields that had another name or place before. */
function elsewhere(name: string, path: Path): string | undefined {
	if (name === 'checks') return 'it is called "proofs"';
	if (
		path.length === 0 &&
		['mode', 'devices', 'env', 'files', 'workloads', 'nodes', 'proofs', 'suspend', 'interval'].includes(name)
	)
		return 'it belongs under spec: indent it by two more spaces';
	return undefined;
}

function missingField(name: string, path: Path, schema: JsonSchema | undefined): PathComplaint {
	const field = schema?.properties?.[name];
	const values = field?.enum;
	const hint = values ? `write ${name}: ${anyOf(values)}` : `add ${name}`;
	return {
		code: 'GP1006',
		path: [...path, name],
		atKey: true,
		message: `${name} is missing`,
		expected: values ? anyOf(values) : expectedType(field),
		hint,
	};
}

function wrongType(data: unknown, path: Path, schema: JsonSchema | undefined, source = show(data)): PathComplaint {
	const expected = expectedType(schema);
	const base = { code: 'GP1005', path, expected } as const;
	if (data === null)
		return { ...base, atKey: true, message: `nothing stands here; ${expected} is needed`, hint: emptyHint(schema) };
	const message = `${typeof data === 'number' ? source : show(data)} is ${typeName(data)}, not ${expected}`;
	return { ...base, message, hint: typeHint(data, schema, source) };
}

/** How to write a value of the right type, where the one that was meant can be told. */
function typeHint(data: unknown, schema: JsonSchema | undefined, source: string): string {
	if (schema?.type === 'string' && schema.enum) return `write ${anyOf(schema.enum)}`;
	if (schema?.type === 'string' && (typeof data === 'number' || typeof data === 'boolean')) {
		const fits = schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(source);
		return fits ? `quote it: "${source}"` : (schema['x-gpupolicy-hint'] ?? `quote it: "${source}"`);
	}
	if (schema?.type === 'array') return typeof data === 'object' ? 'begin each item with -' : `write a list: [${show(data)}]`;
	if (schema?.type === 'boolean') {
		if (/^(y|yes|on|true)$/i.test(String(data))) return 'write true, without quotes';
		return /^(n|no|off|false)$/i.test(String(data)) ? 'write false, without quotes' : 'write true or false';
	}
	if (schema?.type === 'integer') {
		return typeof data === 'string' && /^\d+$/.test(data) ? `write ${data}, without quotes` : 'write a whole number';
	}
	if (schema?.type === 'object') {
		return schema.properties ? `its fields are ${Object.keys(schema.properties).join(', ')}` : 'write name: value pairs';
	}
	return schema?.['x-gpupolicy-hint'] ?? `write ${expectedType(schema)}`;
}

function emptyHint(schema: JsonSchema | undefined): string {
	if (schema?.required) return `${anyOf(schema.required)} is needed here`;
	if (schema?.type === 'object') return 'write {} to select all, or remove the line';
	if (schema?.type === 'array') return 'write a list, or remove the line';
	return 'write a value, or remove the line';
}

function unknownValue(data: unknown, path: Path, schema: JsonSchema | undefined): PathComplaint {
	const values = schema?.enum ?? [];
	const near = typeof data === 'string' ? didYouMean(data, values) : undefined;
	const noExecute = data === 'NoExecute' ? 'NoExecute would kill every pod of the node at once; write NoSchedule' : undefined;
	const hint = noExecute ?? (near ? `did you mean ${JSON.stringify(near)}?` : `write ${anyOf(values)}`);
	return { code: 'GP1007', path, message: `${show(data)} is not ${anyOf(values)}`, expected: anyOf(values), hint };
}

function malformed(data: unknown, path: Path, schema: JsonSchema | undefined): PathComplaint {
	const expected = schema?.['x-gpupolicy-expected'] ?? 'of the form needed here';
	return {
		code: 'GP1004',
		path,
		message: `${show(data)} is not ${expected}`,
		expected,
		hint: patternHint(String(data), expected) ?? schema?.['x-gpupolicy-hint'],
	};
}

/** Better advice where what was meant can be guessed. */
function patternHint(text: string, expected: string): string | undefined {
	if (expected === 'a glob below the root' || expected === 'a path below the root') {
		if (text.startsWith('!')) return `move ${show(text.slice(1))} to exclude`;
		if (text.includes('\\')) return `use / on every platform: ${show(text.replaceAll('\\', '/'))}`;
		if (/(^|\/)\.\.(\/|$)/.test(text)) return 'nothing outside the root is ever read or written';
		if (text.startsWith('./')) return `write ${show(text.slice(2))}`;
		if (text.endsWith('/')) return `write ${show(`${text}**`)} for all files below it`;
	}
	if (expected === 'a quantity') {
		const amount = /^\s*(\d+(?:\.\d+)?)\s*(k|m|g|t)/i.exec(text);
		if (amount)
			return `write ${amount[1]}${amount[2]?.toUpperCase()}i${amount[2]?.toUpperCase() === 'G' && /^\d+$/.test(amount[1] ?? '') ? ` or ${Number(amount[1]) * 1024}Mi` : ''}`;
	}
	if (expected === 'a duration' && /^\d+$/.test(text)) return `add the unit: ${text}s or ${text}m`;
	return undefined;
}

function outOfRange(error: SchemaError, data: unknown, path: Path, schema: JsonSchema | undefined): PathComplaint {
	const { limit } = error.params as { limit: number };
	const code = 'GP1008';
	switch (error.keyword) {
		case 'minLength':
			return {
				code,
				path,
				message: `${show(data)} is too short`,
				expected: `at least ${limit} characters`,
				hint: schema?.['x-gpupolicy-hint'] ?? 'write a value, or remove the line',
			};
		case 'maxLength':
			return {
				code,
				path,
				message: `${String(data).length} characters are too many`,
				expected: `at most ${limit} characters`,
				hint: `at most ${limit} characters`,
			};
		case 'minItems':
			return {
				code,
				path,
				message: 'the list is empty',
				expected: `at least ${limit} item`,
				hint:
					path.at(-1) === 'allow'
						? 'an empty allow list would forbid every device: name one, or remove allow'
						: 'write an item, or remove the line',
			};
		case 'maxItems':
			return {
				code,
				path,
				message: `${(data as unknown[]).length} items are too many`,
				expected: `at most ${limit} items`,
				hint: `at most ${limit} items`,
			};
		case 'minProperties':
			return {
				code,
				path,
				message: 'at least one field is needed here',
				expected: `at least ${limit} of ${Object.keys(schema?.properties ?? {}).join(', ')}`,
				hint: `its fields are ${Object.keys(schema?.properties ?? {}).join(', ')}`,
			};
		case 'maxProperties':
			return {
				code,
				path,
				message: `${Object.keys(data as object).length} entries are too many`,
				expected: `at most ${limit} entries`,
				hint: `at most ${limit} entries`,
			};
		case 'minimum':
			return { code, path, message: `${show(data)} is too small`, expected: `at least ${limit}`, hint: `write ${limit} or more` };
		case 'maximum': {
			const ordinal = path.at(-1) === 'deviceOrdinal' ? 'where one device is visible its ordinal is 0: write 0' : undefined;
			return {
				code,
				path,
				message: `${show(data)} is too large`,
				expected: `at most ${limit}`,
				hint: ordinal ?? `write ${limit} or less`,
			};
		}
		default:
			return { code: 'GP1009', path, message: error.message ?? error.keyword };
	}
}
