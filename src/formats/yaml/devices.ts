import type { Node, Scalar } from 'yaml';
import yaml from 'yaml';
import { mayNameDevice } from '../text/device.ts';
import { scalarRange } from './environment.ts';
import type { DeviceModel, Site } from './model.ts';
import { keyText, type MapNode, type SeqNode } from './tree.ts';

/** `cuda:1` alone, or as the value of a flag or variable: `--device=cuda:1`. */
const exact = /^(?:(-{0,2}[A-Za-z_][\w.-]*)=)?cuda:(\d{1,3})$/;

/** Keys whose value names an image, a job or a service: `container: cuda:12` is a version. */
const otherNames = /^(?:containers?|name|services?|uses|runs-on|labels?)$/i;

/** Every scalar value that is exactly a device. Keys, sentences and shell lines are left alone. */
export function readDevices(site: Site): DeviceModel[] {
	const found: DeviceModel[] = [];
	const visit = (node: Node | null, keys: readonly string[], list: Node | null): void => {
		if (yaml.isScalar(node)) found.push(...deviceIn(site, node, keys, list));
		else if (yaml.isSeq(node)) {
			for (const item of (node as SeqNode).items) visit(item, keys, node);
		} else if (yaml.isMap(node)) {
			const name = site.tree.string((node as MapNode).get('name', true));
			for (const pair of (node as MapNode).items) {
				const key = keyText(pair.key) ?? '';
				visit(pair.value, [...keys, key === 'value' && name !== null ? name : key], null);
			}
		}
	};
	visit(site.tree.document.contents, [], null);
	return severalInOne(found);
}

function deviceIn(site: Site, node: Scalar, keys: readonly string[], list: Node | null): DeviceModel[] {
	const match = typeof node.value === 'string' ? exact.exec(node.value) : null;
	if (match === null) return [];
	const key = match[1] ?? keys.at(-1) ?? '';
	if (!mayNameDevice(key) || otherNames.test(key) || keys.some((each) => /^images?$/i.test(each))) return [];
	const digits = match[2] ?? '';
	const [from, to] = scalarRange(site.text, node);
	const raw = site.text.slice(from, to);
	const at = raw.lastIndexOf(`cuda:${digits}`);
	if (at < 0 || raw.includes('\n')) return [];
	const start = from + at + 'cuda:'.length;
	const end = start + digits.length;
	const device = { ordinal: Number(digits), ordinalSpan: site.span(start, end), span: site.span(from, to), text: raw };
	// All device_maps of a document count as one: the parts of a model spread over them.
	const inMap = keys.some((each) => /device_?map$/i.test(each));
	return [{ device, node, range: [start, end], group: inMap ? 'device_map' : list }];
}

/** A list or a device_map that names several devices spreads work over them: which one remains is a person's decision. */
function severalInOne(found: readonly DeviceModel[]): DeviceModel[] {
	const ordinals = new Map<DeviceModel['group'], Set<number>>();
	for (const { group, device } of found) {
		const known = ordinals.get(group);
		if (known === undefined) ordinals.set(group, new Set([device.ordinal]));
		else known.add(device.ordinal);
	}
	return found.map((each) => {
		if (each.group === null || (ordinals.get(each.group)?.size ?? 0) < 2) return each;
		const notRewritable = each.group === 'device_map' ? 'a device_map over several devices' : 'a list of several devices';
		return { ...each, device: { ...each.device, notRewritable } };
	});
}
