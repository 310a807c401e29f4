import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';

/** Every value of the chart, in the order of values.yaml. */
export function chartValueRows(chart: string): ValueRow[] {
	const document = parseDocument(readFileSync(join(chart, 'values.yaml'), 'utf8'));
	return leaves(
		document.contents as YAMLMap,
		JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as ValuesSchema,
	);
}

/** What is needed of a JSON Schema to know which values are leaves. */
interface ValuesSchema {
	readonly properties?: Readonly<Record<string, ValuesSchema>>;
}

/** Text of the chart's README.md: how it is installed, and each value with its default and the comment over it in values.yaml. */
export function valuesReference(chart: string): string {
	const rows = chartValueRows(chart);
	const silent = rows.filter(({ description }) => description === '').map(({ path }) => path);
	if (silent.length > 0) throw new Error(`charts/gpupolicy/values.yaml says nothing over ${silent.join(', ')}`);
	const table = rows.map(({ path, value, description }) => `| \`${path}\` | ${code(value)} | ${cell(description)} |`);
	return `${[head, ['| Value | Default | What it is for |', '|---|---|---|', ...table].join('\n')].join('\n\n')}\n`;
}

const head = `# The gpupolicy chart

Generated from \`values.yaml\` by \`npm run generate\`.

    helm install gpupolicy charts/gpupolicy --namespace gpupolicy-system --create-namespace --set image.repository=registry.example.com/gpupolicy
    helm test gpupolicy --namespace gpupolicy-system --timeout 3m

Installs the controller, on every GPU node the agent with the proxy and the vendor's device plugin, the CRDs, and the admission policies that fence their accounts.
[Installing](../../docs/install.md) has the image, upgrades, removal, OpenShift and clusters without the internet; [beside others](../../docs/beside-others.md) the GPU operator, HAMi and DRA;
[security](../../docs/security.md) what each part may do. A value that is not listed is refused.`;

/** One value of values.yaml. */
interface ValueRow {
	readonly path: string;
	readonly value: unknown;
	readonly description: string;
}

/** A value whose schema names no properties is a leaf, such as a node selector. */
function leaves(map: YAMLMap, { properties = {} }: ValuesSchema, path = ''): ValueRow[] {
	return (map.items as Pair[]).flatMap((pair, i) => {
		const { key, value } = pair;
		if (!isScalar(key)) throw new Error(`${path}: a key is no scalar`);
		const name = String(key.value);
		const schema = properties[name] ?? {};
		if (schema.properties && isMap(value)) return leaves(value, schema, `${path}${name}.`);
		// A comment over the first entry of a mapping is that of the mapping.
		const comment = key.commentBefore ?? (i === 0 ? map.commentBefore : undefined) ?? '';
		const description = comment.replaceAll(/\s*\n\s*/g, ' ').trim();
		return [{ path: `${path}${name}`, value: (value as { toJSON(): unknown }).toJSON(), description }];
	});
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function code(value: unknown): string {
	return `\`${cell(JSON.stringify(value))}\``;
}
