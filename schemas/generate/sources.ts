import { readFileSync } from 'node:fs';

/** A JSON Schema 2020-12 node, as far as the generators look into it. */
export interface Schema {
	[keyword: string]: unknown;
	$ref?: string;
	$defs?: Record<string, Schema>;
	description?: string;
	type?: string;
	properties?: Record<string, Schema>;
	additionalProperties?: boolean | Schema;
	items?: Schema;
	required?: string[];
	default?: unknown;
	enum?: unknown[];
}

/** The repo's root as a URL; paths of outputs are relative to it. */
export const root = new URL('../../', import.meta.url);

/** The hand-written schemas: the one source of the API. */
export const sourceFiles = {
	GpuPolicy: 'schemas/gpupolicy.v1alpha1.schema.json',
	GpuNodeReport: 'schemas/gpunodereport.v1alpha1.schema.json',
} as const;

export type Kind = keyof typeof sourceFiles;

/** Both schemas as one bundle: the roots, and every `$defs` entry by name (names are unique over both files). */
export interface Bundle {
	readonly roots: Record<Kind, Schema>;
	readonly defs: Record<string, Schema>;
}

/** Reads both schema files and joins their definitions. */
export function loadBundle(): Bundle {
	const defs: Record<string, Schema> = {};
	const read = (kind: Kind): Schema => {
		const schema = JSON.parse(readFileSync(new URL(sourceFiles[kind], root), 'utf8')) as Schema;
		for (const [name, definition] of Object.entries(schema.$defs ?? {})) {
			if (name in defs) throw new Error(`${sourceFiles[kind]}: $defs/${name} is defined in two schemas; rename one`);
			defs[name] = definition;
		}
		return schema;
	};
	return { roots: { GpuPolicy: read('GpuPolicy'), GpuNodeReport: read('GpuNodeReport') }, defs };
}

/** Name of the definition that a `$ref` points to. */
export function refName(ref: string): string {
	const match = /#\/\$defs\/([A-Za-z0-9]+)$/.exec(ref);
	if (!match?.[1]) throw new Error(`$ref ${ref} does not point into $defs`);
	return match[1];
}

/** A copy without any `$ref`: each is replaced by its definition, with the keywords beside the `$ref` laid over it. */
export function inlineRefs(schema: Schema, defs: Bundle['defs'], trail: readonly string[] = []): Schema {
	const walk = (node: unknown, seen: readonly string[]): unknown => {
		if (Array.isArray(node)) return node.map((item) => walk(item, seen));
		if (node === null || typeof node !== 'object') return node;
		const { $ref, $defs: _dropped, ...rest } = node as Schema;
		if ($ref === undefined) return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, walk(value, seen)]));
		const name = refName($ref);
		if (seen.includes(name))
			throw new Error(`$ref cycle: ${[...seen, name].join(' -> ')}; a structural schema cannot be recursive`);
		const target = defs[name];
		if (!target) throw new Error(`$ref ${$ref} points nowhere`);
		return { ...(walk(target, [...seen, name]) as Schema), ...(walk(rest, seen) as Schema) };
	};
	return walk(schema, trail) as Schema;
}
