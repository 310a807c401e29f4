import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import { type GpuPolicyList, renderList, renderRows } from '../app/get.ts';
import { customColumns } from '../render/custom-columns.ts';
import { policyColumns } from '../render/get.ts';
import { renderJson } from '../render/json.ts';
import { renderJsonPath } from '../render/jsonpath/index.ts';
import type { Columns } from '../render/table.ts';
import { renderYaml } from '../render/yaml.ts';
import { type Renderers, wrongUsage } from './base.ts';

const formats = ['table', 'wide', 'json', 'yaml', 'name'];
const template = 'jsonpath=';
const columns = 'custom-columns=';

/** What stands behind `-o` in the help of `get`. */
export const getFormats = [...formats, `${template}TEMPLATE`, `${columns}SPEC`].join('|');

/** How the policies are to be shown. */
export interface GetFormat {
	/** What follows `-o`. */
	readonly format: string;
	/** Of tables: what they are made of; `null` for any other format. */
	readonly columns: Columns<GpuPolicy> | null;
	/** Of tables: whether the first line names the columns. */
	readonly headers: boolean;
}

/** Refuses a format that `get` does not have. */
export function getFormat(format: string, headers: boolean): GetFormat {
	if (!formats.includes(format) && !format.startsWith(template) && !format.startsWith(columns))
		throw wrongUsage(`Expected --output=${format} to be one of: ${getFormats.replaceAll('|', ', ')}`, 'see gpupolicy get --help');
	return { format, columns: columnsOf(format), headers };
}

function columnsOf(format: string): Columns<GpuPolicy> | null {
	if (format.startsWith(columns)) return customColumns(format.slice(columns.length));
	return format === 'table' || format === 'wide' ? policyColumns(format === 'wide') : null;
}

/** How `get` shows a list. A template is given the one policy where one was named, as kubectl does. */
export function getRenderers({ format, columns, headers }: GetFormat, named: boolean): Renderers<GpuPolicyList> {
	return {
		name: (list) => renderList(list, 'name'),
		...(columns ? { [format]: (list: GpuPolicyList) => renderRows(list, columns, headers) } : {}),
		...(format.startsWith(template)
			? { [format]: (list: GpuPolicyList) => renderJsonPath(format.slice(template.length), named ? list.items[0] : list) }
			: {}),
	};
}

/** How `get` shows policies of a cluster: in every format as kubectl, which prints one that was named as it is and not as a list. */
export function clusterRenderers(format: GetFormat, named: boolean): Renderers<GpuPolicyList> {
	const renderers = getRenderers(format, named);
	if (!named) return renderers;
	return { ...renderers, json: ({ items }) => renderJson(items[0]), yaml: ({ items }) => renderYaml(items[0]) };
}

/** Prints policies one after the other in a format that is no table. */
export function renderEach(format: string): (object: GpuPolicy) => string {
	let printed = 0;
	return (object) => {
		if (format === 'name') return `gpupolicy.gpupolicy.dev/${object.metadata.name}\n`;
		if (format === 'yaml') return `${printed++ === 0 ? '' : '---\n'}${renderYaml(object)}`;
		return format.startsWith(template) ? renderJsonPath(format.slice(template.length), object) : renderJson(object);
	};
}
