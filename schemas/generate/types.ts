import { compile } from 'json-schema-to-typescript';
import { type Bundle, refName, type Schema, sourceFiles } from './sources.ts';

const banner = `/* eslint-disable */
/**
 * Generated from ${sourceFiles.GpuPolicy}
 * and ${sourceFiles.GpuNodeReport}
 * by \`node schemas/generate/index.ts\` (json-schema-to-typescript). Do not edit.
 *
 * The types are those of an object after defaulting: a field that has a default is always present.
 */`;

/**
 * The schema as the type generator should see it: a `$ref` becomes the name of its type with its own doc comment, a field
 * with a default becomes required, `x-kubernetes-*` goes.
 */
function forTypes(node: Schema): Schema {
	if (node.$ref !== undefined) return { description: node.description ?? '', tsType: refName(node.$ref) };
	const out: Schema = {};
	for (const [key, value] of Object.entries(node)) {
		if (key.startsWith('x-') || key === '$defs' || key === '$id' || key === '$schema' || key === 'default') continue;
		out[key] = value;
	}
	if (node.items) out.items = forTypes(node.items);
	if (node.anyOf) out.anyOf = (node.anyOf as Schema[]).map(forTypes);
	if (typeof node.additionalProperties === 'object') out.additionalProperties = forTypes(node.additionalProperties);
	if (node.nullable === true) {
		out.type = [node.type, 'null'] as unknown as string;
		delete out.nullable;
	}
	return out;
}

function withProperties(node: Schema, defs: Bundle['defs']): Schema {
	const out = forTypes(node);
	if (!node.properties) return out;
	const required = new Set(node.required ?? []);
	out.properties = {};
	for (const [name, property] of Object.entries(node.properties)) {
		const target = property.$ref ? defs[refName(property.$ref)] : undefined;
		if ('default' in property || (target && 'default' in target)) required.add(name);
		const own = property.description ?? target?.description;
		out.properties[name] = { ...withProperties(property, defs), ...(own ? { description: own } : {}) };
	}
	out.required = [...required];
	return out;
}

/** `src/api/v1alpha1.generated.ts`: one exported type per definition. */
export async function generateTypes({ roots, defs }: Bundle): Promise<string> {
	const definitions: Record<string, Schema> = {};
	for (const [name, definition] of Object.entries({ ...roots, ...defs })) definitions[name] = withProperties(definition, defs);
	for (const definition of Object.values(definitions)) delete definition.title;
	const text = await compile({ type: 'object', $defs: definitions } as never, 'Unused', {
		additionalProperties: false,
		bannerComment: banner,
		ignoreMinAndMaxItems: true,
		unreachableDefinitions: true,
		unknownAny: true,
		strictIndexSignatures: false,
		style: { useTabs: true, singleQuote: true, printWidth: 130 },
	});
	return text
		.replace(/^(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export interface Unused \{\}\n/m, '')
		.replace(/\n \*(?:\n \*)? This interface was referenced by `Unused`'s JSON-Schema\n \* via the `definition` "\w+"\./g, '')
		.replace(/\/\*\*\n \*\/\n/g, '');
}
