import { type Bundle, refName, type Schema, sourceFiles } from './sources.ts';

/** `docs/reference/policy.md`: every field of a manifest, a section per type. */
export function generateReference({ roots, defs }: Bundle): string {
	const root = roots.GpuPolicy;
	const order: string[] = [];
	const collect = (schema: Schema) => {
		for (const name of referenced(schema)) {
			if (name === 'GpuPolicyStatus' || order.includes(name)) continue;
			order.push(name);
			collect(definition(name));
		}
	};
	const definition = (name: string): Schema => {
		const found = defs[name];
		if (!found) throw new Error(`$defs/${name} does not exist`);
		return found;
	};
	collect(root);
	const status: string[] = ['GpuPolicyStatus'];
	for (const name of status)
		for (const inner of referenced(definition(name))) if (!order.includes(inner) && !status.includes(inner)) status.push(inner);

	const section = (name: string) => {
		const schema = definition(name);
		const lines = [`### ${name}`, '', schema.description ?? ''];
		if (schema.properties) lines.push('', table(schema, defs));
		else lines.push('', `Type: ${typeOf(schema)}.${limits(schema)}`);
		const rules = (schema['x-kubernetes-validations'] ?? []) as { message: string }[];
		if (rules.length > 0) lines.push('', 'Rules:', '', ...rules.map(({ message }) => `- ${message}`));
		return lines.join('\n');
	};
	return `<!-- Generated from ${sourceFiles.GpuPolicy} by \`node schemas/generate/index.ts\`. Do not edit. -->

# GpuPolicy

\`apiVersion: gpupolicy.dev/v1alpha1\`, \`kind: GpuPolicy\`; cluster-scoped, short name \`gpol\`, category \`gpu-policy\`.
\`gpupolicy explain gpupolicy.spec\` prints the same on a terminal, and \`gpupolicy validate\` checks a manifest against it.

${root.description}

${table(root, defs)}

## Spec

${order.map(section).join('\n\n')}

## Status

Written by the controller, or kept locally under \`.gpupolicy\`; never read from a manifest.

${status.map(section).join('\n\n')}
`;
}

function referenced(schema: Schema): string[] {
	const names: string[] = [];
	const walk = (node: Schema) => {
		if (node.$ref) names.push(refName(node.$ref));
		for (const property of Object.values(node.properties ?? {})) walk(property);
		if (node.items) walk(node.items);
		if (typeof node.additionalProperties === 'object') walk(node.additionalProperties);
	};
	walk(schema);
	return names;
}

function table(schema: Schema, defs: Bundle['defs']): string {
	const rows = Object.entries(schema.properties ?? {}).map(([name, property]) => {
		const target = property.$ref ? defs[refName(property.$ref)] : undefined;
		const merged = { ...target, ...property };
		const required = schema.required?.includes(name)
			? 'required'
			: merged.default === undefined
				? ''
				: `\`${shorten(JSON.stringify(merged.default))}\``;
		const text = `${merged.description ?? ''}${target ? '' : limits(property)}`;
		return `| \`${name}\` | ${typeOf(property)} | ${required} | ${text.replaceAll('|', '\\|').replace(/\s+/g, ' ')} |`;
	});
	return ['| Field | Type | Default | Meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function shorten(text: string): string {
	return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function typeOf(schema: Schema): string {
	if (schema.$ref) return `[${refName(schema.$ref)}](#${refName(schema.$ref).toLowerCase()})`;
	if (schema['x-kubernetes-int-or-string']) return 'integer or string';
	if (schema.type === 'array' && schema.items) return `list of ${typeOf(schema.items)}`;
	if (typeof schema.additionalProperties === 'object') return `map of ${typeOf(schema.additionalProperties)}`;
	if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
	return schema.type ?? '';
}

/** The bounds of a field, as a sentence. */
function limits(schema: Schema): string {
	const words: string[] = [];
	if (schema.minItems !== undefined) words.push(`at least ${schema.minItems} item${schema.minItems === 1 ? '' : 's'}`);
	if (schema.maxItems !== undefined) words.push(`at most ${schema.maxItems} items`);
	if (schema.maxProperties !== undefined) words.push(`at most ${schema.maxProperties} entries`);
	if (schema.maxLength !== undefined && !schema.enum && schema.type === 'string')
		words.push(`at most ${schema.maxLength} characters`);
	if (schema.minimum !== undefined && schema.minimum === schema.maximum) words.push(`only ${schema.minimum}`);
	else {
		if (schema.minimum !== undefined) words.push(`at least ${schema.minimum}`);
		if (schema.maximum !== undefined) words.push(`at most ${schema.maximum}`);
	}
	return words.length === 0 ? '' : ` ${words.join(', ').replace(/^./, (first) => first.toUpperCase())}.`;
}
