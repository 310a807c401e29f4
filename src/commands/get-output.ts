import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import { type GpuPolicyList, renderList } from '../app/get.ts';
import { renderJson } from '../render/json.ts';
import { renderJsonPath } from '../render/jsonpath/index.ts';
import { renderYaml } from '../render/yaml.ts';
import { type Renderers, wrongUsage } from './base.ts';

const formats = ['table', 'wide', 'json', 'yaml', 'name'];
const template = 'jsonpath=';

/** What stands behind `-o` in the help of `get`. */
export const getFormats = [...formats, `${template}TEMPLATE`].join('|');

/** Refuses a format that `get` does not have. */
export function checkedFormat(format: string): string {
	if (formats.includes(format) || format.startsWith(template)) return format;
	throw wrongUsage(`Expected --output=${format} to be one of: ${getFormats.replaceAll('|', ', ')}`, 'see gpupolicy get --help');
}

/** How `get` shows a list. A template is given the one policy where one was named, as kubectl does. */
export function getRenderers(format: string, named: boolean): Renderers<GpuPolicyList> {
	return {
		table: (list) => renderList(list, 'table'),
		wide: (list) => renderList(list, 'wide'),
		name: (list) => renderList(list, 'name'),
		...(format.startsWith(template)
			? { [format]: (list: GpuPolicyList) => renderJsonPath(format.slice(template.length), named ? list.items[0] : list) }
			: {}),
	};
}

/** How `get` shows policies of a cluster: in every format as kubectl, which prints one that was named as it is and not as a list. */
export function clusterRenderers(format: string, named: boolean): Renderers<GpuPolicyList> {
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
